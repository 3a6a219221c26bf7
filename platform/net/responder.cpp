#include "platform/net/responder.hpp"

#include "core/assert.hpp"
#include "platform/net/error_body.hpp"
#include "platform/net/inbox.hpp"

namespace rialto::net {
namespace {

thread_local Inbox* direct_inbox = nullptr;
thread_local std::uint64_t reading_as_of = 0;  // 0: not reading

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
  if (batches_open_ == 0) wake_once();
}

void Inbox::post(ServerThread::Work work) {
  const std::lock_guard lock(mutex_);
  if (closed_) return;
  work_.push_back(std::move(work));
  wake_once();
}

void Inbox::wake_once() {
  if (wakeup_posted_) return;
  wakeup_posted_ = true;
  wake_();  // under the lock, so that close() cannot pass between the check and the call
}

bool Inbox::direct() const {
  return direct_inbox == this;
}

void Inbox::drain() {
  {
    const std::lock_guard lock(mutex_);
    wakeup_posted_ = false;
    draining_.swap(waiting_);
    working_.swap(work_);
  }
  for (Answer& answer : draining_) deliver_(answer.ticket, std::move(answer.response));
  draining_.clear();
  const DirectScope direct(*this);
  for (ServerThread::Work& work : working_) work();
  working_.clear();
}

void Inbox::close() {
  const std::lock_guard lock(mutex_);
  closed_ = true;
  waiting_.clear();
  work_.clear();
}

void Inbox::open_batch() {
  const std::lock_guard lock(mutex_);
  ++batches_open_;
}

void Inbox::close_batch() {
  const std::lock_guard lock(mutex_);
  if (--batches_open_ == 0 && !waiting_.empty() && !closed_) wake_once();
}

Responder& Responder::operator=(Responder&& other) noexcept {
  if (this != &other) {
    drop();
    inbox_ = std::move(other.inbox_);
    ticket_ = other.ticket_;
    header_lines_ = std::move(other.header_lines_);
  }
  return *this;
}

void Responder::respond(Response response) {
  RIALTO_ASSERT(inbox_ != nullptr);
  if (header_lines_) response.header_lines += *header_lines_;
  if (reading_as_of != 0) response.add_header("X-Sequence", std::to_string(reading_as_of));
  const std::shared_ptr<Inbox> inbox = std::move(inbox_);
  inbox->answer(ticket_, std::move(response));
}

void Responder::add_header_lines(std::string_view lines) {
  if (!header_lines_) header_lines_ = std::make_unique<std::string>();
  header_lines_->append(lines);
}

ReadingAsOf::ReadingAsOf(std::uint64_t position) : outer_(reading_as_of) {
  reading_as_of = position;
}
ReadingAsOf::~ReadingAsOf() {
  reading_as_of = outer_;
}

void Responder::drop() noexcept {
  if (inbox_ == nullptr) return;
  respond(error_response(Status::internal_error, "unanswered", "the request was not answered"));
}

bool ServerThread::here() const {
  return inbox_->direct();
}
void ServerThread::post(Work work) const {
  inbox_->post(std::move(work));
}

WakeupBatch::WakeupBatch(std::shared_ptr<Inbox> inbox) : inbox_(std::move(inbox)) {
  inbox_->open_batch();
}
WakeupBatch::~WakeupBatch() {
  inbox_->close_batch();
}

}  // namespace rialto::net
