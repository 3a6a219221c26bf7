// Bytes of the wire: layouts, captured packets, options, framing.
#include <gtest/gtest.h>

#include "gateways/ouch/messages.hpp"
#include "gateways/ouch/options.hpp"
#include "gateways/ouch/soup.hpp"
#include "gateways/ouch/tests/capture.hpp"

namespace rialto::ouch {
namespace {

Bytes packet_of(PacketType type, ByteView payload) {
  Bytes out;
  append_packet(out, type, payload);
  return out;
}

Packet only_packet(ByteView bytes) {
  bool malformed = false;
  const auto packet = first_packet(bytes, malformed);
  EXPECT_TRUE(packet && !malformed);
  EXPECT_EQ(packet->size(), bytes.size());
  return *packet;
}

template <class Message>
Bytes message_bytes(const Message& message) {
  Bytes out(message_size<Message>());
  EXPECT_EQ(write_message(out.data(), message), out.data() + out.size());
  return out;
}

TEST(Messages, are_as_long_as_the_specification_says) {
  EXPECT_EQ(message_size<EnterOrder>(), 45u);
  EXPECT_EQ(message_size<ReplaceOrder>(), 38u);
  EXPECT_EQ(message_size<CancelOrder>(), 9u);
  EXPECT_EQ(message_size<ModifyOrder>(), 10u);
  EXPECT_EQ(message_size<MassCancel>(), 17u);
  EXPECT_EQ(message_size<DisableOrderEntry>(), 9u);
  EXPECT_EQ(message_size<EnableOrderEntry>(), 9u);
  EXPECT_EQ(message_size<AccountQuery>(), 1u);
  EXPECT_EQ(message_size<SystemEvent>(), 10u);
  EXPECT_EQ(message_size<Accepted>(), 64u);
  EXPECT_EQ(message_size<Replaced>(), 68u);
  EXPECT_EQ(message_size<Canceled>(), 18u);
  EXPECT_EQ(message_size<AiqCanceled>(), 32u);
  EXPECT_EQ(message_size<Executed>(), 36u);
  EXPECT_EQ(message_size<Rejected>(), 29u);
  EXPECT_EQ(message_size<CancelReject>(), 13u);
  EXPECT_EQ(message_size<MassCancelResponse>(), 27u);
  EXPECT_EQ(message_size<DisableOrderEntryResponse>(), 19u);
  EXPECT_EQ(message_size<EnableOrderEntryResponse>(), 19u);
  EXPECT_EQ(message_size<AccountQueryResponse>(), 13u);
  EXPECT_EQ(wire_size<LoginRequest>(), 46u);
  EXPECT_EQ(wire_size<LoginAccepted>(), 30u);
}

TEST(Captured, an_enter_order_reads_and_writes_as_it_was) {
  const auto bytes = test::captured("Nasdaq/Nasdaq.Nsm.Ouch.v5.0/EnterOrderMessage.pcap");
  if (!bytes) GTEST_SKIP() << "no captured packets here";
  const Packet packet = only_packet(*bytes);
  EXPECT_EQ(packet.type, PacketType::unsequenced);
  ASSERT_EQ(static_cast<char>(packet.payload[0]), EnterOrder::type);
  const auto message = read_message<EnterOrder>(packet.payload);
  EXPECT_EQ(message.user_ref, 0x71u);
  EXPECT_EQ(message.side, 'T');
  EXPECT_EQ(message.quantity, 225u);
  EXPECT_EQ(message.symbol.view(), "CVLT");
  EXPECT_EQ(message.price, 630'200u);
  EXPECT_EQ(message.time_in_force, '0');
  EXPECT_EQ(message.display, 'Y');
  EXPECT_EQ(message.capacity, 'A');
  EXPECT_EQ(message.client_order_id.view(), "H8FUB8IV");
  const ByteView appendage = packet.payload.subspan(message_size<EnterOrder>());
  EXPECT_EQ(read_options(appendage), OrderOptions{}) << "a firm's name changes nothing";
  Bytes again = message_bytes(message);
  again.insert(again.end(), appendage.begin(), appendage.end());
  EXPECT_EQ(packet_of(PacketType::unsequenced, again), *bytes);
}

TEST(Captured, an_accepted_reads_and_writes_as_it_was) {
  const auto bytes = test::captured("Nasdaq/Nasdaq.Nsm.Ouch.v5.0/OrderAcceptedMessage.pcap");
  if (!bytes) GTEST_SKIP() << "no captured packets here";
  const Packet packet = only_packet(*bytes);
  EXPECT_EQ(packet.type, PacketType::sequenced);
  ASSERT_EQ(static_cast<char>(packet.payload[0]), Accepted::type);
  const auto message = read_message<Accepted>(packet.payload);
  EXPECT_EQ(message.user_ref, 0x753a8du);
  EXPECT_EQ(message.side, 'B');
  EXPECT_EQ(message.quantity, 40u);
  EXPECT_EQ(message.symbol.view(), "ADBE");
  EXPECT_EQ(message.price, 4'777'800u);
  EXPECT_EQ(message.order, 0x0f56b4f5u);
  EXPECT_EQ(message.state, 'L');
  EXPECT_EQ(message.client_order_id.view(), "7682701");
  EXPECT_LT(message.time, 86'400'000'000'000u) << "nanoseconds of a day";
  const ByteView options = packet.payload.subspan(message_size<Accepted>());
  EXPECT_EQ(message.options_size, options.size());
  Bytes again = message_bytes(message);
  again.insert(again.end(), options.begin(), options.end());
  EXPECT_EQ(packet_of(PacketType::sequenced, again), *bytes);
}

TEST(Captured, a_heartbeat_is_a_packet_without_payload) {
  const auto bytes = test::captured("Nasdaq/Nasdaq.Nsm.Ouch.v5.0/ClientHeartbeatPacket.pcap");
  if (!bytes) GTEST_SKIP() << "no captured packets here";
  EXPECT_EQ(only_packet(*bytes).type, PacketType::client_heartbeat);
  EXPECT_EQ(packet_of(PacketType::client_heartbeat, {}), *bytes);
}

TEST(Captured, a_login_reads_and_writes_as_it_was) {
  const auto bytes = test::captured("Jnx/Equities.Pts.Ouch.v1.11/LoginRequestPacket.L.pcap");
  if (!bytes) GTEST_SKIP() << "no captured packets here";
  const Packet packet = only_packet(*bytes);
  EXPECT_EQ(packet.type, PacketType::login_request);
  ASSERT_EQ(packet.payload.size(), wire_size<LoginRequest>());
  LoginRequest login;
  read_wire(packet.payload.data(), login);
  EXPECT_EQ(login.user_name.view(), "user");
  EXPECT_EQ(login.password.view(), "password");
  EXPECT_EQ(login.session.view(), "");
  EXPECT_EQ(number_of(login.sequence.view()), 0u);
  Bytes again;
  append_packet(again, PacketType::login_request, login);
  EXPECT_EQ(again, *bytes);
  const auto accepted = test::captured("Jnx/Equities.Pts.Ouch.v1.11/LoginAcceptedPacket.A.pcap");
  ASSERT_TRUE(accepted);
  LoginAccepted answer;
  read_wire(only_packet(*accepted).payload.data(), answer);
  EXPECT_EQ(answer.sequence, soup_number(135));
  EXPECT_EQ(answer.session, SoupSession("1689192121"));
}

TEST(Framing, waits_for_whole_packets_and_refuses_empty_ones) {
  Bytes bytes;
  append_packet(bytes, PacketType::debug, std::as_bytes(std::span("hello", 5)));
  append_packet(bytes, PacketType::logout_request);
  bool malformed = false;
  for (std::size_t size = 0; size < packet_header + 5; ++size)
    EXPECT_FALSE(first_packet(ByteView(bytes).first(size), malformed)) << size;
  const auto first = first_packet(bytes, malformed);
  ASSERT_TRUE(first);
  EXPECT_EQ(first->payload.size(), 5u);
  EXPECT_EQ(first_packet(ByteView(bytes).subspan(first->size()), malformed)->type,
            PacketType::logout_request);
  EXPECT_FALSE(malformed);
  const std::array<std::byte, 3> empty{};
  EXPECT_FALSE(first_packet(empty, malformed));
  EXPECT_TRUE(malformed);
}

TEST(Framing, numbers_and_user_names) {
  EXPECT_EQ(number_of("                  42"), 42u);
  EXPECT_EQ(number_of("42"), 42u);
  EXPECT_EQ(number_of(""), std::nullopt);
  EXPECT_EQ(number_of("4 2"), std::nullopt);
  EXPECT_EQ(number_of("-1"), std::nullopt);
  EXPECT_EQ(number_of("99999999999999999999"), std::nullopt);
  EXPECT_EQ(user_name_of({1}).view(), "R00001");
  EXPECT_EQ(user_name_of({46'656}).view(), "R01000");
  for (const std::uint64_t number : {1u, 35u, 36u, 10'000u, 60'466'175u})
    EXPECT_EQ(session_of(user_name_of({number}).view()), SessionId{number});
  EXPECT_EQ(session_of("r0000z"), SessionId{35});
  EXPECT_EQ(session_of("X00001"), std::nullopt);
  EXPECT_EQ(session_of("R0001"), std::nullopt);
  EXPECT_EQ(session_of("R00-01"), std::nullopt);
}

Bytes appendage(std::initializer_list<int> options) {
  Bytes out(2);
  for (const int value : options) out.push_back(static_cast<std::byte>(value));
  write_wire(out.data(), static_cast<std::uint16_t>(options.size()));
  return out;
}

TEST(Options, what_is_understood_is_read_back) {
  const OrderOptions all{7, 8, true, 9};
  std::array<std::byte, options_max> bytes;
  const auto size = write_options(bytes.data(), all) - bytes.data();
  EXPECT_EQ(static_cast<std::size_t>(size), options_max);
  Bytes framed(2);
  write_wire(framed.data(), static_cast<std::uint16_t>(size));
  framed.insert(framed.end(), bytes.begin(), bytes.end());
  EXPECT_EQ(read_options(framed), all);
  EXPECT_EQ(read_options({}), OrderOptions{});
  EXPECT_EQ(read_options(appendage({})), OrderOptions{});
}

TEST(Options, what_would_pass_unseen_is_refused) {
  const struct {
    const char* name;
    Bytes bytes;
    std::string_view reason;
  } rows[] = {
      {"no length", Bytes(1), "options_malformed"},
      {"length says less",
       [] {
         auto b = appendage({1, 2});
         b.push_back({});
         return b;
       }(),
       "options_malformed"},
      {"length says more",
       [] {
         auto b = appendage({5, 2, 1, 1, 1, 1});
         b.pop_back();
         return b;
       }(),
       "options_malformed"},
      {"an option of length 0", appendage({0, 2}), "options_malformed"},
      {"an option that runs over", appendage({9, 3, 0, 0}), "options_malformed"},
      {"a short number", appendage({3, 3, 0, 0}), "options_malformed"},
      {"post only by another letter", appendage({2, 12, 'Y'}), "options_malformed"},
      {"a peg", appendage({5, 7, 0, 0, 0, 1}), "option_not_supported"},
      {"a pegged price type", appendage({2, 6, 'P'}), "option_not_supported"},
      {"a route", appendage({5, 14, 'A', 'B', 'C', 'D'}), "option_not_supported"},
      {"another channel", appendage({2, 28, 1}), "option_not_supported"},
      {"an unknown tag", appendage({2, 99, 1}), "option_not_supported"},
  };
  for (const auto& row : rows) {
    const auto options = read_options(row.bytes);
    ASSERT_FALSE(options) << row.name;
    EXPECT_EQ(options.error(), row.reason) << row.name;
  }
  EXPECT_TRUE(read_options(appendage({2, 6, 'L', 2, 28, 0, 2, 12, 'N'})));
}

}  // namespace
}  // namespace rialto::ouch
