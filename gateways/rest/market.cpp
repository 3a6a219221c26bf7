#include "gateways/rest/market.hpp"

#include <algorithm>
#include <chrono>

#include <fmt/format.h>

#include "gateways/rest/answers.hpp"
#include "gateways/rest/market_json.hpp"
#include "gateways/rest/pages.hpp"
#include "platform/net/error_body.hpp"
#include "projections/published/wording.hpp"

namespace rialto::rest {
namespace {

using net::JsonWriter;
using net::Status;
using projections::MarketData;
using projections::Replica;

/// Where a rolling window ends: an idle venue's newest event may be long ago.
Timestamp now_of(const Replica& replica) {
  const auto wall = std::chrono::system_clock::now().time_since_epoch();
  return std::max(replica.now(), Timestamp{std::chrono::nanoseconds(wall).count()});
}

/// [from, to) of the query; 400 for what is no time.
struct TimeRange {
  std::optional<Timestamp> from;
  Timestamp to{INT64_MAX};
};
Parsed<TimeRange> time_range(const net::Request& request) {
  TimeRange range;
  for (const char* name : {"from", "to"}) {
    const auto text = request.query_parameter(name);
    if (!text) continue;
    const auto time = projections::parse_time(*text);
    if (!time)
      return std::unexpected(field_response(Status::bad_request, "time_malformed", name,
                                            "a time like 2026-01-31T09:30:00Z is needed"));
    (name[0] == 'f' ? range.from.emplace() : range.to) = *time;
  }
  return range;
}

std::string tag_of(Sequence sequence) {
  return fmt::format("\"{}\"", sequence.value);
}

/// 304 where the client has this version already.
class Tagged {
 public:
  explicit Tagged(const net::Request& request)
      : known_(request.header("If-None-Match").value_or("")) {}

  template <class Make>
  net::Response answer(Sequence version, Make make) const {
    const std::string tag = tag_of(version);
    net::Response response;
    if (known_ == tag)
      response.status = Status::not_modified;
    else
      response = make();
    response.add_header("ETag", tag);
    return response;
  }

 private:
  std::string known_;
};

net::Response history_unavailable() {
  return net::error_response(Status::unavailable, "history_unavailable",
                             "the store of market data has failed; trading goes on");
}

BestPrice best(const Replica& replica, InstrumentId id, Side side) {
  BestPrice found;
  replica.venue().matching.levels(
      id, side, 1, [&](Price price, Quantity quantity, std::size_t) { found = {price, quantity}; });
  return found;
}

TickerView ticker_view(const Replica& replica, MarketData& market, InstrumentId id) {
  return {.last = market.price(id),
          .bid = best(replica, id, Side::buy),
          .ask = best(replica, id, Side::sell),
          .day = market.statistics(id, now_of(replica)),
          .time = replica.now(),
          .sequence = replica.position()};
}

}  // namespace

void MarketRoutes::add_to(net::Router& router) {
  const auto add = [&](std::string_view path, auto handler) {
    router.add(net::Method::get, path,
               [this, handler](const net::Request& request, net::Responder responder) {
                 (this->*handler)(request, std::move(responder));
               });
  };
  add("/api/instruments/{symbol}/trades", &MarketRoutes::trades);
  add("/api/instruments/{symbol}/candles", &MarketRoutes::candles);
  add("/api/instruments/{symbol}/ticker", &MarketRoutes::ticker);
  add("/api/tickers", &MarketRoutes::tickers);
}

std::optional<InstrumentId> MarketRoutes::instrument(const net::Request& request,
                                                     net::Responder& responder) {
  if (!desk_.visitor(request, responder)) return std::nullopt;
  const auto list = desk_.venue().instruments();
  const auto* found = list->instrument(request.parameters[0]);
  if (found) return found->id;
  responder.respond(refusal(rejection_of(orders::Reject::instrument_not_found)));
  return std::nullopt;
}

void MarketRoutes::trades(const net::Request& request, net::Responder responder) {
  const auto id = instrument(request, responder);
  if (!id) return;
  auto page = page_query(request);
  if (!page) return responder.respond(std::move(page.error()));
  auto range = time_range(request);
  if (!range) return responder.respond(std::move(range.error()));
  const projections::TapeQuery query{
      range->from.value_or(Timestamp{}), range->to, {page->before}, page->limit + 1};
  desk_.venue().read([this, responder = std::move(responder), id = *id, query,
                      tagged = Tagged(request)](const Replica& replica) mutable {
    const auto last = market_.price(id);
    responder.respond(tagged.answer(last ? last->sequence : Sequence{}, [&] {
      auto rows = market_.trades(id, query);
      if (!market_.healthy()) return history_unavailable();
      const bool more = rows.size() == query.limit;
      if (more) rows.pop_back();
      const Listing listing = listing_of(replica.venue().instruments, id);
      return list_response(rows, more ? rows.back().sequence.value : 0,
                           [&](JsonWriter& json, const projections::TradeRow& row) {
                             write_tape_entry(json, row, listing);
                           });
    }));
  });
}

void MarketRoutes::candles(const net::Request& request, net::Responder responder) {
  const auto id = instrument(request, responder);
  if (!id) return;
  auto page = page_query(request);
  if (!page) return responder.respond(std::move(page.error()));
  auto range = time_range(request);
  if (!range) return responder.respond(std::move(range.error()));
  const auto name = request.query_parameter("interval").value_or("1m");
  const auto interval = projections::parse_interval(name);
  if (!interval)
    return responder.respond(
        field_response(Status::bad_request, "unknown_value", "interval",
                       "one of 1s 5s 15s 1m 5m 15m 30m 1h 4h 1d 1w 1M is needed"));
  const auto fill = request.query_parameter("fill").value_or("false");
  if (fill != "true" && fill != "false")
    return responder.respond(
        field_response(Status::bad_request, "unknown_value", "fill", "true or false is needed"));
  const projections::CandleQuery query{*interval, range->from, range->to, page->limit,
                                       fill == "true"};
  desk_.venue().read([this, responder = std::move(responder), id = *id, query,
                      tagged = Tagged(request)](const Replica& replica) mutable {
    const auto make = [&] {
      const auto rows = market_.candles(id, query, now_of(replica));
      if (!market_.healthy()) return history_unavailable();
      const Listing listing = listing_of(replica.venue().instruments, id);
      net::Response response;
      JsonWriter json(response.body);
      json.begin_object()
          .field("symbol", listing.instrument.symbol)
          .field("interval", projections::interval_text(query.interval))
          .key("items")
          .begin_array();
      for (const auto& row : rows) write_candle(json, row, listing);
      json.end_array();
      // Send it as `from` for what follows.
      const bool full = query.from && rows.size() == query.limit;
      const Timestamp next =
          full ? projections::next_start(query.interval, rows.back().start) : Timestamp{};
      if (full && next < query.to)
        json.field("next", projections::time_text(next));
      else
        json.key("next").null();
      json.field("sequence", replica.position().value).end_object();
      return response;
    };
    const auto last = market_.price(id);
    // Filled ones grow as time goes on.
    responder.respond(query.fill ? make()
                                 : tagged.answer(last ? last->sequence : Sequence{}, make));
  });
}

void MarketRoutes::ticker(const net::Request& request, net::Responder responder) {
  const auto id = instrument(request, responder);
  if (!id) return;
  desk_.venue().read(
      [this, responder = std::move(responder), id = *id](const Replica& replica) mutable {
        net::Response response;
        JsonWriter json(response.body);
        write_ticker(json, ticker_view(replica, market_, id),
                     listing_of(replica.venue().instruments, id));
        responder.respond(std::move(response));
      });
}

void MarketRoutes::tickers(const net::Request& request, net::Responder responder) {
  if (!desk_.visitor(request, responder)) return;
  desk_.venue().read([this, responder = std::move(responder)](const Replica& replica) mutable {
    const auto& list = replica.venue().instruments;
    responder.respond(list_response(
        list.instruments(), 0, [&](JsonWriter& json, const instruments::Instrument& instrument) {
          write_ticker(json, ticker_view(replica, market_, instrument.id),
                       listing_of(list, instrument.id));
        }));
  });
}

}  // namespace rialto::rest
