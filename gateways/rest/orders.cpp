#include "gateways/rest/orders.hpp"

#include <boost/describe/enum_from_string.hpp>

#include "gateways/rest/answers.hpp"
#include "gateways/rest/order_json.hpp"
#include "gateways/rest/order_placement.hpp"
#include "gateways/rest/order_requests.hpp"
#include "gateways/rest/order_summary.hpp"
#include "gateways/rest/pages.hpp"
#include "gateways/rest/queued_work.hpp"
#include "platform/net/error_body.hpp"
#include "projections/published/wording.hpp"

namespace rialto::rest {
namespace {

using gateways::VenuePort;
using net::Status;
using projections::OrderRecord;
using projections::Replica;

// A list with a status filter looks at no more rows than this for one page.
constexpr std::size_t filtered_rows_max = 10'000;

/// The answer to a step that touched an order, from its report alone.
net::Response report_response(const flows::Reply& reply,
                              const instruments::Instruments& instruments) {
  const flows::OrderReport& report = reply.order;
  const auto& instrument = *instruments.instrument(report.instrument);
  const auto& quote = *instruments.asset(instrument.quote);
  net::Response response;
  net::JsonWriter json(response.body);
  json.begin_object()
      .field("orderId", std::to_string(report.order.value))
      .field("product", instrument.symbol)
      .field("symbol", instrument.symbol)
      .field("status", projections::status_text(report.status));
  if (report.reason) json.field("reason", projections::cancel_reason_text(*report.reason));
  json.field("quantity", projections::quantity_text(report.quantity, instrument))
      .field("filledQuantity", projections::quantity_text(report.filled, instrument))
      .field("remainingQuantity", projections::quantity_text(report.remaining(), instrument));
  if (report.filled.value != 0)
    json.field("averagePrice", projections::average_price_text(report.filled_notional,
                                                               report.filled, instrument, quote));
  else
    json.key("averagePrice").null();
  json.field("fees", projections::amount_text(report.fees, quote))
      .field("updatedAt", projections::time_text(reply.time))
      .field("sequence", reply.sequence.value)
      .end_object();
  return response;
}

net::Response no_such_order() {
  return not_found("order_not_found", "there is no such order of yours");
}

net::Response already_closed(const OrderRecord& record) {
  std::string details;
  net::JsonWriter(details)
      .begin_object()
      .field("orderId", std::to_string(record.order.id.value))
      .field("status", projections::status_text(record.status))
      .end_object();
  return net::error_response(Status::conflict, "order_already_closed",
                             "the order has ended already", details);
}

net::Response cancelled_response(std::uint64_t count, Sequence sequence) {
  net::Response response;
  net::JsonWriter(response.body)
      .begin_object()
      .field("cancelled", count)
      .field("sequence", sequence.value)
      .end_object();
  return response;
}

bool open(const OrderRecord& record) {
  return record.status == flows::OrderStatus::pending ||
         record.status == flows::OrderStatus::partially_filled;
}

/// REST-2: the order, if this caller may know of it.
std::optional<OrderRecord> visible(const Replica& replica, OrderId id, const Caller& caller) {
  auto record = replica.order(id);
  if (record && !caller.owns(record->order.account) && !caller.administrator()) return std::nullopt;
  return record;
}

struct Listing {
  std::vector<OrderRecord> rows;
  std::uint64_t next = 0;
};

/// One page of the orders of that status. A rare status may fill less than the page although more
/// follows: the work for one request is bounded.
Listing find_orders(const Replica& replica, const ListQuery& query,
                    std::optional<flows::OrderStatus> status) {
  Listing found;
  projections::Page page{query.page.before, query.page.limit + 1};  // one more tells of a next page
  for (std::size_t looked_at = 0;; looked_at += page.limit) {
    if (looked_at >= filtered_rows_max) {
      found.next = page.before;
      return found;
    }
    const auto rows = replica.orders(query.account, query.instrument, page);
    for (const OrderRecord& row : rows) {
      page.before = row.order.id.value;
      if (status && row.status != *status) continue;
      if (found.rows.size() == query.page.limit) {
        found.next = found.rows.back().order.id.value;
        return found;
      }
      found.rows.push_back(row);
    }
    if (rows.size() < page.limit) return found;
  }
}

/// Cancels an order that is known to be the caller's to cancel.
void submit_cancel(VenuePort& venue, net::Responder responder, const orders::CancelOrder& command,
                   const flows::Origin& origin) {
  auto on_reply = [&venue, responder = std::move(responder),
                   command](const flows::Reply& reply) mutable {
    if (!reply.rejection) return responder.respond(report_response(reply, *venue.instruments()));
    if (reply.rejection->kind != RejectKind::not_found || command.order.value == 0)
      return responder.respond(refusal(*reply.rejection));
    // Not open: closed before, or never there.
    venue.read([responder = std::move(responder), command](const Replica& replica) mutable {
      const auto record = replica.order(command.order);
      const bool own = record && record->order.account == command.account;
      responder.respond(own ? already_closed(*record) : no_such_order());
    });
  };
  venue.submit(command, origin, std::move(on_reply));
}

}  // namespace

void OrderRoutes::add_to(net::Router& router) {
  const auto add = [&](net::Method method, std::string_view path, auto handler) {
    router.add(method, path,
               [this, handler](const net::Request& request, net::Responder responder) {
                 (this->*handler)(request, std::move(responder));
               });
  };
  add(net::Method::post, "/api/orders", &OrderRoutes::place);
  add(net::Method::get, "/api/orders", &OrderRoutes::list);
  add(net::Method::remove, "/api/orders", &OrderRoutes::cancel_many);
  add(net::Method::get, "/api/orders/{id}", &OrderRoutes::show);
  add(net::Method::get, "/api/orders/{id}/status", &OrderRoutes::status);
  add(net::Method::get, "/api/orders/{id}/summary", &OrderRoutes::summary);
  add(net::Method::put, "/api/orders/{id}", &OrderRoutes::amend);
  add(net::Method::remove, "/api/orders/{id}", &OrderRoutes::cancel);
}

void OrderRoutes::place(const net::Request& request, net::Responder responder) {
  const auto caller = desk_.trader(request, responder);
  if (!caller) return;
  const auto body = desk_.body(request, responder);
  if (!body) return;
  net::JsonFields fields(*body);
  VenuePort& venue = desk_.venue();
  auto placed = parse_place_order(fields, caller->account, *venue.instruments(), desk_.names());
  if (!desk_.complete(fields, responder, unknown_in_order(fields))) return;
  if (!placed) return responder.respond(std::move(placed.error()));
  if (auto refused = name_by_header(*placed, request, desk_.names()))
    return responder.respond(std::move(*refused));
  ++desk_.counts().orders;

  submit_order(venue, std::move(responder), std::move(*placed), caller->user,
               origin(*caller, request), holdings_);
}

void OrderRoutes::amend(const net::Request& request, net::Responder responder) {
  const auto caller = desk_.caller(request, responder);
  if (!caller) return;
  const auto id = parse_id<OrderId>(request.parameters[0]);
  if (!id) return responder.respond(no_such_order());
  const auto body = desk_.body(request, responder);
  if (!body) return;
  net::JsonFields fields(*body);
  auto text = read_amendment(fields);
  if (!desk_.complete(fields, responder, unknown_in_amendment(fields))) return;
  VenuePort& venue = desk_.venue();

  venue.read([&venue, responder = std::move(responder), caller = *caller, id = *id,
              text = std::move(text), holdings = holdings_,
              origin = origin(*caller, request)](const Replica& replica) mutable {
    const auto record = visible(replica, id, caller);
    if (!record) return responder.respond(no_such_order());
    if (!open(*record)) return responder.respond(already_closed(*record));
    const auto& instrument = *replica.venue().instruments.instrument(record->order.instrument);
    auto command = parse_amendment(text, record->order.account, id, instrument);
    if (!command) return responder.respond(std::move(command.error()));
    orders::PlaceOrder shape;  // what the refusal's details are about
    shape.instrument = instrument.id;
    shape.side = record->order.side;
    venue.submit(
        *command, origin,
        [&venue, responder = std::move(responder), id, shape,
         holdings](const flows::Reply& reply) mutable {
          if (reply.rejection)
            return responder.respond(order_refusal(*reply.rejection, shape, *venue.instruments()));
          answer_with_order(venue, std::move(responder), id, Status::ok, reply.sequence, holdings);
        });
  });
}

void OrderRoutes::cancel(const net::Request& request, net::Responder responder) {
  const auto caller = desk_.caller(request, responder);
  if (!caller) return;
  const auto id = parse_id<OrderId>(request.parameters[0]);
  if (!id) return responder.respond(no_such_order());
  VenuePort& venue = desk_.venue();
  if (!caller->administrator())
    return submit_cancel(venue, std::move(responder),
                         {caller->account, *id, {}, orders::CancelReason::user},
                         origin(*caller, request));

  venue.read([&venue, responder = std::move(responder), caller = *caller, id = *id,
              origin = origin(*caller, request)](const Replica& replica) mutable {
    const auto record = replica.order(id);
    if (!record) return responder.respond(no_such_order());
    const AccountId account = record->order.account;
    const auto reason =
        caller.owns(account) ? orders::CancelReason::user : orders::CancelReason::administrator;
    submit_cancel(venue, std::move(responder), {account, id, {}, reason}, origin);
  });
}

void OrderRoutes::cancel_many(const net::Request& request, net::Responder responder) {
  const auto caller = desk_.caller(request, responder);
  if (!caller) return;
  VenuePort& venue = desk_.venue();
  AccountId account = caller->account;
  if (const auto wallet = request.query_parameter("walletId")) {
    const auto named = parse_id<AccountId>(*wallet);
    if (!named || (!caller->owns(*named) && !caller->administrator()))
      return responder.respond(not_found("account_not_found", "there is no such wallet of yours"));
    account = *named;
  }
  const auto reason =
      caller->owns(account) ? orders::CancelReason::user : orders::CancelReason::administrator;
  if (const auto name = request.query_parameter("clientOrderId")) {
    const auto key = client_order_key(desk_.names(), account, *name);
    return submit_cancel(venue, std::move(responder), {account, {}, key, reason},
                         origin(*caller, request));
  }
  orders::CancelAllOrders command{account, {}, orders::CancelReason::mass_cancel};
  if (!caller->owns(account)) command.reason = orders::CancelReason::administrator;
  if (const auto symbol = request.query_parameter("symbol")) {
    const auto instruments = venue.instruments();
    const auto* instrument = instruments->instrument(*symbol);
    if (!instrument)
      return responder.respond(refusal(rejection_of(orders::Reject::instrument_not_found)));
    command.instrument = instrument->id;
  }
  const flows::Origin from = origin(*caller, request);
  venue.submit(command, from,
               [&venue, from, responder = std::move(responder)](const flows::Reply& reply) mutable {
                 if (reply.rejection) return responder.respond(refusal(*reply.rejection));
                 after_queued_work(venue, from, reply.sequence,
                                   [responder = std::move(responder),
                                    count = reply.count](Sequence done) mutable {
                                     responder.respond(cancelled_response(count, done));
                                   });
               });
}

void OrderRoutes::show(const net::Request& request, net::Responder responder) {
  const auto caller = desk_.caller(request, responder);
  if (!caller) return;
  const auto id = parse_id<OrderId>(request.parameters[0]);
  if (!id) return responder.respond(no_such_order());
  desk_.venue().read([responder = std::move(responder), caller = *caller, id = *id,
                      holdings = holdings_](const Replica& replica) mutable {
    auto record = visible(replica, id, caller);
    if (!record) return responder.respond(no_such_order());
    find_assignment(*record, holdings);
    responder.respond(order_response(Status::ok, *record, replica.venue().instruments));
  });
}

template <class Write>
void OrderRoutes::tell(const net::Request& request, net::Responder responder, Write write) {
  const auto caller = desk_.caller(request, responder);
  if (!caller) return;
  const auto id = parse_id<OrderId>(request.parameters[0]);
  if (!id) return responder.respond(no_such_order());
  desk_.venue().read([responder = std::move(responder), caller = *caller, id = *id,
                      write](const Replica& replica) mutable {
    const auto record = visible(replica, id, caller);
    if (!record) return responder.respond(no_such_order());
    net::Response response;
    net::JsonWriter json(response.body);
    write(json, replica, *record);
    responder.respond(std::move(response));
  });
}

void OrderRoutes::status(const net::Request& request, net::Responder responder) {
  tell(request, std::move(responder),
       [](net::JsonWriter& json, const Replica& replica, const OrderRecord& record) {
         write_order_status(json, record, replica.venue().instruments);
       });
}

void OrderRoutes::summary(const net::Request& request, net::Responder responder) {
  tell(request, std::move(responder),
       [](net::JsonWriter& json, const Replica& replica, const OrderRecord& record) {
         write_order_summary(json, record, fills_of(replica, record), replica.venue().instruments);
       });
}

void OrderRoutes::list(const net::Request& request, net::Responder responder) {
  const auto caller = desk_.caller(request, responder);
  if (!caller) return;
  auto query = list_query(request, *caller, *desk_.venue().instruments());
  if (!query) return responder.respond(std::move(query.error()));
  std::optional<flows::OrderStatus> status;
  if (const auto text = request.query_parameter("status")) {
    flows::OrderStatus named{};
    if (!boost::describe::enum_from_string(text->c_str(), named))
      return responder.respond(field_response(
          Status::bad_request, "unknown_value", "status",
          "one of pending, partially_filled, filled, cancelled, rejected, expired is needed"));
    status = named;
  }
  desk_.venue().read([responder = std::move(responder), query = *query, status,
                      holdings = holdings_](const Replica& replica) mutable {
    Listing found = find_orders(replica, query, status);
    for (OrderRecord& row : found.rows) find_assignment(row, holdings);
    const auto& instruments = replica.venue().instruments;
    responder.respond(list_response(
        found.rows, found.next,
        [&](net::JsonWriter& json, const auto& row) { write_order(json, row, instruments); }));
  });
}

}  // namespace rialto::rest
