#include "platform/net/responder.hpp"

#include "core/assert.hpp"
#include "platform/net/error_body.hpp"
#include "platform/net/inbox.hpp"

namespace rialto::net {
namespace {

thread_local Inbox* direct_inbox = nullptr;

}  // namespace

Inbox::DirectScope::DirectScope(Inbox& inbox) : outer_(direct_inbox) {
  direct_inbox = &inbox;
}
Inbox::DirectScope::~DirectScope() {
  direct_inbox = outer_;
}

void Inbox::answer(Ticket ticket, Response&& response) {
  if (direct_inbox == this) {
    deliver_(ticket, std::move(response));
    return;
  }
  const std::lock_guard lock(mutex_);
  if (closed_) return;
  waiting_.push_back({ticket, std::move(response)});
  if (batches_open_ > 0 || wakeup_posted_) return;
  wakeup_posted_ = true;
  wake_();  // under the lock, so that close() cannot pass between the check and the call
}

void Inbox::drain() {
  {
    const std::lock_guard lock(mutex_);
    wakeup_posted_ = false;
    draining_.swap(waiting_);
  }
  for (Answer& answer : draining_) deliver_(answer.ticket, std::move(answer.response));
  draining_.clear();
}

void Inbox::close() {
  const std::lock_guard lock(mutex_);
  closed_ = true;
  waiting_.clear();
}

void Inbox::open_batch() {
  const std::lock_guard lock(mutex_);
  ++batches_open_;
}

void Inbox::close_batch() {
  const std::lock_guard lock(mutex_);
  if (--batches_open_ > 0 || waiting_.empty() || wakeup_posted_ || closed_) return;
  wakeup_posted_ = true;
  wake_();
}

Responder& Responder::operator=(Responder&& other) noexcept {
  if (this != &other) {
    drop();
    inbox_ = std::move(other.inbox_);
    ticket_ = other.ticket_;
  }
  return *this;
}

void Responder::respond(Response response) {
  RIALTO_ASSERT(inbox_ != nullptr);
  const std::shared_ptr<Inbox> inbox = std::move(inbox_);
  inbox->answer(ticket_, std::move(response));
}

void Responder::drop() noexcept {
  if (inbox_ == nullptr) return;
  respond(error_response(Status::internal_error, "unanswered", "the request was not answered"));
}

WakeupBatch::WakeupBatch(std::shared_ptr<Inbox> inbox) : inbox_(std::move(inbox)) {
  inbox_->open_batch();
}
WakeupBatch::~WakeupBatch() {
  inbox_->close_batch();
}

}  // namespace rialto::net
