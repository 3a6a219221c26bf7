#include "gateways/rest/instruments.hpp"

#include <memory>

#include "gateways/rest/answers.hpp"
#include "gateways/rest/instrument_requests.hpp"
#include "gateways/rest/pages.hpp"
#include "projections/published/wording.hpp"

namespace rialto::rest {
namespace {

using gateways::VenuePort;
using instruments::Instrument;
using instruments::Instruments;
using net::JsonWriter;
using net::Status;

net::Response no_such_instrument() {
  return refusal(rejection_of(orders::Reject::instrument_not_found));
}

void write_instrument(JsonWriter& json, const Instrument& instrument, const Instruments& list,
                      Sequence sequence = {}) {
  const auto& base = *list.asset(instrument.base);
  const auto& quote = *list.asset(instrument.quote);
  const auto& rules = instrument.rules;
  json.begin_object()
      .field("symbol", instrument.symbol)
      .field("base", base.code)
      .field("quote", quote.code)
      .field("baseScale", base.scale)
      .field("quoteScale", quote.scale)
      .field("tickSize", projections::price_text({1}, instrument))
      .field("lotSize", projections::quantity_text({1}, instrument))
      .field("makerFee", projections::fraction_text(rules.maker_fee.value))
      .field("takerFee", projections::fraction_text(rules.taker_fee.value))
      .field("maxQuantity", projections::quantity_text(rules.max_quantity, instrument))
      .field("maxNotional", projections::amount_text(rules.max_notional.value, quote))
      .field("priceBand", projections::fraction_text(rules.price_band_ppm))
      .field("collar", projections::fraction_text(rules.collar_ppm))
      .field("maxOpenOrders", rules.max_open_orders)
      .field("status", instrument.halted ? "halted" : "open");
  if (sequence.value != 0) json.field("sequence", sequence.value);
  json.end_object();
}

net::Response instrument_response(Status status, const Instrument& instrument,
                                  const Instruments& list, Sequence sequence = {}) {
  net::Response response{.status = status};
  JsonWriter json(response.body);
  write_instrument(json, instrument, list, sequence);
  return response;
}

/// Shows the instrument that a command touched; the list is published before the reply.
gateways::OnReply answer(VenuePort& venue, net::Responder responder, Status status) {
  return [&venue, responder = std::move(responder), status](const flows::Reply& reply) mutable {
    if (reply.rejection) return responder.respond(refusal(*reply.rejection));
    const auto list = venue.instruments();
    responder.respond(
        instrument_response(status, *list->instrument(reply.instrument), *list, reply.sequence));
  };
}

/// Commands that only make sense one after the other: stops at the first refusal.
class Chain : public std::enable_shared_from_this<Chain> {
 public:
  using Done = std::move_only_function<void(const flows::Reply&)>;
  Chain(VenuePort& venue, std::vector<flows::Command> commands, const flows::Origin& origin,
        Done done)
      : venue_(venue), commands_(std::move(commands)), origin_(origin), done_(std::move(done)) {}

  void next() {
    flows::Command command = std::move(commands_[at_++]);
    venue_.submit(std::move(command), origin_,
                  [self = shared_from_this()](const flows::Reply& reply) {
                    // Another listing may have registered the same asset meanwhile: that is as
                    // good.
                    const bool there_already =
                        reply.rejection && reply.rejection->code == "asset_already_registered";
                    if ((reply.rejection && !there_already) || self->at_ == self->commands_.size())
                      self->done_(reply);
                    else
                      self->next();
                  });
  }

 private:
  VenuePort& venue_;
  std::vector<flows::Command> commands_;
  std::size_t at_ = 0;
  const flows::Origin origin_;
  Done done_;
};

}  // namespace

void InstrumentRoutes::add_to(net::Router& router) {
  const auto add = [&](net::Method method, std::string_view path, auto handler) {
    router.add(method, path,
               [this, handler](const net::Request& request, net::Responder responder) {
                 (this->*handler)(request, std::move(responder));
               });
  };
  add(net::Method::get, "/api/instruments", &InstrumentRoutes::list);
  add(net::Method::post, "/api/instruments", &InstrumentRoutes::list_new);
  add(net::Method::get, "/api/instruments/{symbol}", &InstrumentRoutes::show);
  add(net::Method::put, "/api/instruments/{symbol}", &InstrumentRoutes::change_rules);
  add(net::Method::post, "/api/instruments/{symbol}/halt", &InstrumentRoutes::halt);
  add(net::Method::post, "/api/instruments/{symbol}/resume", &InstrumentRoutes::resume);
}

void InstrumentRoutes::list(const net::Request& request, net::Responder responder) {
  if (!desk_.visitor(request, responder)) return;
  const auto list = desk_.venue().instruments();
  responder.respond(
      list_response(list->instruments(), 0, [&](JsonWriter& json, const Instrument& instrument) {
        write_instrument(json, instrument, *list);
      }));
}

void InstrumentRoutes::show(const net::Request& request, net::Responder responder) {
  if (!desk_.visitor(request, responder)) return;
  const auto list = desk_.venue().instruments();
  const auto* instrument = list->instrument(request.parameters[0]);
  if (!instrument) return responder.respond(no_such_instrument());
  responder.respond(instrument_response(Status::ok, *instrument, *list));
}

void InstrumentRoutes::list_new(const net::Request& request, net::Responder responder) {
  const auto caller = desk_.administrator(request, responder);
  if (!caller) return;
  const auto body = desk_.body(request, responder);
  if (!body) return;
  net::JsonFields fields(*body);
  VenuePort& venue = desk_.venue();
  auto commands = parse_listing(fields, *venue.instruments());
  if (!desk_.complete(fields, responder)) return;
  if (!commands) return responder.respond(std::move(commands.error()));
  const auto chain = std::make_shared<Chain>(venue, std::move(*commands), origin(*caller, request),
                                             answer(venue, std::move(responder), Status::created));
  chain->next();
}

void InstrumentRoutes::change_rules(const net::Request& request, net::Responder responder) {
  const auto caller = desk_.administrator(request, responder);
  if (!caller) return;
  VenuePort& venue = desk_.venue();
  const auto list = venue.instruments();
  const auto* instrument = list->instrument(request.parameters[0]);
  if (!instrument) return responder.respond(no_such_instrument());
  const auto body = desk_.body(request, responder);
  if (!body) return;
  net::JsonFields fields(*body);
  auto rules = parse_rules(fields, instrument->rules, *instrument, *list->asset(instrument->quote));
  if (!desk_.complete(fields, responder)) return;
  if (!rules) return responder.respond(std::move(rules.error()));
  venue.submit(instruments::ChangeRules{instrument->id, *rules}, origin(*caller, request),
               answer(venue, std::move(responder), Status::ok));
}

template <class Command>
void InstrumentRoutes::switch_trading(const net::Request& request, net::Responder responder) {
  const auto caller = desk_.administrator(request, responder);
  if (!caller) return;
  VenuePort& venue = desk_.venue();
  const auto list = venue.instruments();
  const auto* instrument = list->instrument(request.parameters[0]);
  if (!instrument) return responder.respond(no_such_instrument());
  venue.submit(Command{instrument->id}, origin(*caller, request),
               answer(venue, std::move(responder), Status::ok));
}

void InstrumentRoutes::halt(const net::Request& request, net::Responder responder) {
  switch_trading<instruments::HaltInstrument>(request, std::move(responder));
}

void InstrumentRoutes::resume(const net::Request& request, net::Responder responder) {
  switch_trading<instruments::ResumeInstrument>(request, std::move(responder));
}

}  // namespace rialto::rest
