// Random commands, carried out by the fast book and by its twin: the same answers and the same
// canonical state after every command. A failure is shrunk to few commands and printed in the words
// of desk.hpp, ready to become a scenario. RIALTO_SEED repeats a run.
#include <cstdlib>
#include <functional>
#include <random>

#include "contexts/matching/tests/scenarios.hpp"

namespace rialto::matching {
namespace {

using Commands = std::vector<Command>;

/// A market with a small range of prices and sizes, so that orders meet; `far` adds prices from
/// anywhere.
class Market {
 public:
  Market(std::uint64_t seed, bool far) : random_(seed), far_(far) {}

  Command next() {
    const std::uint64_t kind = up_to(99);
    if (kind < 52) return enter();
    Command command{.verb = Verb::cancel, .order = {}, .stop = {}};
    command.order.order = {1 + up_to(next_id_)};
    if (up_to(1) == 0 && next_id_ > 20) command.order.order = {next_id_ - up_to(20)};
    command.order.quantity = {1 + static_cast<std::int64_t>(up_to(8))};
    command.order.limit = price();
    if (kind < 70) return command;
    command.verb = kind < 77   ? Verb::shrink
                   : kind < 84 ? Verb::amend
                   : kind < 98 ? Verb::activate
                               : Verb::reload;
    return command;
  }

 private:
  std::uint64_t up_to(std::uint64_t bound) { return random_() % (bound + 1); }
  Price price() {
    if (far_ && up_to(400) == 0) centre_ = 1 + static_cast<std::int64_t>(up_to(largest_number - 1));
    if (far_ && up_to(9) == 0) centre_ += static_cast<std::int64_t>(up_to(600)) - 300;
    if (far_ && up_to(19) == 0) return {1 + static_cast<std::int64_t>(up_to(largest_number - 1))};
    const std::int64_t near = centre_ + static_cast<std::int64_t>(up_to(far_ ? 200 : 8));
    return {std::clamp<std::int64_t>(near, 1, largest_number)};
  }
  Command enter() {
    Command command{.verb = Verb::enter, .order = {}, .stop = {}};
    EnterOrder& order = command.order;
    order.order = {++next_id_};
    order.account = {1 + up_to(3)};
    order.instrument = {1 + static_cast<std::uint32_t>(up_to(5) == 0)};
    order.side = up_to(1) == 0 ? Side::buy : Side::sell;
    order.limit = price();
    order.quantity = {1 + static_cast<std::int64_t>(up_to(up_to(3) == 0 ? 60 : 9))};
    if (up_to(3) == 0) order.display = {1 + static_cast<std::int64_t>(up_to(4))};
    const std::uint64_t force = up_to(9);
    if (force < 2) order.time_in_force = force == 0 ? TimeInForce::ioc : TimeInForce::fok;
    order.market = up_to(14) == 0;
    order.post_only = up_to(9) == 0;
    if (up_to(1) == 0) order.self_trade_prevention = SelfTradePrevention(up_to(4));
    if (up_to(6) == 0) command.stop = price();
    return command;
  }

  std::mt19937_64 random_;
  bool far_;
  std::uint64_t next_id_ = 0;
  std::int64_t centre_ = 100;
};

/// What is wrong after the commands, or nothing. Deterministic, so that it can be asked again.
std::string difference(const Commands& commands) {
  Desk<Matching> fast;
  Desk<NaiveTwin> twin;
  for (std::size_t i = 0; i < commands.size(); ++i) {
    fast.said.clear();
    twin.said.clear();
    fast.apply(commands[i]);
    twin.apply(commands[i]);
    const std::string at = "after command " + std::to_string(i + 1) + ": ";
    if (fast.said != twin.said) return at + "\nfast:\n" + fast.said + "twin:\n" + twin.said;
    if (state_of(fast.engine) != state_of(twin.engine)) return at + "the states differ";
    for (const Side side : {Side::buy, Side::sell})
      if (fast.engine.best({1}, side) != twin.engine.best({1}, side)) return at + "best differs";
    if (fast.engine.last_price({1}) != twin.engine.last_price({1})) return at + "last differs";
  }
  Matching replayed;  // MATCHING-3
  replayed.list({1});
  replayed.list({2});
  replay(replayed, fast.events);
  if (state_of(replayed) != state_of(fast.engine)) return "replay of the events differs";
  return {};
}

/// Leaves out ever smaller runs of commands as long as something stays wrong.
Commands shrunk(Commands commands, const std::function<bool(const Commands&)>& fails) {
  for (std::size_t run = commands.size() / 2; run > 0; run /= 2) {
    for (std::size_t from = 0; from + run <= commands.size();) {
      Commands fewer(commands.begin(), commands.begin() + static_cast<std::ptrdiff_t>(from));
      fewer.insert(fewer.end(), commands.begin() + static_cast<std::ptrdiff_t>(from + run),
                   commands.end());
      if (fails(fewer)) {
        commands = std::move(fewer);
      } else {
        from += run;
      }
    }
  }
  return commands;
}

void agree(std::uint64_t seed, bool far, std::size_t length) {
  Market market(seed, far);
  Commands commands;
  while (commands.size() < length) commands.push_back(market.next());
  if (difference(commands).empty()) return;
  commands = shrunk(commands, [](const Commands& fewer) { return !difference(fewer).empty(); });
  std::string text;
  for (const Command& command : commands) text += to_text(command) + "\n";
  FAIL() << "seed " << seed << (far ? " far\n" : "\n") << text << difference(commands);
}

std::uint64_t first_seed() {
  const char* given = std::getenv("RIALTO_SEED");
  return given == nullptr ? 1 : std::strtoull(given, nullptr, 10);
}

TEST(Twin, agrees_with_the_fast_book_after_every_command) {
  for (std::uint64_t seed = first_seed(); seed < first_seed() + 300; ++seed) {
    ASSERT_NO_FATAL_FAILURE(agree(seed, false, 400));
  }
}

TEST(Twin, agrees_when_prices_are_far_apart) {
  for (std::uint64_t seed = first_seed(); seed < first_seed() + 60; ++seed) {
    ASSERT_NO_FATAL_FAILURE(agree(seed, true, 1'000));
  }
}

TEST(Twin, commands_survive_being_written_and_read) {
  Market market(1, true);
  for (int i = 0; i < 10'000; ++i) {
    const std::string text = to_text(market.next());
    ASSERT_EQ(to_text(parse(text)), text);
  }
}

TEST(Twin, a_failure_is_shrunk_to_the_commands_that_matter) {
  Market market(3, false);
  Commands commands;
  for (int i = 0; i < 400; ++i) commands.push_back(market.next());
  const auto fails = [](const Commands& fewer) {
    Desk<Matching> desk;
    for (const Command& command : fewer) desk.apply(command);
    return desk.trades > 0;
  };
  const Commands few = shrunk(commands, fails);
  EXPECT_TRUE(fails(few));
  EXPECT_EQ(few.size(), 2u);  // one that rests and one that takes
}

TEST(Snapshot, unreadable_bytes_are_noticed) {
  Desk<Matching> desk;
  desk.apply("enter 1 A sell 5@100 display=2");
  desk.apply("enter 2 A buy 5@99");
  const Bytes bytes = state_of(desk.engine);
  for (std::size_t size = 0; size < bytes.size(); ++size) {
    Matching matching;
    BinaryReader in(ByteView(bytes).first(size));
    matching.load(in);
    EXPECT_TRUE(in.failed()) << size;
  }
}

}  // namespace
}  // namespace rialto::matching
