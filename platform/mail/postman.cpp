#include "platform/mail/postman.hpp"

#include <algorithm>
#include <chrono>

#include <boost/describe/enum_to_string.hpp>

namespace rialto::mail {
namespace {

constexpr std::size_t letters_at_once = 100;
// The wall clock may be set: it is looked at this often at least.
constexpr std::chrono::seconds longest_rest{30};

Timestamp system_now() {
  return {std::chrono::duration_cast<std::chrono::nanoseconds>(
              std::chrono::system_clock::now().time_since_epoch())
              .count()};
}

}  // namespace

std::expected<std::unique_ptr<Postman>, std::string> Postman::open(PostmanSettings settings,
                                                                   PutIntoWords put_into_words) {
  if (const auto problem = problem_with_smtp_url(settings.smtp.url); !problem.empty())
    return std::unexpected(problem);
  if (!settings.now) settings.now = system_now;
  auto outbox = Outbox::open(settings.outbox);
  if (!outbox) return std::unexpected(outbox.error());
  if (auto pruned = outbox->prune({settings.now().value - settings.keep_ns}); !pruned)
    return std::unexpected(pruned.error());
  return std::unique_ptr<Postman>(
      new Postman(std::move(settings), std::move(put_into_words), std::move(*outbox)));
}

Postman::Postman(PostmanSettings settings, PutIntoWords put_into_words, Outbox outbox)
    : settings_(std::move(settings)),
      put_into_words_(std::move(put_into_words)),
      outbox_(std::move(outbox)),
      sender_(settings_.smtp) {}

void Postman::start() {
  thread_ = std::thread([this] { run(); });
}

void Postman::wake() {
  {
    const std::lock_guard lock(mutex_);
    woken_ = true;
  }
  called_.notify_one();
}

void Postman::stop() {
  {
    const std::lock_guard lock(mutex_);
    stopping_ = true;
  }
  called_.notify_one();
  if (thread_.joinable()) thread_.join();
}

bool Postman::stopping() {
  const std::lock_guard lock(mutex_);
  return stopping_;
}

void Postman::run() {
  for (;;) {
    if (stopping()) return;
    if (deliver_due() != 0) continue;
    const auto next = outbox_.next_due();
    const auto now = settings_.now();
    std::chrono::nanoseconds rest = longest_rest;
    if (next)
      rest = std::clamp<std::chrono::nanoseconds>(std::chrono::nanoseconds((*next - now).value),
                                                  std::chrono::milliseconds(1), longest_rest);
    std::unique_lock lock(mutex_);
    called_.wait_for(lock, rest, [this] { return stopping_ || woken_; });
    woken_ = false;
  }
}

std::size_t Postman::deliver_due() {
  std::size_t attempts = 0;
  for (const Letter& letter : outbox_.due(settings_.now(), letters_at_once)) {
    if (stopping()) break;
    deliver(letter);
    ++attempts;
  }
  return attempts;
}

void Postman::deliver(const Letter& letter) {
  const auto message = put_into_words_(letter);
  if (!message) return note(outbox_.note_dropped(letter, message.error(), settings_.now()));
  const auto mime = mime_text(*message);
  if (!mime) {
    const auto code = boost::describe::enum_to_string(mime.error(), "malformed");
    return note(outbox_.note_dead(letter, code, settings_.now()));
  }
  const Attempt attempt =
      sender_.send(message->from, message->to, *mime, [this] { return stopping(); });
  const Timestamp now = settings_.now();
  switch (attempt.delivery) {
    case Delivery::accepted:
      return note(outbox_.note_sent(letter, now));
    case Delivery::refused:
      return note(outbox_.note_dead(letter, attempt.problem, now));
    case Delivery::abandoned:
      return;  // the next start tries again
    case Delivery::later:
      break;
  }
  if (letter.attempts + 1 >= settings_.most_attempts)
    return note(outbox_.note_dead(letter, attempt.problem, now));
  std::int64_t pause = settings_.first_pause_ns;
  for (std::uint32_t i = 0; i < letter.attempts && pause < settings_.longest_pause_ns; ++i)
    pause *= 2;
  pause = std::min(pause, settings_.longest_pause_ns);
  note(outbox_.note_later(letter, {now.value + pause}, attempt.problem, now));
}

/// A disk that fails: the letter waits as before, and may leave the house again.
void Postman::note(const std::expected<void, std::string>& done) {
  if (done) return;
  if (settings_.alarm) settings_.alarm("the outbox cannot be written: " + done.error());
  std::unique_lock lock(mutex_);
  called_.wait_for(lock, longest_rest, [this] { return stopping_; });
}

}  // namespace rialto::mail
