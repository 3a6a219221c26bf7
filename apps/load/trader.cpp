#include "apps/load/trader.hpp"

#include <ctime>
#include <utility>

namespace rialto::load {

std::int64_t monotonic_ns() {
  timespec t{};
  clock_gettime(CLOCK_MONOTONIC, &t);
  return t.tv_sec * 1'000'000'000 + t.tv_nsec;
}

Trader::Trader(ouch::Client client, std::uint32_t last_user_ref, const Flow& flow, bool seller,
               std::uint32_t seed)
    : client_(std::move(client)),
      flow_(flow),
      seller_(seller),
      random_(seed + 1),
      next_ref_(last_user_ref + 1),
      orders_(orders_kept) {
  for (const std::string& symbol : flow.symbols) symbols_.emplace_back(symbol);
  open_.reserve(flow.most_open + 1);
}

void Trader::request(std::int64_t intended) {
  const std::uint32_t kind = below(100);
  ++counts_.sent;
  ++in_flight_;
  const bool may_cancel = !open_.empty();
  const bool must_cancel = open_.size() >= flow_.most_open;
  if (may_cancel && (must_cancel || kind < flow_.mix.cancels)) return cancel(intended);
  enter(intended, kind < flow_.mix.cancels + flow_.mix.passive);
}

void Trader::enter(std::int64_t intended, bool passive) {
  // The slot of an order that is still open is stepped over; so long-lived orders cost a number.
  while (order(next_ref_).open || order(next_ref_).entered != 0) ++next_ref_;
  ouch::EnterOrder message;
  message.user_ref = next_ref_++;
  message.side = seller_ ? 'S' : 'B';
  message.quantity = 1 + below(10);
  message.symbol = symbols_[below(symbols_.size())];
  const std::uint64_t away = passive ? flow_.tick * (1 + below(64)) : 0;
  const std::uint64_t through = passive ? 0 : flow_.tick * 64;
  // A buyer's passive orders lie below the middle, its marketable ones reach above; a seller's
  // the other way round.
  message.price = seller_ ? flow_.middle + away - through : flow_.middle - away + through;
  message.time_in_force = passive ? '5' : '3';
  client_.add(message);
  Order& entered = order(message.user_ref);
  entered = {.user_ref = message.user_ref, .left = message.quantity, .entered = intended};
}

void Trader::cancel(std::int64_t intended) {
  const std::size_t at = below(open_.size());
  Order& cancelled = order(open_[at]);
  client_.add(ouch::CancelOrder{cancelled.user_ref, 0});
  cancelled.cancelled = intended;
  // Not to be chosen twice.
  open_[at] = open_.back();
  order(open_[at]).open_at = static_cast<std::uint32_t>(at);
  open_.pop_back();
}

void Trader::opened(Order& accepted) {
  accepted.open = true;
  accepted.open_at = static_cast<std::uint32_t>(open_.size());
  open_.push_back(accepted.user_ref);
}

void Trader::answer(std::int64_t& since, Histogram& latencies, std::int64_t now) {
  latencies.record(now - std::exchange(since, 0));
  --in_flight_;
  ++counts_.answered;
}

void Trader::closed(Order& gone, Histogram& latencies, std::int64_t now) {
  // A fill that comes before the cancel is the cancel's answer too: it comes too late.
  if (gone.cancelled != 0) {
    answer(gone.cancelled, latencies, now);
  } else {
    open_[gone.open_at] = open_.back();
    order(open_[gone.open_at]).open_at = gone.open_at;
    open_.pop_back();
  }
  gone.open = false;
}

bool Trader::receive(Histogram& latencies) {
  const bool alive = client_.receive(0);
  std::int64_t now = 0;
  while (const auto packet = client_.next()) {
    if (packet->type != ouch::PacketType::sequenced) continue;
    if (now == 0) now = monotonic_ns();
    ++counts_.messages;
    hear(packet->payload, latencies, now);
  }
  return alive;
}

void Trader::hear(ByteView message, Histogram& latencies, std::int64_t now) {
  // The number stands at the same place in all of these.
  std::uint32_t user_ref = 0;
  std::uint32_t quantity = 0;
  if (message.size() < 18) return;
  ouch::read_wire(message.data() + 9, user_ref);
  Order& meant = order(user_ref);
  if (meant.user_ref != user_ref) return;
  switch (static_cast<char>(message[0])) {
    case ouch::Accepted::type:
      if (meant.entered != 0) answer(meant.entered, latencies, now);
      opened(meant);
      break;
    case ouch::Rejected::type:
      ++counts_.rejected;
      if (meant.entered != 0) answer(meant.entered, latencies, now);
      break;
    case ouch::Executed::type:
      ++counts_.executions;
      [[fallthrough]];
    case ouch::Canceled::type:
      ouch::read_wire(message.data() + 13, quantity);
      meant.left -= std::min(quantity, meant.left);
      if (meant.left == 0 && meant.open) closed(meant, latencies, now);
      break;
    default:
      break;
  }
}

}  // namespace rialto::load
