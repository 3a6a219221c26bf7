// Bytes of an order-entry connection, in pieces of any size: framing, requests, options and their
// translation never crash, never read beyond what came, and take the same packets whatever the
// pieces.
#include <algorithm>
#include <vector>

#include "core/assert.hpp"
#include "gateways/ouch/soup.hpp"
#include "gateways/ouch/translation.hpp"

using namespace rialto;
using namespace rialto::ouch;

namespace {

const Listings& listings() {
  static const Listings known = [] {
    Listings list;
    list.add({1}, "AAPL-USD", {1, 2});
    list.add({2}, "BTC-USD", {5, 4});
    list.add({3}, "FINE-USD", {1, 6});
    return list;
  }();
  return known;
}

void translate(ByteView message) {
  // A copy of exactly its size: the sanitizer sees every step beyond it.
  const Bytes exact(message.begin(), message.end());
  if (exact.empty()) return;
  const Sender sender{{1}, {2}, {1'700'000'000'000'000'000}};
  switch (static_cast<char>(exact[0])) {
    case EnterOrder::type:
      if (exact.size() < message_size<EnterOrder>()) break;
      if (const auto order = place_of(exact, sender, listings())) {
        RIALTO_ASSERT(order->price.value >= 0 && order->price.value <= largest_number);
        RIALTO_ASSERT(order->quantity.value <= UINT32_MAX && order->session == sender.session);
      } else {
        (void)reject_code(order.error());
      }
      break;
    case ReplaceOrder::type:
      if (exact.size() < message_size<ReplaceOrder>()) break;
      if (const auto amend = amend_of(exact, sender, listings(), {7}, {1}))
        RIALTO_ASSERT(amend->order == OrderId{7} && amend->price->value >= 0);
      break;
    default:
      break;
  }
}

struct Taken {
  std::vector<std::size_t> sizes;
  bool malformed = false;
};

Taken take(ByteView all, std::size_t piece) {
  Taken taken;
  std::size_t at = 0;
  for (std::size_t end = std::min(piece, all.size());; end = std::min(end + piece, all.size())) {
    while (const auto packet = first_packet(all.subspan(at, end - at), taken.malformed)) {
      translate(packet->payload);
      if (packet->type == PacketType::login_request &&
          packet->payload.size() >= wire_size<LoginRequest>()) {
        LoginRequest login;
        read_wire(packet->payload.data(), login);
        if (const auto session = session_of(login.user_name.view());
            session && session->value != 0) {
          std::string upper(login.user_name.view());
          std::transform(upper.begin(), upper.end(), upper.begin(), [](char c) {
            return c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c;
          });
          RIALTO_ASSERT(user_name_of(*session).view() == upper);
        }
        (void)number_of(login.sequence.view());
      }
      taken.sizes.push_back(packet->size());
      at += packet->size();
    }
    if (taken.malformed || end == all.size()) return taken;
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size < 2) return 0;
  const auto bytes = std::as_bytes(std::span(data + 1, size - 1));
  const Taken whole = take(bytes, bytes.size());
  const Taken pieces = take(bytes, 1u + data[0]);
  RIALTO_ASSERT(whole.sizes == pieces.sizes && whole.malformed == pieces.malformed);
  (void)read_options(bytes);
  return 0;
}
