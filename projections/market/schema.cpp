#include "projections/market/schema.hpp"

#include "platform/sql/rows.hpp"

namespace rialto::projections {
namespace {

template <class... Rows>
sql::Done create(sql::Connection& connection) {
  sql::Done done;
  ((done = done ? connection.create(sql::table_of<Rows>()) : done), ...);
  return done;
}

}  // namespace

sql::Done create_market_tables(sql::Connection& connection) {
  return create<PositionRow, AssetRow, InstrumentRow, TradeRow, CandleRow, PriceRow, ReportRow>(
      connection);
}

sql::Done create_clearing_tables(sql::Connection& connection) {
  return create<PositionRow, AssetRow, InstrumentRow, BalanceRow, SettlementRow>(connection);
}

sql::Done clear_tables(sql::Connection& connection) {
  for (const char* table : {"position", "assets", "instruments", "trades", "candles", "prices",
                            "reports", "balances", "settlements"})
    if (auto done = connection.run(std::string("DELETE FROM \"") + table + "\""); !done)
      return done;
  return {};
}

sql::Done create_market_views(sql::Connection& connection) {
  return connection.run(R"sql(
    CREATE OR REPLACE VIEW tape AS
      SELECT i.symbol, t.trade_id, trim_scale(t.price * i.tick_units * power(10::numeric, -i.tick_scale)) AS price,
             trim_scale(t.quantity * i.lot_units * power(10::numeric, -i.lot_scale)) AS quantity,
             CASE t.taker_side WHEN 0 THEN 'buy' ELSE 'sell' END AS taker_side,
             to_timestamp(t."time" / 1000000000.0) AS "time", t.sequence
      FROM trades t JOIN instruments i USING (instrument_id);
    CREATE OR REPLACE VIEW last_prices AS
      SELECT i.symbol, trim_scale(p.last * i.tick_units * power(10::numeric, -i.tick_scale)) AS last,
             trim_scale(p.bid * i.tick_units * power(10::numeric, -i.tick_scale)) AS bid,
             trim_scale(p.ask * i.tick_units * power(10::numeric, -i.tick_scale)) AS ask,
             to_timestamp(p."time" / 1000000000.0) AS "time", p.sequence
      FROM prices p JOIN instruments i USING (instrument_id);
  )sql");
}

sql::Done create_clearing_views(sql::Connection& connection) {
  return connection.run(R"sql(
    CREATE OR REPLACE VIEW client_balances AS
      SELECT b.user_id AS client_id, b.account_id, a.code AS asset,
             trim_scale(b.owned * power(10::numeric, -a.scale)) AS balance, b.sequence
      FROM balances b JOIN assets a USING (asset_id);
    CREATE OR REPLACE VIEW holdings AS
      SELECT i.symbol AS security_id, b.user_id AS client_id, b.account_id,
             trim_scale(b.owned * power(10::numeric, -a.scale)) AS quantity, b.sequence
      FROM balances b JOIN instruments i ON i.base_id = b.asset_id JOIN assets a USING (asset_id);
  )sql");
}

std::expected<PositionRow, std::string> stored_position(sql::Connection& connection,
                                                        std::string_view store) {
  const sql::Cell parameters[] = {sql::Cell::of_text(store)};
  PositionRow found{std::string(store), {}, 0, {}};
  auto done = sql::each<PositionRow>(connection, "WHERE store = $1", parameters,
                                     [&](const PositionRow& row) { found = row; });
  if (!done) return std::unexpected(done.error());
  return found;
}

}  // namespace rialto::projections
