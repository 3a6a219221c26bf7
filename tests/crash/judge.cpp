#include "tests/crash/judge.hpp"

#include <algorithm>

#include "platform/eventlog/log_reader.hpp"
#include "platform/storage/posix_files.hpp"
#include "tests/crash/stream.hpp"
#include "tests/simulation/checks.hpp"

namespace rialto::crash {

void Judge::after_kill(const std::deque<Message>& messages) {
  in_log_.clear();
  answered_.clear();
  for (const Message& message : messages)
    if (message.kind == Message::Kind::refused_to_start)
      findings_.expect(false, "the venue does not start: {}", message.told());
  read_log();
  if (!findings_.none()) return;
  for (const Message& message : messages)
    if (message.kind == Message::Kind::answered) hear(message);
  std::ranges::sort(answered_);
  for (const std::uint64_t number : in_log_)
    unacknowledged_ += !std::ranges::binary_search(answered_, number);
  simulation::check_state(findings_, replica_.venue(), "replay");
  auditor_.compare(simulation::show(replica_));
}

void Judge::ask(std::uint64_t number) {
  if (!asked_.insert(number).second) return;
  const bool opens = number < first_load;
  auditor_.asked({1, number}, opens ? opening().at(number - 1) : request(number));
}

void Judge::read_log() {
  auto reader = eventlog::LogReader::open(storage::posix_files(), log_directory_, {.after = seen_});
  // Killed before the log was made.
  if (!reader && reader.error().error == eventlog::LogError::no_log && seen_.value == 0) return;
  if (!findings_.expect(reader.has_value(), "the log cannot be read")) return;
  while (true) {
    const auto frame = reader->next();
    if (!findings_.expect(frame.has_value(), "the log cannot be read: {}",
                          frame ? "" : eventlog::describe(frame.error())))
      return;
    if (!*frame) return;
    for (const eventlog::StepView& step : (*frame)->steps()) {
      const Fingerprint& command = step.origin().command;
      if (!command.empty()) {
        ask(command.low);
        in_log_.push_back(command.low);
        if (command.low < first_load) opened_ = command.low;
      }
      auditor_.step(simulation::feed_step(step));
    }
    for (const eventlog::EventView& event : (*frame)->events())
      findings_.expect(replica_.fold(event.type, event.payload, event.sequence, event.time),
                       "event {} is unknown", event.sequence.value);
    seen_ = (*frame)->last();
  }
}

void Judge::hear(const Message& message) {
  ask(message.number);
  answered_.push_back(message.number);
  ++answers_;
  repeated_ += message.reply.repeated;
  findings_.expect(message.reply.sequence <= seen_,
                   "request {} was answered with event {}, lost since", message.number,
                   message.reply.sequence.value);
  auditor_.answered({1, message.number}, message.reply);
}

std::vector<std::uint64_t> Judge::ask_again() const {
  std::vector<std::uint64_t> numbers;
  const auto take = [&](const std::vector<std::uint64_t>& from) {
    for (std::size_t i = from.size() - std::min<std::size_t>(from.size(), 20); i < from.size(); ++i)
      if (from[i] >= first_load && (from[i] & again) == 0) numbers.push_back(from[i]);
  };
  take(answered_);
  take(in_log_);
  std::ranges::sort(numbers);
  numbers.erase(std::ranges::unique(numbers).begin(), numbers.end());
  return numbers;
}

std::size_t Judge::trades() const {
  const auto at = auditor_.counts().find("trades");
  return at == auditor_.counts().end() ? 0 : at->second;
}

}  // namespace rialto::crash
