#include "tests/simulation/simulator.hpp"

#include <algorithm>

#include "tests/simulation/checks.hpp"

namespace rialto::simulation {
namespace {

constexpr std::size_t trace_lines = 120;
constexpr std::int64_t second_ns = 1'000'000'000;

/// Whether asking again is safe, because the command carries a key.
bool keyed(const flows::Command& command) {
  return std::visit(
      [](const auto& c) {
        if constexpr (requires {
                        c.key;
                        c.content;
                      })
          return !c.key.empty();
        else
          return false;
      },
      command);
}

}  // namespace

Simulator::Simulator(std::uint64_t seed, Sabotage sabotage)
    : seed_(seed),
      sabotage_(std::move(sabotage)),
      random_(seed),
      auditor_(findings_),
      clients_(random_),
      machine_(seed, sabotage_, [this](const eventlog::FrameView& frame) {
        for (const eventlog::StepView& step : frame.steps()) on_durable(step);
      }) {}

Outcome Simulator::run(std::size_t steps) {
  open_venue();
  for (std::size_t i = 0; i < steps && findings_.none(); ++i) step();
  if (findings_.none()) {
    free_disk();
    restart(random_.one_in(2));
    if (findings_.none()) compare_with_every_snapshot();
  }
  count("events", digests_.size());
  for (const auto& [what, times] : auditor_.counts()) count(what, times);
  Outcome outcome{seed_, findings_.all(), {trace_.begin(), trace_.end()}, counts_, {}};
  if (outcome.passed()) outcome.chain_head = to_text(machine_.log().chain_point().head);
  return outcome;
}

void Simulator::open_venue() {
  const auto started = machine_.start([](const auto&) {});
  if (!findings_.expect(started.has_value(), "a new venue does not start")) return;
  last_now_ = machine_.now();
  last_monotonic_ns_ = machine_.time.monotonic_ns;
  for (const Request& request : clients_.opening()) submit(request);
  turn();
  opening_ = false;
  compare();
}

void Simulator::step() {
  pass_time();
  maybe_fault();
  if (!findings_.none()) return;
  std::size_t commands = random_.below(random_.one_in(10) ? 24 : 6);
  // A rush: more than a segment can take in one write.
  if (random_.one_in(400)) commands = 3'000;
  for (std::size_t i = 0; i < commands; ++i) {
    const Request request = clients_.next(machine_.now());
    submit(request);
    if (random_.one_in(60)) submit(request);  // the network delivers it twice
  }
  turn();
  if (!machine_.sequencer().failed()) housekeeping();
  if (machine_.sequencer().failed() || !machine_.disk.powered()) return after_failure();
  if (full_for_ != 0 && --full_for_ == 0) free_disk();
  // A fault that nobody noticed may still have done its damage: look at what is on the disk.
  if (expects_failure_ && random_.one_in(12)) return restart(random_.one_in(2));
  if (random_.one_in(20)) compare();
}

void Simulator::pass_time() {
  std::int64_t elapsed = random_.between(1'000, 3'000'000);
  if (random_.one_in(10)) elapsed = random_.between(second_ns / 100, 3 * second_ns);
  if (random_.one_in(150)) elapsed = random_.between(60, 7'200) * second_ns;
  machine_.time.monotonic_ns += elapsed;
  const Timestamp now = machine_.now();
  const std::int64_t passed = (now - last_now_).value;
  const std::int64_t real = machine_.time.monotonic_ns - last_monotonic_ns_;
  // Whatever happens to the wall clock, business time goes on at its pace, 5 % at most off it.
  findings_.expect(passed >= real * 94 / 100 && passed <= real * 106 / 100,
                   "venue time went on by {} ns in {} ns", passed, real);
  last_now_ = now;
  last_monotonic_ns_ = machine_.time.monotonic_ns;
}

void Simulator::submit(const Request& request) {
  const std::uint64_t id = ++next_id_;
  const Fingerprint name{seed_ + 1, id};
  count("commands");
  note(fmt::format("#{} {}", id, describe(request.command)));
  auditor_.asked(name, request.command);
  outstanding_.emplace(id, request);
  flows::Command command = request.command;
  if (sabotage_.on_the_way_in) sabotage_.on_the_way_in(command);
  batch_.push_back(
      {std::move(command), {request.actor, {}, name, {}}, [this, id](const flows::Reply& reply) {
         answers_.push_back({id, reply});
         findings_.expect(reply.rejection || machine_.log().durable() >= reply.sequence,
                          "request {} was answered before event {} was durable", id,
                          reply.sequence.value);
       }});
}

void Simulator::turn() {
  machine_.turn(batch_);
  hand_out_answers();
}

void Simulator::hand_out_answers() {
  for (Answer& answer : std::exchange(answers_, {})) {
    const auto at = outstanding_.find(answer.id);
    if (!findings_.expect(at != outstanding_.end(), "request {} was answered twice", answer.id))
      return;
    const Request request = at->second;
    outstanding_.erase(at);
    if (sabotage_.on_the_way_out) sabotage_.on_the_way_out(request.command, answer.reply);
    note(fmt::format("#{} {}", answer.id, describe(answer.reply)));
    if (!opening_ && random_.one_in(40)) {
      note(fmt::format("#{} the answer is lost", answer.id));
      count("answers lost");
      if (keyed(request.command)) clients_.left_in_doubt(request);
      continue;
    }
    hand_out(answer);
    if (answer.reply.rejection && answer.reply.rejection->kind == RejectKind::unavailable &&
        keyed(request.command))
      clients_.left_in_doubt(request);
  }
}

void Simulator::hand_out(const Answer& answer) {
  auditor_.answered({seed_ + 1, answer.id}, answer.reply);
  if (!answer.reply.rejection) {
    count(answer.reply.repeated ? "answered: done before" : "answered: done");
    return;
  }
  const std::string code(answer.reply.rejection->code);
  count("refused: " + code);
  findings_.expect(!opening_, "the venue could not be opened: {}", code);
  if (code == "outcome_unknown" || code == "intake_failed")
    findings_.expect(expects_failure_, "the journal failed without a fault: {}", code);
  if (code == "intake_disk_full") findings_.expect(full_for_ != 0, "the disk is not full");
}

void Simulator::housekeeping() {
  eventlog::Log& log = machine_.log();
  if (random_.one_in(3)) (void)log.prepare_next(random_.one_in(2) ? ~std::uint64_t{0} : 64 << 10);
  if (random_.one_in(4)) {
    const bool sealed = log.seal(machine_.now()).has_value();
    findings_.expect(sealed || expects_failure_, "the log could not be sealed");
  }
  if (random_.one_in(50)) snapshot();
  if (random_.one_in(5)) {
    const bool far = std::abs(machine_.time.wall() - machine_.now().value) > second_ns;
    const bool alarmed = machine_.discipline_clock();
    findings_.expect(alarmed == (far && !clock_alarmed_), "the clock's alarm is wrong");
    if (alarmed) count("clock alarms");
    clock_alarmed_ = far;
  }
}

void Simulator::snapshot() {
  const bool taken = machine_.take_snapshot();
  findings_.expect(taken || expects_failure_ || full_for_ != 0,
                   "a snapshot failed without a fault");
  if (!taken) return;
  count("snapshots");
  note(fmt::format("snapshot at event {}", machine_.log().last().value));
  exported_.push_back(machine_.log().chain_point());
  note(fmt::format("exported {} of {}", to_text(exported_.back().head),
                   exported_.back().sequence.value));
  verify_log();
}

void Simulator::on_durable(const eventlog::StepView& durable) {
  for (const eventlog::EventView& event : durable.events()) digests_.push_back(digest(event));
  const FeedStep step = feed_step(durable);
  auditor_.step(step);
  clients_.follow(step);
}

void Simulator::note(std::string line) {
  trace_.push_back(std::move(line));
  if (trace_.size() > trace_lines) trace_.pop_front();
}

}  // namespace rialto::simulation
