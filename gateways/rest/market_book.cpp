#include "gateways/rest/market_book.hpp"

#include "gateways/rest/answers.hpp"
#include "gateways/rest/numbers.hpp"
#include "platform/net/json_writer.hpp"
#include "projections/published/wording.hpp"

namespace rialto::rest {
namespace {

using instruments::Instrument;
using net::JsonWriter;
using net::Status;
using projections::Replica;

constexpr std::uint64_t default_depth = 20;
constexpr std::uint64_t depth_max = 1'000;
// A side of a level 3 book shows no more, however many queue at its prices.
constexpr std::size_t queued_max = 10'000;

/// 1: the best prices. 2: prices with what they hold together. 3: every order in its queue.
struct BookQuery {
  std::uint64_t level = 2;
  std::uint64_t depth = default_depth;
};

Parsed<BookQuery> book_query(const net::Request& request) {
  BookQuery query;
  if (const auto text = request.query_parameter("level")) {
    const auto number = parse_number(*text);
    if (!number || *number == 0 || *number > 3)
      return std::unexpected(limit_response(Status::bad_request, "level_out_of_range", "level", "3",
                                            "1 (best prices), 2 (prices) or 3 (orders) is needed"));
    query.level = *number;
  }
  if (const auto text = request.query_parameter("depth")) {
    const auto number = parse_number(*text);
    if (!number || *number == 0 || *number > depth_max)
      return std::unexpected(limit_response(Status::bad_request, "depth_out_of_range", "depth",
                                            std::to_string(depth_max),
                                            "a number from 1 to 1000 is needed"));
    query.depth = *number;
  }
  if (query.level == 1) query.depth = 1;
  return query;
}

void write_levels(JsonWriter& json, std::string_view name, const Replica& replica,
                  const Instrument& instrument, Side side, std::size_t depth) {
  json.key(name).begin_array();
  replica.venue().matching.levels(
      instrument.id, side, depth, [&](Price price, Quantity quantity, std::size_t count) {
        json.begin_object()
            .field("price", projections::price_text(price, instrument))
            .field("quantity", projections::quantity_text(quantity, instrument))
            .field("orders", std::uint64_t{count})
            .end_object();
      });
  json.end_array();
}

/// Nobody learns whose they are, nor what an iceberg hides. True where more was there.
bool write_orders(JsonWriter& json, std::string_view name, const Replica& replica,
                  const Instrument& instrument, Side side, std::size_t depth) {
  json.key(name).begin_array();
  std::size_t levels = 0;
  std::size_t shown = 0;
  Price price;
  bool more = false;
  replica.venue().matching.orders(instrument.id, side, [&](const matching::QueuedOrder& order) {
    if (levels == 0 || order.price != price) ++levels;
    price = order.price;
    more = levels > depth || shown == queued_max;
    if (more) return false;
    ++shown;
    json.begin_object()
        .field("orderId", std::to_string(order.order.value))
        .field("price", projections::price_text(order.price, instrument))
        .field("quantity", projections::quantity_text(order.shown, instrument))
        .end_object();
    return true;
  });
  json.end_array();
  return more;
}

net::Response book_response(const Replica& replica, InstrumentId id, const BookQuery& query) {
  const Instrument& instrument = *replica.venue().instruments.instrument(id);
  net::Response response;
  JsonWriter json(response.body);
  json.begin_object().field("symbol", instrument.symbol).field("level", query.level);
  if (query.level == 3) {
    const bool more_bids = write_orders(json, "bids", replica, instrument, Side::buy, query.depth);
    const bool more_asks = write_orders(json, "asks", replica, instrument, Side::sell, query.depth);
    json.field("complete", !more_bids && !more_asks);
  } else {
    write_levels(json, "bids", replica, instrument, Side::buy, query.depth);
    write_levels(json, "asks", replica, instrument, Side::sell, query.depth);
  }
  if (const auto last = replica.venue().matching.last_price(id))
    json.field("lastPrice", projections::price_text(*last, instrument));
  else
    json.key("lastPrice").null();
  json.field("time", projections::time_text(replica.now()))
      .field("sequence", replica.position().value)
      .end_object();
  return response;
}

std::string_view intake_text(gateways::Intake intake) {
  switch (intake) {
    case gateways::Intake::open:
      return "open";
    case gateways::Intake::recovering:
      return "recovering";
    case gateways::Intake::disk_full:
      return "disk_full";
    case gateways::Intake::failed:
      return "failed";
    case gateways::Intake::stopping:
      return "stopping";
  }
  return "unknown";
}

net::Response status_response(const Replica& replica, InstrumentId id, gateways::Intake intake) {
  const Instrument& instrument = *replica.venue().instruments.instrument(id);
  const bool trading = !instrument.halted && intake == gateways::Intake::open;
  net::Response response;
  JsonWriter(response.body)
      .begin_object()
      .field("symbol", instrument.symbol)
      .field("status", instrument.halted ? "halted" : "open")
      .field("venue", intake_text(intake))
      .field("trading", trading)
      .field("time", projections::time_text(replica.now()))
      .field("sequence", replica.position().value)
      .end_object();
  return response;
}

}  // namespace

void BookRoutes::add_to(net::Router& router) {
  router.add(net::Method::get, "/api/instruments/{symbol}/book",
             [this](const net::Request& request, net::Responder responder) {
               book(request, std::move(responder));
             });
  router.add(net::Method::get, "/api/instruments/{symbol}/status",
             [this](const net::Request& request, net::Responder responder) {
               status(request, std::move(responder));
             });
}

void BookRoutes::book(const net::Request& request, net::Responder responder) {
  if (!desk_.visitor(request, responder)) return;
  const auto list = desk_.venue().instruments();
  const auto* instrument = list->instrument(request.parameters[0]);
  if (!instrument)
    return responder.respond(refusal(rejection_of(orders::Reject::instrument_not_found)));
  auto query = book_query(request);
  if (!query) return responder.respond(std::move(query.error()));
  desk_.venue().read([responder = std::move(responder), id = instrument->id,
                      query = *query](const Replica& replica) mutable {
    responder.respond(book_response(replica, id, query));
  });
}

void BookRoutes::status(const net::Request& request, net::Responder responder) {
  if (!desk_.visitor(request, responder)) return;
  const auto list = desk_.venue().instruments();
  const auto* instrument = list->instrument(request.parameters[0]);
  if (!instrument)
    return responder.respond(refusal(rejection_of(orders::Reject::instrument_not_found)));
  desk_.venue().read([responder = std::move(responder), id = instrument->id,
                      intake = desk_.venue().intake()](const Replica& replica) mutable {
    responder.respond(status_response(replica, id, intake));
  });
}

}  // namespace rialto::rest
