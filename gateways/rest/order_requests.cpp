#include "gateways/rest/order_requests.hpp"

#include <algorithm>
#include <array>
#include <bit>

#include "gateways/rest/answers.hpp"
#include "platform/net/error_body.hpp"
#include "platform/net/json_writer.hpp"
#include "projections/published/wording.hpp"

namespace rialto::rest {
namespace {

using net::Status;
using orders::OrderType;
using orders::PlaceOrder;
using orders::SelfTradePrevention;
using orders::TimeInForce;

template <class E>
using Word = std::pair<std::string_view, E>;

constexpr std::array<Word<Side>, 2> sides{{{"buy", Side::buy}, {"sell", Side::sell}}};
constexpr std::array<Word<OrderType>, 4> order_types{{{"limit", OrderType::limit},
                                                      {"market", OrderType::market},
                                                      {"stop", OrderType::stop},
                                                      {"stop_limit", OrderType::stop_limit}}};
constexpr std::array<Word<TimeInForce>, 5> times_in_force{{{"GTC", TimeInForce::gtc},
                                                           {"IOC", TimeInForce::ioc},
                                                           {"FOK", TimeInForce::fok},
                                                           {"DAY", TimeInForce::day},
                                                           {"GTD", TimeInForce::gtd}}};
// `none` is for replays of other venues' flow only.
constexpr std::array<Word<SelfTradePrevention>, 4> preventions{
    {{"cancel_newest", SelfTradePrevention::cancel_newest},
     {"cancel_oldest", SelfTradePrevention::cancel_oldest},
     {"cancel_both", SelfTradePrevention::cancel_both},
     {"decrement", SelfTradePrevention::decrement}}};

constexpr char lower(char c) {
  return c >= 'A' && c <= 'Z' ? static_cast<char>(c | 0x20) : c;
}

bool same_word(std::string_view a, std::string_view b) {
  return std::equal(a.begin(), a.end(), b.begin(), b.end(),
                    [](char x, char y) { return lower(x) == lower(y); });
}

template <class Words>
net::Response unknown_word(std::string_view field, const Words& words) {
  std::string details;
  net::JsonWriter json(details);
  json.begin_object().field("field", field).key("allowed").begin_array();
  for (const auto& word : words) json.text(word.first);
  json.end_array().end_object();
  return net::error_response(Status::bad_request, "unknown_value",
                             "this is none of the allowed values", details);
}

/// Sets `out` where the field is there. Letter case is ignored.
template <class Words, class E>
std::optional<net::Response> read_word(net::JsonFields& fields, std::string_view name,
                                       const Words& words, E& out) {
  const auto text = fields.optional_text(name);
  if (!text) return std::nullopt;
  for (const auto& [word, value] : words) {
    if (!same_word(*text, word)) continue;
    out = value;
    return std::nullopt;
  }
  return unknown_word(name, words);
}

/// ISO 8601, or milliseconds since 1970.
std::optional<net::Response> read_expire_time(net::JsonFields& fields, Timestamp& out) {
  const auto text = fields.optional_number("expireTime");
  if (!text) return std::nullopt;
  constexpr std::uint64_t latest_ms = 9'214'646'400'000;  // the year 2262
  if (const auto milliseconds = parse_number(*text); milliseconds && *milliseconds < latest_ms)
    out = {static_cast<std::int64_t>(*milliseconds) * 1'000'000};
  else if (const auto time = projections::parse_time(*text))
    out = *time;
  else
    return field_response(
        Status::bad_request, "expire_time_malformed", "expireTime",
        "a time such as \"2030-01-31T16:00:00Z\" or milliseconds since 1970 is needed");
  return std::nullopt;
}

std::optional<net::Response> read_words(net::JsonFields& fields, PlaceOrder& order,
                                        std::optional<Side> side) {
  if (!side) fields.text("type");  // required: its absence is the fields' problem
  if (auto refused = read_word(fields, "type", sides, order.side)) return refused;
  if (side && order.side != *side && fields.optional_text("type"))
    return field_response(Status::bad_request, "unknown_value", "type", "the path says otherwise");
  order.side = side.value_or(order.side);
  if (auto refused = read_word(fields, "orderType", order_types, order.type)) return refused;
  if (auto refused = read_word(fields, "timeInForce", times_in_force, order.time_in_force))
    return refused;
  if (auto refused =
          read_word(fields, "selfTradePrevention", preventions, order.self_trade_prevention))
    return refused;
  return read_expire_time(fields, order.expire_time);
}

template <class Number, class Parse>
std::optional<net::Response> read_number(net::JsonFields& fields, std::string_view name,
                                         Parse parse, const instruments::Instrument& instrument,
                                         Number& out) {
  const auto text = fields.optional_number(name);
  if (!text) return std::nullopt;
  auto number = parse(name, *text, instrument);
  if (!number) return std::move(number.error());
  out = *number;
  return std::nullopt;
}

std::optional<net::Response> read_numbers(net::JsonFields& fields,
                                          const instruments::Instrument& instrument,
                                          PlaceOrder& order) {
  fields.number("quantity");  // required
  if (auto refused = read_number(fields, "quantity", parse_quantity, instrument, order.quantity))
    return refused;
  if (auto refused = read_number(fields, "price", parse_price, instrument, order.price))
    return refused;
  if (auto refused = read_number(fields, "stopPrice", parse_price, instrument, order.stop_price))
    return refused;
  return read_number(fields, "displayQuantity", parse_quantity, instrument, order.display);
}

/// REST-7: what a retry must mean again.
std::uint64_t content_of(const OrderRequest& request, const security::CommandNames& names) {
  const PlaceOrder& order = request.order;
  const std::array<std::int64_t, 10> content{
      order.instrument.value,
      static_cast<std::int64_t>(order.side),
      static_cast<std::int64_t>(order.type),
      static_cast<std::int64_t>(order.time_in_force),
      static_cast<std::int64_t>(order.self_trade_prevention) * 2 + order.post_only,
      order.price.value,
      order.stop_price.value,
      order.quantity.value,
      order.display.value,
      order.expire_time.value};
  const auto bytes = std::bit_cast<std::array<char, sizeof content>>(content);
  std::string text(bytes.data(), bytes.size());
  if (const auto& assignment = request.assignment;
      assignment.portfolio.value != 0 || assignment.lot.value != 0)
    text += std::to_string(assignment.portfolio.value) + ' ' + std::to_string(assignment.lot.value);
  return names.of("content", order.account, text).low;
}

std::optional<net::Response> read_client_order_id(net::JsonFields& fields, OrderRequest& request,
                                                  const security::CommandNames& names) {
  const auto text = fields.optional_text("clientOrderId");
  if (!text) return std::nullopt;
  if (!is_client_order_id(*text))
    return limit_response(Status::bad_request, "client_order_id_malformed", "clientOrderId",
                          std::to_string(orders::ClientOrderId::capacity),
                          "1 to 64 bytes without control characters are needed");
  request.order.client_order_id = *text;
  assign_to(request.order.account, request, names);
  return std::nullopt;
}

/// "portfolioId" and "lotId": numbers of what there may be; whether there is, the venue says.
template <class Id>
std::optional<net::Response> read_id(net::JsonFields& fields, std::string_view name,
                                     std::string_view code, Status status, Id& out) {
  const auto text = fields.optional_number(name);
  if (!text) return std::nullopt;
  const auto id = parse_id<Id>(*text);
  if (!id) return field_response(status, code, name, "there is no such thing of yours");
  out = *id;
  return std::nullopt;
}

std::optional<net::Response> read_assignment(net::JsonFields& fields,
                                             portfolio::Assignment& assignment) {
  if (auto refused = read_id(fields, "portfolioId", "portfolio_not_found", Status::not_found,
                             assignment.portfolio))
    return refused;
  return read_id(fields, "lotId", "lot_not_found", Status::unprocessable, assignment.lot);
}

}  // namespace

bool is_client_order_id(std::string_view text) {
  return !text.empty() && text.size() <= orders::ClientOrderId::capacity &&
         std::none_of(text.begin(), text.end(), [](char c) {
           const auto byte = static_cast<unsigned char>(c);
           return byte < 0x20 || byte == 0x7f;
         });
}

Fingerprint client_order_key(const security::CommandNames& names, AccountId account,
                             std::string_view client_order_id) {
  return names.of("order", account, client_order_id);
}

void assign_to(AccountId account, OrderRequest& request, const security::CommandNames& names) {
  orders::PlaceOrder& order = request.order;
  order.account = account;
  if (order.client_order_id.empty()) return;
  order.key = client_order_key(names, account, order.client_order_id.view());
  order.content = content_of(request, names);
}

Parsed<OrderRequest> parse_place_order(net::JsonFields& fields, AccountId account,
                                       const instruments::Instruments& instruments,
                                       const security::CommandNames& names,
                                       std::optional<Side> side) {
  OrderRequest request;
  PlaceOrder& order = request.order;
  order.account = account;
  if (auto refused = read_words(fields, order, side)) return std::unexpected(std::move(*refused));
  // Of a path that names the side, nothing but symbol and quantity is needed.
  if (side && !fields.optional_text("orderType") && !fields.optional_number("price"))
    order.type = OrderType::market;
  const auto product = fields.optional_text("product");
  const auto symbol =
      product ? fields.optional_text("symbol").value_or(*product) : fields.text("symbol");
  if (product && symbol != *product)
    return std::unexpected(field_response(Status::bad_request, "unknown_value", "product",
                                          "product is another name of symbol: they differ"));
  const auto* instrument = symbol.size() <= 24 ? instruments.instrument(symbol) : nullptr;
  if (fields.problem()) return request;
  if (!instrument)
    return std::unexpected(refusal(rejection_of(orders::Reject::instrument_not_found)));
  order.instrument = instrument->id;
  if (auto refused = read_numbers(fields, *instrument, order))
    return std::unexpected(std::move(*refused));
  order.post_only = fields.optional_boolean("postOnly").value_or(false);
  // As the venue takes them, so that an answer given twice reads the same.
  if (order.type == OrderType::market && order.time_in_force == TimeInForce::gtc)
    order.time_in_force = TimeInForce::ioc;
  if (order.display == order.quantity) order.display = {};
  if (auto refused = read_assignment(fields, request.assignment))
    return std::unexpected(std::move(*refused));
  if (auto refused = read_client_order_id(fields, request, names))
    return std::unexpected(std::move(*refused));
  return request;
}

std::optional<net::Response> name_by_header(OrderRequest& order, const net::Request& request,
                                            const security::CommandNames& names) {
  if (!order.order.client_order_id.empty()) return std::nullopt;
  const auto text = request.header("Idempotency-Key");
  if (!text) return std::nullopt;
  if (!is_client_order_id(*text))
    return limit_response(Status::bad_request, "idempotency_key_malformed", "Idempotency-Key",
                          std::to_string(orders::ClientOrderId::capacity),
                          "1 to 64 bytes without control characters are needed");
  order.order.client_order_id = *text;
  assign_to(order.order.account, order, names);
  return std::nullopt;
}

std::optional<std::string_view> unknown_in_order(const net::JsonFields& fields) {
  return fields.unknown({"type", "symbol", "product", "orderType", "quantity", "price", "stopPrice",
                         "timeInForce", "expireTime", "postOnly", "displayQuantity",
                         "selfTradePrevention", "clientOrderId", "portfolioId", "lotId"});
}

std::optional<std::string_view> unknown_in_amendment(const net::JsonFields& fields) {
  return fields.unknown({"quantity", "price", "stopPrice"});
}

AmendmentText read_amendment(net::JsonFields& fields) {
  const auto copy = [&](std::string_view name) -> std::optional<std::string> {
    const auto text = fields.optional_number(name);
    return text ? std::optional<std::string>(*text) : std::nullopt;
  };
  return {copy("quantity"), copy("price"), copy("stopPrice")};
}

Parsed<orders::AmendOrder> parse_amendment(const AmendmentText& text, AccountId account,
                                           OrderId order,
                                           const instruments::Instrument& instrument) {
  orders::AmendOrder command{account, order, {}, {}, {}};
  if (text.quantity) {
    const auto quantity = parse_quantity("quantity", *text.quantity, instrument);
    if (!quantity) return std::unexpected(quantity.error());
    command.quantity = *quantity;
  }
  if (text.price) {
    const auto price = parse_price("price", *text.price, instrument);
    if (!price) return std::unexpected(price.error());
    command.price = *price;
  }
  if (text.stop_price) {
    const auto price = parse_price("stopPrice", *text.stop_price, instrument);
    if (!price) return std::unexpected(price.error());
    command.stop_price = *price;
  }
  return command;
}

}  // namespace rialto::rest
