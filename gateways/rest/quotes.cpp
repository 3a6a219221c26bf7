#include "gateways/rest/quotes.hpp"

#include <string_view>
#include <vector>

#include "gateways/rest/answers.hpp"
#include "gateways/rest/pages.hpp"
#include "projections/published/wording.hpp"

namespace rialto::rest {
namespace {

using net::JsonWriter;
using projections::Replica;

constexpr std::size_t symbols_max = 1'000;

net::Response no_such_instrument() {
  return refusal(rejection_of(orders::Reject::instrument_not_found));
}

/// Price and visible size of the best level; null where the side is empty.
void write_best(JsonWriter& json, std::string_view price_name, std::string_view size_name,
                const Replica& replica, const instruments::Instrument& instrument, Side side) {
  bool there = false;
  replica.venue().matching.levels(
      instrument.id, side, 1, [&](Price price, Quantity quantity, std::size_t) {
        there = true;
        json.field(price_name, projections::price_text(price, instrument))
            .field(size_name, projections::quantity_text(quantity, instrument));
      });
  if (!there) json.key(price_name).null().key(size_name).null();
}

void write_quote(JsonWriter& json, const Replica& replica, InstrumentId id) {
  const auto& instrument = *replica.venue().instruments.instrument(id);
  json.begin_object().field("symbol", instrument.symbol).field("product", instrument.symbol);
  write_best(json, "bid", "bidSize", replica, instrument, Side::buy);
  write_best(json, "ask", "askSize", replica, instrument, Side::sell);
  if (const auto last = replica.venue().matching.last_price(id))
    json.field("last", projections::price_text(*last, instrument));
  else
    json.key("last").null();
  json.field("status", instrument.halted ? "halted" : "open")
      .field("time", projections::time_text(replica.now()))
      .field("sequence", replica.position().value)
      .end_object();
}

/// "BTC,ETH-USD"; nothing where one of them does not exist or there are too many.
std::optional<std::vector<InstrumentId>> named(std::string_view symbols,
                                               const instruments::Instruments& list) {
  std::vector<InstrumentId> ids;
  while (!symbols.empty()) {
    const std::string_view symbol = symbols.substr(0, symbols.find(','));
    symbols.remove_prefix(std::min(symbols.size(), symbol.size() + 1));
    const auto* instrument = list.instrument(symbol);
    if (!instrument || ids.size() == symbols_max) return std::nullopt;
    ids.push_back(instrument->id);
  }
  return ids;
}

}  // namespace

void QuoteRoutes::add_to(net::Router& router) {
  router.add(net::Method::get, "/api/quotes",
             [this](const net::Request& request, net::Responder responder) {
               list(request, std::move(responder));
             });
  router.add(net::Method::get, "/api/quotes/{symbol}",
             [this](const net::Request& request, net::Responder responder) {
               show(request, std::move(responder));
             });
}

void QuoteRoutes::show(const net::Request& request, net::Responder responder) {
  if (!desk_.visitor(request, responder)) return;
  const auto list = desk_.venue().instruments();
  const auto* instrument = list->instrument(request.parameters[0]);
  if (!instrument) return responder.respond(no_such_instrument());
  desk_.venue().read(
      [responder = std::move(responder), id = instrument->id](const Replica& replica) mutable {
        net::Response response;
        JsonWriter json(response.body);
        write_quote(json, replica, id);
        responder.respond(std::move(response));
      });
}

void QuoteRoutes::list(const net::Request& request, net::Responder responder) {
  if (!desk_.visitor(request, responder)) return;
  const auto list = desk_.venue().instruments();
  std::vector<InstrumentId> ids;
  if (const auto symbols = request.query_parameter("symbols")) {
    auto found = named(*symbols, *list);
    if (!found) return responder.respond(no_such_instrument());
    ids = std::move(*found);
  } else {
    for (const auto& instrument : list->instruments()) ids.push_back(instrument.id);
  }
  desk_.venue().read(
      [responder = std::move(responder), ids = std::move(ids)](const Replica& replica) mutable {
        responder.respond(list_response(
            ids, 0, [&](JsonWriter& json, InstrumentId id) { write_quote(json, replica, id); }));
      });
}

}  // namespace rialto::rest
