#include "gateways/rest/answers.hpp"

#include <algorithm>
#include <array>
#include <utility>

#include "platform/net/error_body.hpp"
#include "platform/net/json_writer.hpp"

namespace rialto::rest {
namespace {

/// Sentences for codes whose own words do not say enough; sorted by code.
constexpr auto sentences = std::to_array<std::pair<std::string_view, std::string_view>>({
    {"account_already_exists", "the user has a wallet already"},
    {"account_blocked", "trading is blocked for this account by an administrator"},
    {"account_cannot_be_changed", "the venue's own accounts change by trading only"},
    {"account_details_exist", "the account's details are known already; change them by PUT"},
    {"account_details_not_found", "nobody has said who stands behind this account"},
    {"account_not_empty", "the wallet still holds funds or has open orders"},
    {"account_not_found", "there is no such wallet"},
    {"client_order_id_capacity_exhausted",
     "too many client order ids are remembered; try again later"},
    {"client_order_id_reused", "this clientOrderId was used for another order"},
    {"default_portfolio_must_stay", "an account always keeps its default portfolio"},
    {"expire_time_in_the_past", "expireTime must lie in the future"},
    {"expire_time_not_allowed", "expireTime belongs to timeInForce GTD only"},
    {"expire_time_required", "timeInForce GTD needs an expireTime"},
    {"hold_too_large", "price × quantity is more than 18 digits can hold"},
    {"idempotency_capacity_exhausted", "too many Idempotency-Keys are remembered; try again later"},
    {"idempotency_key_reused", "this Idempotency-Key was used with another content"},
    {"instrument_halted", "trading in this instrument is halted"},
    {"instrument_not_found", "there is no instrument of this symbol; see GET /api/instruments"},
    {"insufficient_funds", "the wallet does not hold enough that is not on hold"},
    {"intake_disk_full", "the disk is full; nothing was done"},
    {"intake_failed", "the journal has failed; no command is taken until the venue is restarted"},
    {"intake_queue_full", "too many commands are waiting; nothing was done, try again"},
    {"intake_recovering", "the venue is starting; nothing was done, try again"},
    {"intake_stopping", "the venue is stopping; nothing was done"},
    {"last_administrator_must_stay", "the venue must keep at least one administrator"},
    {"lot_only_for_sales", "lotId belongs to a sale: it names the lot to sell"},
    {"nothing_to_change", "this is what stands already"},
    {"notional_above_maximum", "price × quantity is above what one order may be worth"},
    {"number_too_large", "numbers have at most 18 significant digits"},
    {"order_entry_disabled", "order entry is switched off for this session"},
    {"order_not_found", "there is no such open order of yours"},
    {"outcome_unknown",
     "the journal failed while this command was being written: it may or may not have been done"},
    {"party_has_no_account",
     "buyer and seller must have open accounts that are not the venue's own"},
    {"portfolio_has_open_orders", "open orders belong to the portfolio; cancel them first"},
    {"portfolio_holds_too_little",
     "the portfolio does not hold that much which is not being sold already"},
    {"portfolio_holds_too_much", "the portfolio would hold more than 18 digits can count"},
    {"portfolio_name_malformed", "a name has 1 to 64 bytes without control characters"},
    {"portfolio_not_empty", "the portfolio still holds something; sell it first"},
    {"portfolio_not_found", "there is no such portfolio of yours"},
    {"price_not_allowed", "a market or stop order has no limit price"},
    {"price_outside_band", "the price is too far from the last trade"},
    {"quantity_above_maximum", "the quantity is above what one order may be"},
    {"reason_required", "say why: the reason is kept with the change"},
    {"session_capacity_exhausted", "the venue has as many order-entry sessions as it can keep"},
    {"stop_price_would_trigger_immediately",
     "the last trade is already at or beyond the stop price"},
    {"supply_limit_exceeded", "more of this asset than the venue can count would exist"},
    {"too_many_open_orders",
     "the account has as many open orders on this instrument as are allowed"},
    {"too_many_portfolios", "the venue has as many portfolios as it can keep"},
    {"too_many_sessions", "the user has as many order-entry sessions as are allowed"},
    {"trade_already_busted", "this trade was busted; there is nothing left to change"},
    {"trade_changed_meanwhile", "somebody has changed this trade since; look at it and try again"},
    {"user_has_funds_or_orders", "the user's wallet still holds funds or has open orders"},
    {"venue_blocked", "trading is blocked for the whole venue by an administrator"},
});

std::string_view sentence_of(std::string_view code) {
  const auto at =
      std::lower_bound(sentences.begin(), sentences.end(), code,
                       [](const auto& entry, std::string_view c) { return entry.first < c; });
  return at != sentences.end() && at->first == code ? at->second : std::string_view{};
}

}  // namespace

net::Response field_response(net::Status status, std::string_view code, std::string_view field,
                             std::string_view message) {
  std::string details;
  net::JsonWriter(details).begin_object().field("field", field).end_object();
  return net::error_response(status, code, message, details);
}

net::Response limit_response(net::Status status, std::string_view code, std::string_view field,
                             std::string_view limit, std::string_view message) {
  std::string details;
  net::JsonWriter(details).begin_object().field("field", field).field("limit", limit).end_object();
  return net::error_response(status, code, message, details);
}

net::Response refusal(const Rejection& rejection, std::string_view details) {
  net::Response response = net::rejection_response(rejection, sentence_of(rejection.code), details);
  if (rejection.kind == RejectKind::unavailable) response.add_header("Retry-After", "1");
  return response;
}

net::Response not_found(std::string_view code, std::string_view message) {
  return net::error_response(net::Status::not_found, code, message);
}

}  // namespace rialto::rest
