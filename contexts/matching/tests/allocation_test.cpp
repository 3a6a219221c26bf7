// In the steady state no order allocates: this binary counts what operator new hands out.
#include <cstdlib>
#include <new>

#include <gtest/gtest.h>

#include "contexts/matching/matching.hpp"

namespace {
std::size_t allocations = 0;
}

void* operator new(std::size_t size) {
  ++allocations;
  if (void* memory = std::malloc(size)) return memory;
  throw std::bad_alloc();
}
void operator delete(void* memory) noexcept {
  std::free(memory);
}
void operator delete(void* memory, std::size_t) noexcept {
  std::free(memory);
}

namespace rialto::matching {
namespace {

/// Evolves what it is told, as the flow does.
struct Evolving {
  Matching& matching;
  std::size_t fills = 0;
  void fill(const Fill& fill) {
    ++fills;
    TradeExecuted trade;
    trade.instrument = fill.instrument;
    trade.taker_side = fill.taker_side;
    (fill.taker_side == Side::buy ? trade.sell_order : trade.buy_order) = fill.maker;
    trade.price = fill.price;
    trade.quantity = fill.quantity;
    matching.evolve(trade);
  }
  void cancelled(const Cancellation&) {}
  void reduced(const Reduction&) {}
  void processed(const OrderProcessed& processed) { matching.evolve(processed); }
};

TEST(SteadyState, takes_no_memory_per_order) {
  Matching matching;
  matching.list({1});
  Evolving desk{matching};
  std::uint64_t id = 0;
  // Bids come and are cancelled 500 orders later; asks hit the best bid; the market wanders over
  // 800 ticks.
  const auto step = [&] {
    EnterOrder order{};
    order.order = {++id};
    order.account = {1};
    order.instrument = {1};
    order.side = id % 4 == 0 ? Side::sell : Side::buy;
    order.limit = {order.side == Side::sell ? 1 : 1'000 + static_cast<std::int64_t>(id * 7 % 800)};
    order.quantity = {1};
    matching.enter(order, desk);
    if (id > 500 && matching.contains({id - 500})) {
      OrderCancelled gone;
      gone.order = {id - 500};
      gone.instrument = {1};
      gone.remaining = {1};
      matching.evolve(gone);
    }
  };
  for (int i = 0; i < 300'000; ++i) step();  // windows find their size by their misses
  const std::size_t before = allocations;
  const std::size_t mapped_before = ReservedMemory::in_use();
  const std::size_t fills_before = desk.fills;
  for (int i = 0; i < 50'000; ++i) step();
  EXPECT_GT(desk.fills - fills_before, 10'000u);
  EXPECT_GT(before, 0u);
  // The index's directory alone grows with the ids, by doubling: at most once here.
  EXPECT_LE(allocations - before, 1u);
  EXPECT_EQ(ReservedMemory::in_use(), mapped_before);
}

}  // namespace
}  // namespace rialto::matching
