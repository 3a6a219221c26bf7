#include "tests/ouch/ouch_trader.hpp"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <chrono>
#include <cmath>

namespace rialto::ouch::test {
namespace {

constexpr int silence_ms = 3'000;

std::string dollars(std::uint64_t price) {
  if (price == market_price) return "market";
  return fmt::format("{}.{:02}", price / price_unit, price % price_unit / 100);
}

}  // namespace

std::string text_of(ByteView bytes) {
  switch (static_cast<char>(bytes[0])) {
    case SystemEvent::type:
      return fmt::format("S {}", read_message<SystemEvent>(bytes).event);
    case Accepted::type: {
      const auto m = read_message<Accepted>(bytes);
      return fmt::format("A {} {} {} @ {} {}", m.user_ref, m.side == 'B' ? "buy" : "sell",
                         m.quantity, dollars(m.price), m.state == 'L' ? "live" : "dead");
    }
    case Replaced::type: {
      const auto m = read_message<Replaced>(bytes);
      return fmt::format("U {}>{} {} @ {}", m.original, m.user_ref, m.quantity, dollars(m.price));
    }
    case Executed::type: {
      const auto m = read_message<Executed>(bytes);
      return fmt::format("E {} {} @ {} {} #{}", m.user_ref, m.quantity, dollars(m.price),
                         m.liquidity, m.match);
    }
    case Canceled::type: {
      const auto m = read_message<Canceled>(bytes);
      return fmt::format("C {} {} {}", m.user_ref, m.quantity, m.reason);
    }
    case AiqCanceled::type: {
      const auto m = read_message<AiqCanceled>(bytes);
      return fmt::format("D {} {} {}", m.user_ref, m.quantity, m.reason);
    }
    case Rejected::type: {
      const auto m = read_message<Rejected>(bytes);
      return fmt::format("J {} {:#04x}", m.user_ref, m.reason);
    }
    case MassCancelResponse::type: {
      const auto m = read_message<MassCancelResponse>(bytes);
      return fmt::format("X {} {} {}", m.user_ref, m.firm.view(), m.symbol.view());
    }
    case DisableOrderEntryResponse::type:
      return fmt::format("G {}", read_message<DisableOrderEntryResponse>(bytes).user_ref);
    case EnableOrderEntryResponse::type:
      return fmt::format("K {}", read_message<EnableOrderEntryResponse>(bytes).user_ref);
    default:
      return "?";
  }
}

Trader::Trader(std::uint16_t port, const std::string& user_name, const std::string& password,
               std::uint64_t sequence) {
  auto client = Client::connect("127.0.0.1", port);
  EXPECT_TRUE(client.has_value()) << client.error();
  client_.emplace(std::move(*client));
  const auto first = client_->log_in(user_name, password, sequence);
  if (first)
    first_sequence_ = *first;
  else
    refusal_ = first.error();
}

EnterOrder Trader::order(std::uint32_t user_ref, char side, std::uint32_t lots,
                         double dollars_each) const {
  EnterOrder message;
  message.user_ref = user_ref;
  message.side = side;
  message.quantity = lots;
  message.symbol = {"AAPL-USD"};
  message.price = static_cast<std::uint64_t>(std::llround(dollars_each * double{price_unit}));
  return message;
}

void Trader::enter(std::uint32_t user_ref, char side, std::uint32_t lots, double dollars_each) {
  request(order(user_ref, side, lots, dollars_each));
}

std::string Trader::told() {
  const auto deadline = std::chrono::steady_clock::now() + std::chrono::milliseconds(silence_ms);
  for (bool open = true;;) {
    while (const auto packet = client_->next()) {
      if (packet->type == PacketType::sequenced) {
        messages_.emplace_back(packet->payload.begin(), packet->payload.end());
        return text_of(packet->payload);
      }
      if (packet->type == PacketType::end_of_session) return "(end of session)";
      if (packet->type == PacketType::server_heartbeat) ++heartbeats_;
      if (packet->type == PacketType::unsequenced)
        unsequenced_.assign(packet->payload.begin(), packet->payload.end());
    }
    if (!open) return "(closed)";
    if (std::chrono::steady_clock::now() > deadline) return "(silence)";
    open = client_->receive(silence_ms);
  }
}

std::vector<std::string> Trader::told(std::size_t count) {
  std::vector<std::string> lines;
  while (lines.size() < count) {
    lines.push_back(told());
    if (lines.back().starts_with('(')) break;
  }
  return lines;
}

std::vector<std::string> Trader::told_to_the_end() {
  std::vector<std::string> lines;
  do lines.push_back(told());
  while (!lines.back().starts_with('('));
  return lines;
}

}  // namespace rialto::ouch::test
