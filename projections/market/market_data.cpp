#include "projections/market/market_data.hpp"

#include <algorithm>
#include <filesystem>

#include "core/assert.hpp"
#include "platform/sql/rows.hpp"
#include "projections/market/schema.hpp"

namespace rialto::projections {
namespace {

using sql::Cell;

template <class Id>
Cell cell(Id id) {
  return sql::cell_of(id);
}

CandleRow row_of(InstrumentId instrument, Interval interval, const Candle& candle) {
  return {instrument,          interval,      candle.start,   candle.open,
          candle.high,         candle.low,    candle.close,   candle.volume,
          candle.quote_volume, candle.trades, candle.sequence};
}
Candle candle_of(const CandleRow& row) {
  return {row.start,  row.open,         row.high,   row.low,     row.close,
          row.volume, row.quote_volume, row.trades, row.sequence};
}

ReportKind kind_of(orders::CancelReason reason) {
  switch (reason) {
    case orders::CancelReason::post_only_would_take:
      return ReportKind::rejected;
    case orders::CancelReason::expired:
      return ReportKind::expired;
    default:
      return ReportKind::cancelled;
  }
}

std::int64_t report_id(Sequence sequence, bool second = false) {
  return static_cast<std::int64_t>(sequence.value) * 2 + second;
}

ReportRow report_of(const orders::Order& order, Moment at, ReportKind kind) {
  return {.report_id = report_id(at.sequence),
          .sequence = at.sequence,
          .order_id = order.id,
          .instrument_id = order.instrument,
          .account_id = order.account,
          .user_id = order.user,
          .kind = kind,
          .side = order.side,
          .order_type = order.type,
          .price = order.price,
          .quantity = order.quantity(),
          .remaining = order.remaining,
          .trade_id = {},
          .trade_price = {},
          .trade_quantity = {},
          .time = at.time};
}

}  // namespace

std::expected<std::unique_ptr<MarketData>, std::string> MarketData::open(Settings settings) {
  std::unique_ptr<MarketData> made(new MarketData(std::move(settings)));
  if (auto opened = made->open_store(); !opened) return std::unexpected(opened.error());
  return made;
}

MarketData::~MarketData() = default;

std::expected<void, std::string> MarketData::open_store() {
  std::error_code ignored;  // opening the file will tell
  std::filesystem::create_directories(std::filesystem::path(settings_.path).parent_path(), ignored);
  auto opened = sql::open_sqlite(settings_.path);
  if (!opened) return std::unexpected(opened.error());
  database_ = std::move(*opened);
  if (auto made = create_market_tables(*database_); !made) return made;
  if (auto made = create_clearing_tables(*database_); !made) return made;
  if (auto begun = database_->run("BEGIN"); !begun) return begun;
  const auto position = stored_position(*database_, market_store);
  if (!position) return std::unexpected(position.error());
  if (position->version != 0 && position->version != market_version) clear();
  load();
  if (failure_) return std::unexpected(*failure_);
  return {};
}

void MarketData::load() {
  markets_.clear();
  changed_.clear();
  const auto position = stored_position(*database_, market_store);
  if (!position) return note(std::unexpected(position.error()));
  kept_ = position->sequence;
  origin_ = position->origin;
  note(sql::each<PriceRow>(*database_, "", {},
                           [&](const PriceRow& row) { market(row.instrument_id).price = row; }));
  for (std::uint32_t id = 1; id <= markets_.size(); ++id) {
    const InstrumentId instrument{id};
    Market& known = market(instrument);
    for (std::size_t i = 0; i < interval_count; ++i) {
      const auto interval = static_cast<Interval>(i);
      const auto newest = candle_at_or_before(instrument, interval, {INT64_MAX});
      if (!newest) continue;
      if (interval != Interval::minute) {
        known.candles.restore(interval, candle_of(*newest));
        continue;
      }
      const Cell parameters[] = {cell(instrument), cell(interval),
                                 cell(earlier_start(interval, newest->start, minutes_of_a_day))};
      note(sql::each<CandleRow>(
          *database_,
          "WHERE instrument_id = $1 AND \"interval\" = $2 AND start >= $3 ORDER BY start",
          parameters,
          [&](const CandleRow& row) { known.candles.restore(interval, candle_of(row)); }));
    }
  }
}

void MarketData::restore(const flows::Venue&, Sequence) {
  // What was told beyond the last commit is going to be told again.
  trades_.clear();
  settlements_.clear();
  reports_.clear();
  candles_.clear();
  assets_.clear();
  instruments_.clear();
  balances_.clear();
  written_ = 0;
  note(database_->run("ROLLBACK"));
  note(database_->run("BEGIN"));
  load();
}

void MarketData::clear() {
  note(clear_tables(*database_));
  note(database_->run("COMMIT"));
  note(database_->run("BEGIN"));
  restore({}, {});
}

MarketData::Market& MarketData::market(InstrumentId id) {
  if (id.value > markets_.size()) markets_.resize(id.value);
  Market& found = markets_[id.value - 1];
  found.price.instrument_id = id;
  return found;
}

void MarketData::note(const sql::Done& done) {
  if (!done && !failure_) failure_ = done.error();
}

void MarketData::before(const flows::AnyEvent& any, Moment at, const flows::Venue& state) {
  if (const auto* trade = std::get_if<matching::TradeExecuted>(&any)) {
    report_fill(*trade, Side::buy, at, state);
    report_fill(*trade, Side::sell, at, state);
  } else if (const auto* end = std::get_if<matching::OrderCancelled>(&any)) {
    ReportRow row = report_of(*state.orders.order(end->order), at, kind_of(end->reason));
    row.remaining = end->remaining;
    row.reason = static_cast<std::int32_t>(end->reason);
    reports_.push_back(row);
  }
}

void MarketData::follow(const flows::AnyEvent& any, Moment at, const flows::Venue& after) {
  if (at.sequence == Sequence{1}) origin_ = at.time;
  std::visit(
      [&](const auto& event) {
        if constexpr (requires { on(event, at, after); }) on(event, at, after);
      },
      any);
}

void MarketData::report_fill(const matching::TradeExecuted& trade, Side side, Moment at,
                             const flows::Venue& state) {
  const bool buys = side == Side::buy;
  ReportRow row = report_of(*state.orders.order(buys ? trade.buy_order : trade.sell_order), at,
                            ReportKind::executed);
  row.report_id = report_id(at.sequence, !buys);
  row.remaining -= trade.quantity;
  row.trade_id = trade.trade;
  row.trade_price = trade.price;
  row.trade_quantity = trade.quantity;
  reports_.push_back(row);
}

void MarketData::on(const instruments::AssetRegistered& event, Moment at, const flows::Venue&) {
  assets_.push_back({event.asset, event.code, event.scale, at.sequence});
}

void MarketData::on(const instruments::InstrumentListed& event, Moment at,
                    const flows::Venue& after) {
  keep_instrument(event.instrument, at, after);
}
void MarketData::on(const instruments::InstrumentHalted& event, Moment at,
                    const flows::Venue& after) {
  keep_instrument(event.instrument, at, after);
}
void MarketData::on(const instruments::InstrumentResumed& event, Moment at,
                    const flows::Venue& after) {
  keep_instrument(event.instrument, at, after);
}

void MarketData::keep_instrument(InstrumentId id, Moment at, const flows::Venue& after) {
  const instruments::Instrument& listed = *after.instruments.instrument(id);
  instruments_[id.value] = {id,
                            listed.symbol,
                            listed.base,
                            listed.quote,
                            listed.tick.units,
                            listed.tick.scale,
                            listed.lot.units,
                            listed.lot.scale,
                            listed.halted,
                            at.sequence};
}

void MarketData::on(const orders::OrderCreated& event, Moment at, const flows::Venue&) {
  reports_.push_back({.report_id = report_id(at.sequence),
                      .sequence = at.sequence,
                      .order_id = event.order,
                      .instrument_id = event.instrument,
                      .account_id = event.account,
                      .user_id = event.user,
                      .kind = ReportKind::accepted,
                      .side = event.side,
                      .order_type = event.type,
                      .price = event.price,
                      .quantity = event.quantity,
                      .remaining = event.quantity,
                      .trade_id = {},
                      .trade_price = {},
                      .trade_quantity = {},
                      .time = at.time});
}

void MarketData::on(const orders::OrderUpdated& event, Moment at, const flows::Venue& after) {
  if (const orders::Order* order = after.orders.order(event.order))
    reports_.push_back(report_of(*order, at, ReportKind::updated));
}

void MarketData::on(const matching::OrderReduced& event, Moment at, const flows::Venue& after) {
  if (const orders::Order* order = after.orders.order(event.order))
    reports_.push_back(report_of(*order, at, ReportKind::updated));
}

void MarketData::on(const matching::TradeExecuted& event, Moment at, const flows::Venue& after) {
  trades_.push_back({at.sequence, event.trade, event.instrument, at.time, event.price,
                     event.quantity, event.notional, event.taker_side});
  Market& known = market(event.instrument);
  known.candles.add(at.time, event.price, event.quantity, event.notional, at.sequence,
                    [&](Interval interval, const Candle& candle) {
                      candles_.push_back(row_of(event.instrument, interval, candle));
                    });
  const auto best = [&](Side side) {
    return after.matching.best(event.instrument, side).value_or(Price{});
  };
  known.price = {event.instrument, event.price, best(Side::buy),
                 best(Side::sell), at.time,     at.sequence};
  if (!known.changed) changed_.push_back(event.instrument);
  known.changed = true;

  settle({.sequence = {},
          .trade_id = event.trade,
          .instrument_id = event.instrument,
          .time = {},
          .buy_order_id = event.buy_order,
          .sell_order_id = event.sell_order,
          .buyer_id = event.buyer,
          .seller_id = event.seller,
          .buyer_user_id = {},
          .seller_user_id = {},
          .price = event.price,
          .quantity = event.quantity,
          .base_amount = event.base_amount,
          .notional = event.notional,
          .buyer_fee = event.buyer_fee,
          .seller_fee = event.seller_fee,
          .buyer_base_after = {},
          .buyer_quote_after = {},
          .seller_base_after = {},
          .seller_quote_after = {}},
         event.base, event.quote, at, after);
}

/// An administrator's change: no order, no line of the tape, no candle; money moves all the same.
void MarketData::settle_change(TradeId trade, const corrections::Parties& parties,
                               const corrections::Terms& before, const corrections::Terms& stands,
                               Moment at, const flows::Venue& after) {
  SettlementRow row;
  row.trade_id = trade;
  row.instrument_id = parties.instrument;
  row.buyer_id = parties.buyer;
  row.seller_id = parties.seller;
  row.price = stands.price;
  row.quantity = stands.quantity;
  row.base_amount = stands.base_amount - before.base_amount;
  row.notional = stands.notional - before.notional;
  row.buyer_fee = stands.buyer_fee - before.buyer_fee;
  row.seller_fee = stands.seller_fee - before.seller_fee;
  settle(row, parties.base, parties.quote, at, after);
}

void MarketData::settle(SettlementRow row, AssetId base, AssetId quote, Moment at,
                        const flows::Venue& after) {
  const auto owned = [&](AccountId account, AssetId asset) {
    return after.ledger.balance(account, asset).owned;
  };
  row.sequence = at.sequence;
  row.time = at.time;
  row.buyer_user_id = after.ledger.account(row.buyer_id)->owner;
  row.seller_user_id = after.ledger.account(row.seller_id)->owner;
  row.buyer_base_after = owned(row.buyer_id, base);
  row.buyer_quote_after = owned(row.buyer_id, quote);
  row.seller_base_after = owned(row.seller_id, base);
  row.seller_quote_after = owned(row.seller_id, quote);
  settlements_.push_back(row);
  for (const AccountId account : {row.buyer_id, row.seller_id})
    for (const AssetId asset : {base, quote}) keep_balance(account, asset, at, after);
}

void MarketData::on(const corrections::TradeEntered& event, Moment at, const flows::Venue& after) {
  settle_change(event.trade, event.parties, {}, event.terms, at, after);
}
void MarketData::on(const corrections::TradeCorrected& event, Moment at,
                    const flows::Venue& after) {
  settle_change(event.trade, event.parties, event.before, event.after, at, after);
}
void MarketData::on(const corrections::TradeBusted& event, Moment at, const flows::Venue& after) {
  corrections::Terms nothing;
  nothing.price = event.terms.price;
  settle_change(event.trade, event.parties, event.terms, nothing, at, after);
}

void MarketData::on(const ledger::AccountCredited& event, Moment at, const flows::Venue& after) {
  keep_balance(event.account, event.asset, at, after);
}
void MarketData::on(const ledger::AccountDebited& event, Moment at, const flows::Venue& after) {
  keep_balance(event.account, event.asset, at, after);
}

void MarketData::keep_balance(AccountId id, AssetId asset, Moment at, const flows::Venue& after) {
  const ledger::Account& account = *after.ledger.account(id);
  if (account.kind == ledger::AccountKind::system) return;
  balances_[{id.value, asset.value}] = {id, asset, account.owner,
                                        after.ledger.balance(id, asset).owned, at.sequence};
}

std::size_t MarketData::pending() const {
  return written_ + trades_.size() + settlements_.size() + reports_.size() + candles_.size() +
         assets_.size() + instruments_.size() + balances_.size() + changed_.size();
}

void MarketData::write_candles(InstrumentId id, Market& known) {
  if (!known.changed) return;
  known.changed = false;
  for (std::size_t i = 0; i < interval_count; ++i) {
    const auto interval = static_cast<Interval>(i);
    candles_.push_back(row_of(id, interval, known.candles.current(interval)));
  }
  note(sql::put<PriceRow>(*database_, {&known.price, 1}));
}

/// MARKET-1: into the transaction that ends with the position.
void MarketData::write_rows() {
  for (const InstrumentId id : changed_) write_candles(id, market(id));
  written_ += pending();
  changed_.clear();
  const auto write = [&](auto& rows) {
    using Row = typename std::remove_cvref_t<decltype(rows)>::value_type;
    note(sql::put<Row>(*database_, rows));
    rows.clear();
  };
  const auto write_map = [&](auto& map) {
    std::vector<typename std::remove_cvref_t<decltype(map)>::mapped_type> rows;
    rows.reserve(map.size());
    for (const auto& [key, row] : map) rows.push_back(row);
    std::ranges::sort(rows, {}, [](const auto& row) { return row.sequence; });
    write(rows);
    map.clear();
  };
  write(trades_);
  write(settlements_);
  write(reports_);
  write(candles_);
  write(assets_);
  write_map(instruments_);
  write_map(balances_);
}

std::expected<void, std::string> MarketData::store(Sequence position, bool durably) {
  write_rows();
  const PositionRow row{std::string(market_store), position, market_version, origin_};
  note(sql::put<PositionRow>(*database_, {&row, 1}));
  if (!failure_) note(database_->run("COMMIT"));
  if (failure_) return std::unexpected(*failure_);
  kept_ = position;
  written_ = 0;
  if (durably) note(sql::checkpoint_sqlite(*database_));
  note(database_->run("BEGIN"));
  settings_.stored(position);
  if (failure_) return std::unexpected(*failure_);
  return {};
}

std::vector<TradeRow> MarketData::trades(InstrumentId instrument, const TapeQuery& query) {
  write_rows();
  Timestamp to = query.to;
  const std::int64_t before =
      query.before.value == 0 ? INT64_MAX : static_cast<std::int64_t>(query.before.value);
  if (query.before.value != 0) {
    // Where that one stands in time: what is newer need not be passed over.
    const Cell parameter[] = {Cell::integer(before)};
    note(sql::each<TradeRow>(
        *database_, "WHERE sequence = $1", parameter,
        [&](const TradeRow& row) { to = std::min(to, row.time + Timestamp{1}); }));
  }
  const Cell parameters[] = {cell(instrument), cell(query.from), cell(to), Cell::integer(before),
                             Cell::integer(static_cast<std::int64_t>(query.limit))};
  auto rows = sql::select<TradeRow>(
      *database_,
      "WHERE instrument_id = $1 AND \"time\" >= $2 AND \"time\" < $3 AND sequence < $4"
      " ORDER BY \"time\" DESC, sequence DESC LIMIT $5",
      parameters);
  if (rows) return std::move(*rows);
  note(std::unexpected(rows.error()));
  return {};
}

std::optional<CandleRow> MarketData::candle_at_or_before(InstrumentId instrument, Interval interval,
                                                         Timestamp start) {
  const Cell parameters[] = {cell(instrument), cell(interval), cell(start)};
  std::optional<CandleRow> found;
  note(sql::each<CandleRow>(
      *database_,
      "WHERE instrument_id = $1 AND \"interval\" = $2 AND start <= $3 ORDER BY start DESC LIMIT 1",
      parameters, [&](const CandleRow& row) { found = row; }));
  return found;
}

std::vector<Candle> MarketData::candles(InstrumentId instrument, const CandleQuery& query,
                                        Timestamp now) {
  write_rows();
  const Interval interval = query.interval;
  Timestamp first = query.from.value_or(Timestamp{});
  if (query.from && start_of(interval, first) != first)
    first = next_start(interval, start_of(interval, first));
  Timestamp to = query.to;
  if (query.fill) {
    to = std::min(to, next_start(interval, start_of(interval, now)));
    if (!query.from && to.value > 0)
      first = earlier_start(interval, start_of(interval, to - Timestamp{1}), query.limit - 1);
  }
  const bool from_the_end = !query.from && !query.fill;
  const Cell parameters[] = {cell(instrument), cell(interval), cell(first), cell(to),
                             Cell::integer(static_cast<std::int64_t>(query.limit))};
  std::vector<Candle> found;
  note(sql::each<CandleRow>(
      *database_,
      std::string("WHERE instrument_id = $1 AND \"interval\" = $2 AND start >= $3 AND start < $4"
                  " ORDER BY start ") +
          (from_the_end ? "DESC" : "ASC") + " LIMIT $5",
      parameters, [&](const CandleRow& row) { found.push_back(candle_of(row)); }));
  if (from_the_end) std::ranges::reverse(found);
  if (!query.fill) return found;

  std::optional<Price> close;
  if (first.value > 0)
    if (const auto earlier = candle_at_or_before(instrument, interval, first - Timestamp{1}))
      close = earlier->close;
  std::vector<Candle> filled;
  auto next = found.begin();
  if (!close && next != found.end()) first = std::max(first, next->start);
  if (!close && next == found.end()) return filled;
  for (Timestamp start = first; start < to && filled.size() < query.limit;
       start = next_start(interval, start)) {
    if (next != found.end() && next->start == start) {
      close = next->close;
      filled.push_back(*next++);
    } else {
      filled.push_back({start, *close, *close, *close, *close, 0, 0, 0, {}});
    }
  }
  return filled;
}

Statistics MarketData::statistics(InstrumentId instrument, Timestamp now) {
  return market(instrument).candles.statistics(now);
}

std::optional<PriceRow> MarketData::price(InstrumentId instrument) const {
  if (instrument.value > markets_.size()) return std::nullopt;
  const PriceRow& row = markets_[instrument.value - 1].price;
  return row.last.value == 0 ? std::nullopt : std::optional(row);
}

std::vector<ReportRow> MarketData::reports(OrderId order) {
  write_rows();
  const Cell parameters[] = {cell(order)};
  auto rows =
      sql::select<ReportRow>(*database_, "WHERE order_id = $1 ORDER BY report_id", parameters);
  if (rows) return std::move(*rows);
  note(std::unexpected(rows.error()));
  return {};
}

std::optional<SettlementRow> MarketData::settlement(Sequence sequence) {
  write_rows();
  const Cell parameters[] = {cell(sequence)};
  std::optional<SettlementRow> found;
  note(sql::each<SettlementRow>(*database_, "WHERE sequence = $1", parameters,
                                [&](const SettlementRow& row) { found = row; }));
  return found;
}

}  // namespace rialto::projections
