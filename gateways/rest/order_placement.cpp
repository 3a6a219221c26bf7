#include "gateways/rest/order_placement.hpp"

#include "gateways/rest/answers.hpp"
#include "gateways/rest/order_json.hpp"
#include "platform/net/error_body.hpp"
#include "projections/published/wording.hpp"

namespace rialto::rest {
namespace {

using gateways::VenuePort;
using net::Status;
using projections::Holdings;
using projections::OrderRecord;
using projections::Replica;

// Room for a whole order, so that its answer grows once.
constexpr std::size_t order_json_size = 768;
/// Why the order cannot sell out of the lot it names.
std::optional<net::Response> refuse_lot(const OrderRequest& request, const Replica& replica,
                                        const Holdings& holdings) {
  const auto& [order, assignment] = request;
  if (order.side == Side::buy) return std::nullopt;  // the venue has the words for it
  const auto portfolio = assignment.portfolio.value != 0
                             ? assignment.portfolio
                             : portfolio::default_portfolio(order.account);
  const auto& portfolios = replica.venue().portfolios;
  const auto* further = portfolios.further(portfolio);
  const bool own = portfolio == portfolio::default_portfolio(order.account) ||
                   (further && further->account == order.account);
  const auto* position = own ? holdings.position(portfolio, order.instrument) : nullptr;
  const auto* lot = position && !position->is_short() ? position->find(assignment.lot) : nullptr;
  if (!lot)
    return field_response(Status::unprocessable, "lot_not_found", "lotId",
                          "the portfolio has no such lot of this instrument");
  const auto& instrument = *replica.venue().instruments.instrument(order.instrument);
  if (static_cast<i128>(order.quantity.value) * instrument.base_per_lot.value <=
      lot->quantity.value)
    return std::nullopt;
  const auto& base = *replica.venue().instruments.asset(instrument.base);
  return limit_response(Status::unprocessable, "lot_too_small", "lotId",
                        projections::amount_text(lot->quantity.value, base),
                        "the lot does not hold that much");
}

void submit_checked(VenuePort& venue, net::Responder responder, OrderRequest request, UserId user,
                    const flows::Origin& origin, const Holdings* holdings) {
  const bool named = request.assignment.portfolio.value != 0 || request.assignment.lot.value != 0;
  flows::Command command =
      named ? flows::Command(flows::PlaceAssignedOrder{request.order, request.assignment})
            : flows::Command(request.order);
  auto on_reply = [&venue, responder = std::move(responder), instruments = venue.instruments(),
                   request = std::move(request), user,
                   holdings](const flows::Reply& reply) mutable {
    if (reply.rejection)
      return responder.respond(order_refusal(*reply.rejection, request.order, *instruments));
    if (reply.repeated)
      return answer_with_order(venue, std::move(responder), reply.order.order, Status::created,
                               reply.sequence, holdings);
    responder.respond(order_response(
        Status::created, record_of(request.order, request.assignment, user, reply), *instruments));
  };
  venue.submit(std::move(command), origin, std::move(on_reply));
}

}  // namespace

net::Response order_response(Status status, const OrderRecord& record,
                             const instruments::Instruments& instruments) {
  net::Response response{.status = status};
  response.body.reserve(order_json_size);
  net::JsonWriter json(response.body);
  write_order(json, record, instruments);
  return response;
}

/// A refused order with the limit it broke.
net::Response order_refusal(const Rejection& rejection, const orders::PlaceOrder& command,
                            const instruments::Instruments& instruments) {
  const auto* instrument = instruments.instrument(command.instrument);
  if (!instrument) return refusal(rejection);
  const auto& quote = *instruments.asset(instrument->quote);
  std::string details;
  net::JsonWriter json(details);
  json.begin_object().field("symbol", instrument->symbol);
  const auto limit = [&](std::string_view field, const auto& value) {
    json.field("field", field).field("limit", value);
  };
  if (rejection.code == "quantity_above_maximum")
    limit("quantity", projections::quantity_text(instrument->rules.max_quantity, *instrument));
  else if (rejection.code == "notional_above_maximum")
    limit("quantity", projections::amount_text(instrument->rules.max_notional.value, quote));
  else if (rejection.code == "price_outside_band")
    limit("price", projections::fraction_text(instrument->rules.price_band_ppm));
  else if (rejection.code == "too_many_open_orders")
    json.field("limit", instrument->rules.max_open_orders);
  else if (rejection.code == "insufficient_funds")
    json.field("asset",
               command.side == Side::buy ? quote.code : instruments.asset(instrument->base)->code);
  else if (const auto end = rejection.code.find("_must_be"); end != std::string_view::npos)
    json.field("field", rejection.code.substr(0, end));
  json.end_object();
  return refusal(rejection, details);
}

/// The whole order, read behind the step that touched it.
void answer_with_order(VenuePort& venue, net::Responder responder, OrderId id, Status status,
                       Sequence sequence, const projections::Holdings* holdings) {
  venue.read([responder = std::move(responder), id, status, sequence,
              holdings](const Replica& replica) mutable {
    auto record = replica.order(id);
    if (!record)
      return responder.respond(net::error_response(Status::internal_error, "history_unavailable",
                                                   "the order was taken, but cannot be shown"));
    record->sequence = sequence;
    find_assignment(*record, holdings);
    responder.respond(order_response(status, *record, replica.venue().instruments));
  });
}

void find_assignment(OrderRecord& record, const Holdings* holdings) {
  if (holdings) record.assignment = holdings->assignment(record.order.id);
}

void submit_order(VenuePort& venue, net::Responder responder, OrderRequest request, UserId user,
                  const flows::Origin& origin, const Holdings* holdings) {
  if (request.assignment.lot.value == 0 || !holdings)
    return submit_checked(venue, std::move(responder), std::move(request), user, origin, holdings);
  venue.read([&venue, responder = std::move(responder), request = std::move(request), user, origin,
              holdings](const Replica& replica) mutable {
    if (auto refused = refuse_lot(request, replica, *holdings))
      return responder.respond(std::move(*refused));
    submit_checked(venue, std::move(responder), std::move(request), user, origin, holdings);
  });
}

}  // namespace rialto::rest
