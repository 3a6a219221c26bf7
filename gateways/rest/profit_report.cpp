#include "gateways/rest/profit_report.hpp"

#include <map>
#include <vector>

#include "gateways/rest/answers.hpp"
#include "gateways/rest/pages.hpp"
#include "gateways/rest/portfolio_json.hpp"
#include "projections/published/wording.hpp"

namespace rialto::rest {
namespace {

using net::JsonWriter;
using net::Status;
using projections::amount_text;
using projections::RealizedRow;

constexpr std::size_t most_closings = 100'000;

struct Totals {
  i128 realized{};
  i128 fees{};
  std::uint64_t closings = 0;
};

/// An instant, or the midnight a date begins with.
std::optional<net::Response> read_time(const net::Request& request, std::string_view name,
                                       Timestamp& out) {
  const auto text = request.query_parameter(name);
  if (!text) return std::nullopt;
  auto time = projections::parse_time(*text);
  if (!time && text->size() == 10) time = projections::parse_time(*text + "T00:00:00Z");
  if (!time)
    return field_response(Status::bad_request, "time_malformed", name,
                          "a time such as 2026-01-31T09:30:00Z, or a date, is needed");
  out = *time;
  return std::nullopt;
}

/// A row's texts, in the order of the columns.
struct Texts {
  Texts(const RealizedRow& row, const instruments::Instruments& instruments) {
    const auto& instrument = *instruments.instrument(row.instrument);
    const auto& base = *instruments.asset(instrument.base);
    const auto& quote = *instruments.asset(instrument.quote);
    symbol = instrument.symbol;
    currency = quote.code;
    quantity = amount_text(row.closing.quantity, base);
    if (row.price.value != 0) price = price_text(row.price, instrument);
    value = amount_text(row.closing.value, quote);
    cost = amount_text(row.closing.cost, quote);
    fees = amount_text(row.closing.fees, quote);
    realized = amount_text(row.closing.realized, quote);
  }
  std::string_view symbol;
  std::string_view currency;
  std::string quantity, price, value, cost, fees, realized;
};

template <class Id>
void id_or_null(JsonWriter& json, std::string_view name, Id id) {
  if (id.value != 0)
    json.field(name, std::to_string(id.value));
  else
    json.key(name).null();
}

void write_row(JsonWriter& json, const RealizedRow& row,
               const instruments::Instruments& instruments) {
  const Texts texts(row, instruments);
  json.begin_object()
      .field("time", projections::time_text(row.moment.time))
      .field("symbol", texts.symbol)
      .field("product", texts.symbol)
      .field("type", projections::side_text(row.side));
  id_or_null(json, "tradeId", row.trade);
  id_or_null(json, "orderId", row.order);
  json.field("quantity", texts.quantity);
  if (texts.price.empty())
    json.key("price").null();
  else
    json.field("price", texts.price);
  json.field("currency", texts.currency)
      .field("value", texts.value)
      .field("cost", texts.cost)
      .field("fees", texts.fees)
      .field("realizedPnl", texts.realized)
      .field("sequence", row.moment.sequence.value)
      .end_object();
}

/// Nothing of it needs quoting: symbols and codes are letters, digits and "-._" (instruments).
void append_csv(std::string& out, const RealizedRow& row,
                const instruments::Instruments& instruments) {
  const Texts texts(row, instruments);
  const std::string time = projections::time_text(row.moment.time);
  for (const std::string_view text :
       {std::string_view(time), texts.symbol, projections::side_text(row.side)})
    out.append(text).push_back(',');
  for (const std::uint64_t id : {row.trade.value, row.order.value}) {
    if (id != 0) out += std::to_string(id);
    out.push_back(',');
  }
  for (const std::string_view text :
       {std::string_view(texts.quantity), std::string_view(texts.price), texts.currency,
        std::string_view(texts.value), std::string_view(texts.cost), std::string_view(texts.fees),
        std::string_view(texts.realized)})
    out.append(text).push_back(',');
  out.append(std::to_string(row.moment.sequence.value)).append("\r\n");
}

void write_time(JsonWriter& json, std::string_view name, Timestamp time, Timestamp open) {
  if (time == open)
    json.key(name).null();
  else
    json.field(name, projections::time_text(time));
}

}  // namespace

Parsed<ProfitQuery> profit_query(const net::Request& request) {
  ProfitQuery query;
  auto page = page_query(request);
  if (!page) return std::unexpected(std::move(page.error()));
  query.page = *page;
  if (auto refused = read_time(request, "from", query.from))
    return std::unexpected(std::move(*refused));
  if (auto refused = read_time(request, "to", query.to))
    return std::unexpected(std::move(*refused));
  if (query.to < query.from)
    return std::unexpected(field_response(Status::bad_request, "period_is_backwards", "to",
                                          "the period must not end before it begins"));
  const auto format = request.query_parameter("format");
  if (format && *format != "csv" && *format != "json")
    return std::unexpected(
        field_response(Status::bad_request, "unknown_value", "format", "json or csv is needed"));
  const auto accept = request.header("Accept");
  query.csv = format ? *format == "csv" : accept && accept->find("text/csv") != accept->npos;
  return query;
}

net::Response profit_report(const portfolio::Portfolio& portfolio, const ProfitQuery& query,
                            const projections::Holdings& holdings,
                            const instruments::Instruments& instruments) {
  std::map<AssetId, Totals> totals;
  if (const auto* usd = instruments.asset(std::string_view("USD"))) totals[usd->id];
  std::vector<RealizedRow> rows;
  std::size_t seen = 0;
  holdings.each_realized(portfolio.id, instruments, [&](const RealizedRow& row) {
    if (row.moment.time < query.from || ++seen > most_closings) return false;
    if (row.moment.time >= query.to) return true;
    Totals& sum = totals[instruments.instrument(row.instrument)->quote];
    sum.realized += row.closing.realized;
    sum.fees += row.closing.fees;
    ++sum.closings;
    const bool due = query.page.before == 0 || row.moment.sequence.value < query.page.before;
    if (query.csv || (due && rows.size() <= query.page.limit)) rows.push_back(row);
    return true;
  });
  if (seen > most_closings)
    return limit_response(Status::unprocessable, "period_too_long", "from",
                          std::to_string(most_closings),
                          "so many sales are more than one report looks through: begin later");
  net::Response response;
  if (query.csv) {
    response.type = net::ContentType::csv;
    response.body =
        "time,symbol,type,tradeId,orderId,quantity,price,currency,value,cost,fees,realizedPnl,"
        "sequence\r\n";
    for (auto row = rows.rbegin(); row != rows.rend(); ++row)
      append_csv(response.body, *row, instruments);
    return response;
  }
  const bool more = rows.size() > query.page.limit;
  if (more) rows.pop_back();
  JsonWriter json(response.body);
  json.begin_object().field("portfolioId", std::to_string(portfolio.id.value));
  const ProfitQuery open;
  write_time(json, "from", query.from, open.from);
  write_time(json, "to", query.to, open.to);
  json.key("totals").begin_object();
  for (const auto& [asset, sum] : totals) {
    const auto& quote = *instruments.asset(asset);
    json.key(quote.code)
        .begin_object()
        .field("realizedPnl", amount_text(sum.realized, quote))
        .field("fees", amount_text(sum.fees, quote))
        .field("closings", sum.closings)
        .end_object();
  }
  json.end_object().key("items").begin_array();
  for (const RealizedRow& row : rows) write_row(json, row, instruments);
  json.end_array();
  if (more)
    json.field("next", std::to_string(rows.back().moment.sequence.value));
  else
    json.key("next").null();
  json.end_object();
  return response;
}

}  // namespace rialto::rest
