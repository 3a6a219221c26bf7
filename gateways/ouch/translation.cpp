#include "gateways/ouch/translation.hpp"

#include <array>
#include <utility>

namespace rialto::ouch {
namespace {

using Refusal = std::string_view;
using orders::TimeInForce;

/// Ticks of a wire price; the reason where there are none.
std::expected<Price, Refusal> price_of(std::uint64_t wire, const Listing& listing) {
  if (wire % listing.units_per_tick != 0) return std::unexpected("price_must_be_on_tick");
  const std::uint64_t ticks = wire / listing.units_per_tick;
  if (ticks > static_cast<std::uint64_t>(largest_number))
    return std::unexpected("number_too_large");
  return Price{static_cast<std::int64_t>(ticks)};
}

Refusal read_time_in_force(char code, const OrderOptions& options, const Sender& sender,
                           orders::PlaceOrder& order) {
  switch (code) {
    case '0':
      order.time_in_force = TimeInForce::day;
      break;
    case '3':
      order.time_in_force = TimeInForce::ioc;
      break;
    case '5':
      order.time_in_force = TimeInForce::gtc;
      break;
    case '6':
      if (options.expire_time == 0) return "expire_time_required";
      order.time_in_force = TimeInForce::gtd;
      order.expire_time = {sender.now.value - sender.now.value % day_ns +
                           static_cast<std::int64_t>(options.expire_time) * 1'000'000'000};
      break;
    default:
      return "time_in_force_not_allowed";
  }
  return code != '6' && options.expire_time != 0 ? "expire_time_not_allowed" : "";
}

/// What this venue has nothing for must not pass unseen.
Refusal check_flags(char display, char intermarket_sweep) {
  if (display != 'Y' && display != 'A') return "display_not_supported";
  if (intermarket_sweep != 'N') return "sweep_not_supported";
  return "";
}

Refusal read_minimum(const OrderOptions& options, orders::PlaceOrder& order) {
  if (options.minimum_quantity == 0) return "";
  const bool all = static_cast<std::int64_t>(options.minimum_quantity) == order.quantity.value;
  if (!all || order.time_in_force != TimeInForce::ioc) return "minimum_quantity_not_supported";
  order.time_in_force = TimeInForce::fok;
  return "";
}

}  // namespace

std::expected<orders::PlaceOrder, std::string_view> place_of(ByteView payload, const Sender& sender,
                                                             const Listings& listings) {
  const auto message = read_message<EnterOrder>(payload);
  const Listing* listing = listings.find(message.symbol);
  if (!listing) return std::unexpected("instrument_not_found");
  if (message.side != 'B' && message.side != 'S') return std::unexpected("side_not_supported");
  if (message.cross_type != 'N') return std::unexpected("cross_type_not_supported");
  if (const auto refusal = check_flags(message.display, message.intermarket_sweep);
      !refusal.empty())
    return std::unexpected(refusal);
  const auto options = read_options(payload.subspan(message_size<EnterOrder>()));
  if (!options) return std::unexpected(options.error());

  std::expected<orders::PlaceOrder, std::string_view> out{std::in_place};
  orders::PlaceOrder& order = *out;
  order.account = sender.account;
  order.instrument = listing->instrument;
  order.side = message.side == 'B' ? Side::buy : Side::sell;
  order.quantity = {message.quantity};
  if (message.price == market_price) {
    order.type = orders::OrderType::market;
  } else {
    const auto price = price_of(message.price, *listing);
    if (!price) return std::unexpected(price.error());
    order.price = *price;
  }
  if (const auto refusal = read_time_in_force(message.time_in_force, *options, sender, order);
      !refusal.empty())
    return std::unexpected(refusal);
  if (const auto refusal = read_minimum(*options, order); !refusal.empty())
    return std::unexpected(refusal);
  order.display = {options->maximum_floor};
  order.post_only = options->post_only;
  order.client_order_id = client_order_id(message.client_order_id);
  order.session = sender.session;
  order.user_ref = message.user_ref;
  return out;
}

std::expected<orders::AmendOrder, std::string_view> amend_of(ByteView payload, const Sender& sender,
                                                             const Listings& listings,
                                                             OrderId order,
                                                             InstrumentId instrument) {
  const auto message = read_message<ReplaceOrder>(payload);
  if (const auto refusal = check_flags(message.display, message.intermarket_sweep);
      !refusal.empty())
    return std::unexpected(refusal);
  const auto options = read_options(payload.subspan(message_size<ReplaceOrder>()));
  if (!options) return std::unexpected(options.error());
  // Price and quantity are all that an order here can change.
  if (*options != OrderOptions{}) return std::unexpected("option_not_supported");
  const auto price = price_of(message.price, listings.of(instrument));
  if (!price) return std::unexpected(price.error());
  return orders::AmendOrder{.account = sender.account,
                            .order = order,
                            .quantity = Quantity{message.quantity},
                            .price = *price,
                            .stop_price = {},
                            .session = sender.session,
                            .user_ref = message.user_ref};
}

std::uint16_t reject_code(std::string_view reason) {
  static constexpr std::array<std::pair<std::string_view, std::uint16_t>, 24> codes{
      {{"display_not_supported", 0x03},
       {"display_quantity_out_of_range", 0x04},
       {"display_quantity_not_allowed", 0x04},
       {"price_outside_band", 0x06},
       {"instrument_halted", 0x07},
       {"sweep_not_supported", 0x08},
       {"side_not_supported", 0x09},
       {"order_entry_disabled", 0x0c},
       {"account_blocked", 0x0c},
       {"venue_blocked", 0x0c},
       {"minimum_quantity_not_supported", 0x0d},
       {"quantity_must_be_positive", 0x13},
       {"quantity_not_above_filled", 0x13},
       {"cross_type_not_supported", 0x14},
       {"order_not_found", 0x15},
       {"instrument_not_found", 0x17},
       {"price_required", 0x1d},
       {"price_must_be_positive", 0x1d},
       {"price_must_be_on_tick", 0x1d},
       {"number_too_large", 0x1d},
       {"price_not_allowed", 0x1d},
       {"quantity_above_maximum", 0x1e},
       {"notional_above_maximum", 0x1f},
       {"hold_too_large", 0x1f}}};
  for (const auto& [code, number] : codes)
    if (code == reason) return number;
  return 0x0f;  // other; GET /api/openapi.json and the journal have the words
}

char cancel_code(orders::CancelReason reason) {
  using enum orders::CancelReason;
  switch (reason) {
    case user:
    case mass_cancel:
      return 'U';
    case immediate_or_cancel:
    case fill_or_kill:
      return 'I';
    case no_liquidity:
      return 'K';
    case post_only_would_take:
      return 'G';
    case self_trade_prevention:
      return 'Q';
    case expired:
      return 'T';
    case administrator:
    case kill_switch:
      return 'S';
  }
  return 'Z';
}

char side_code(Side side) {
  return side == Side::buy ? 'B' : 'S';
}

char time_in_force_code(TimeInForce time_in_force) {
  switch (time_in_force) {
    case TimeInForce::day:
      return '0';
    case TimeInForce::ioc:
    case TimeInForce::fok:
      return '3';
    case TimeInForce::gtc:
      return '5';
    case TimeInForce::gtd:
      return '6';
  }
  return '5';
}

OrderOptions options_of(const orders::OrderCreated& order) {
  OrderOptions options;
  if (order.time_in_force == TimeInForce::fok)
    options.minimum_quantity = static_cast<std::uint32_t>(order.quantity.value);
  options.maximum_floor = static_cast<std::uint32_t>(order.display.value);
  options.post_only = order.post_only;
  if (order.time_in_force == TimeInForce::gtd)
    options.expire_time =
        static_cast<std::uint32_t>(order.expire_time.value % day_ns / 1'000'000'000);
  return options;
}

}  // namespace rialto::ouch
