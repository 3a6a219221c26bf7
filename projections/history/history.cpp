#include "projections/history/history.hpp"

#include <sqlite3.h>

#include <boost/mp11/algorithm.hpp>

#include "core/assert.hpp"
#include "core/codec.hpp"

namespace rialto::projections {
namespace {

// Rows carry the described struct as the journal encodes it; columns exist only to be searched.
constexpr const char* schema = R"sql(
  CREATE TABLE IF NOT EXISTS position(id INTEGER PRIMARY KEY CHECK (id = 1), version INTEGER, flushed INTEGER);
  INSERT OR IGNORE INTO position VALUES (1, 1, 0);
  CREATE TABLE IF NOT EXISTS orders(
    id INTEGER PRIMARY KEY, account INTEGER, instrument INTEGER, status INTEGER, reason INTEGER,
    updated INTEGER, sequence INTEGER, record BLOB);
  CREATE INDEX IF NOT EXISTS orders_by_account ON orders(account, id);
  CREATE TABLE IF NOT EXISTS trades(
    id INTEGER PRIMARY KEY, instrument INTEGER, time INTEGER, sequence INTEGER, record BLOB);
  CREATE TABLE IF NOT EXISTS trades_by_account(
    account INTEGER, trade INTEGER, instrument INTEGER, PRIMARY KEY (account, trade)) WITHOUT ROWID;
  CREATE INDEX IF NOT EXISTS trades_by_instrument ON trades(instrument, id);
  CREATE TABLE IF NOT EXISTS trade_changes(
    trade INTEGER, sequence INTEGER, time INTEGER, kind INTEGER, record BLOB,
    PRIMARY KEY (trade, sequence)) WITHOUT ROWID;
)sql";

/// A prepared statement in use; reset when it goes out of scope.
class Query {
 public:
  explicit Query(sqlite3_stmt* statement) : statement_(statement) {}
  Query(const Query&) = delete;
  Query& operator=(const Query&) = delete;
  ~Query() {
    sqlite3_reset(statement_);
    sqlite3_clear_bindings(statement_);
  }
  Query& bind(std::int64_t value) {
    sqlite3_bind_int64(statement_, ++bound_, value);
    return *this;
  }
  Query& bind(ByteView bytes) {
    // Not copied: it lives until the statement has run.
    sqlite3_bind_blob64(statement_, ++bound_, bytes.data(), bytes.size(), SQLITE_STATIC);
    return *this;
  }
  int step() { return sqlite3_step(statement_); }
  std::int64_t number(int column) const { return sqlite3_column_int64(statement_, column); }
  ByteView bytes(int column) const {
    const auto* data = static_cast<const std::byte*>(sqlite3_column_blob(statement_, column));
    return {data, static_cast<std::size_t>(sqlite3_column_bytes(statement_, column))};
  }

 private:
  sqlite3_stmt* statement_;
  int bound_ = 0;
};

OrderRecord order_of(const Query& row) {
  BinaryReader reader(row.bytes(4));
  OrderRecord record;
  reader.read_into(record.order);
  reader.read_into(record.client_order_id);
  record.status = static_cast<flows::OrderStatus>(row.number(0));
  if (row.number(1) >= 0) record.reason = static_cast<orders::CancelReason>(row.number(1));
  record.updated = {row.number(2)};
  record.sequence = {static_cast<std::uint64_t>(row.number(3))};
  return record;
}

TradeRecord trade_of(const Query& row) {
  BinaryReader reader(row.bytes(2));
  TradeRecord record;
  record.trade = reader.read_versioned<matching::TradeExecuted>();
  record.time = {row.number(0)};
  record.sequence = {static_cast<std::uint64_t>(row.number(1))};
  return record;
}

/// The alternative of this number, read from its bytes.
TradeChange::Event change_of(std::size_t kind, ByteView bytes) {
  return boost::mp11::mp_with_index<std::variant_size_v<TradeChange::Event>>(
      kind, [&](auto index) -> TradeChange::Event {
        BinaryReader reader(bytes);
        return reader.read_versioned<std::variant_alternative_t<index, TradeChange::Event>>();
      });
}

std::int64_t before_of(const Page& page) {
  return page.before == 0 ? INT64_MAX : static_cast<std::int64_t>(page.before);
}
template <class Id>
std::int64_t filter_of(const std::optional<Id>& id) {
  return id ? static_cast<std::int64_t>(id->value) : 0;
}

}  // namespace

struct History::Database {
  sqlite3* handle = nullptr;
  std::vector<sqlite3_stmt*> prepared;
  sqlite3_stmt* insert_order = nullptr;
  sqlite3_stmt* insert_trade = nullptr;
  sqlite3_stmt* insert_account_trade = nullptr;
  sqlite3_stmt* insert_change = nullptr;
  sqlite3_stmt* set_position = nullptr;
  sqlite3_stmt* find_order = nullptr;
  sqlite3_stmt* list_orders = nullptr;
  sqlite3_stmt* list_account_orders = nullptr;
  sqlite3_stmt* find_trade = nullptr;
  sqlite3_stmt* list_trades = nullptr;
  sqlite3_stmt* list_instrument_trades = nullptr;
  sqlite3_stmt* list_account_trades = nullptr;
  sqlite3_stmt* list_changes = nullptr;

  ~Database() {
    for (sqlite3_stmt* statement : prepared) sqlite3_finalize(statement);
    sqlite3_close(handle);
  }
  bool run(const char* sql) {
    return sqlite3_exec(handle, sql, nullptr, nullptr, nullptr) == SQLITE_OK;
  }
  sqlite3_stmt* prepare(const char* sql) {
    sqlite3_stmt* statement = nullptr;
    sqlite3_prepare_v2(handle, sql, -1, &statement, nullptr);
    prepared.push_back(statement);
    return statement;
  }
  bool prepare_all() {
    insert_order = prepare("INSERT OR REPLACE INTO orders VALUES (?,?,?,?,?,?,?,?)");
    insert_trade = prepare("INSERT OR REPLACE INTO trades VALUES (?,?,?,?,?)");
    insert_account_trade = prepare("INSERT OR REPLACE INTO trades_by_account VALUES (?,?,?)");
    insert_change = prepare("INSERT OR REPLACE INTO trade_changes VALUES (?,?,?,?,?)");
    list_changes = prepare(
        "SELECT kind, time, sequence, record FROM trade_changes WHERE trade = ? ORDER BY sequence");
    set_position = prepare("UPDATE position SET flushed = ?");
    find_order =
        prepare("SELECT status, reason, updated, sequence, record FROM orders WHERE id = ?");
    list_orders = prepare(
        "SELECT status, reason, updated, sequence, record FROM orders"
        " WHERE id < ?1 AND (?2 = 0 OR instrument = ?2) ORDER BY id DESC LIMIT ?3");
    list_account_orders = prepare(
        "SELECT status, reason, updated, sequence, record FROM orders"
        " WHERE account = ?4 AND id < ?1 AND (?2 = 0 OR instrument = ?2) ORDER BY id DESC LIMIT "
        "?3");
    find_trade = prepare("SELECT time, sequence, record FROM trades WHERE id = ?");
    list_trades = prepare(
        "SELECT time, sequence, record FROM trades WHERE id < ?1 ORDER BY id DESC LIMIT ?2");
    list_instrument_trades = prepare(
        "SELECT time, sequence, record FROM trades"
        " WHERE instrument = ?3 AND id < ?1 ORDER BY id DESC LIMIT ?2");
    list_account_trades = prepare(
        "SELECT time, sequence, record FROM trades_by_account JOIN trades ON trade = id"
        " WHERE account = ?4 AND trade < ?1 AND (?2 = 0 OR trades_by_account.instrument = ?2)"
        " ORDER BY trade DESC LIMIT ?3");
    for (const sqlite3_stmt* statement : prepared)
      if (!statement) return false;
    return true;
  }
};

History::History(std::unique_ptr<Database> database) : database_(std::move(database)) {}
History::~History() = default;

std::expected<std::unique_ptr<History>, std::string> History::open(const std::string& path) {
  auto database = std::make_unique<Database>();
  const bool opened =
      // One thread, so no locks of the library's.
      sqlite3_open_v2(path.c_str(), &database->handle,
                      SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE | SQLITE_OPEN_NOMUTEX,
                      nullptr) == SQLITE_OK &&
      // A flush does not wait for the disk: after a power cut the database is as it was at an
      // earlier flush, position included, and the log has the rest. Pages that change again and
      // again are moved into the database every 64 MB only.
      database->run(
          "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL; PRAGMA cache_size=-65536;"
          "PRAGMA wal_autocheckpoint=16384;") &&
      database->run(schema) && database->prepare_all();
  if (!opened) return std::unexpected(std::string(sqlite3_errmsg(database->handle)));
  std::unique_ptr<History> history(new History(std::move(database)));
  Query position(history->database_->prepare("SELECT flushed FROM position"));
  if (position.step() == SQLITE_ROW)
    history->flushed_ = {static_cast<std::uint64_t>(position.number(0))};
  if (!history->database_->run("BEGIN"))
    return std::unexpected(std::string(sqlite3_errmsg(history->database_->handle)));
  return history;
}

void History::clear() {
  database_->run(
      "DELETE FROM orders; DELETE FROM trades; DELETE FROM trades_by_account;"
      "DELETE FROM trade_changes;");
  flushed_ = {};
}

void History::record(const OrderRecord& record) {
  Bytes bytes;
  BinaryWriter writer(bytes);
  writer.write(record.order);
  writer.write(record.client_order_id);
  Query query(database_->insert_order);
  query.bind(static_cast<std::int64_t>(record.order.id.value))
      .bind(static_cast<std::int64_t>(record.order.account.value))
      .bind(record.order.instrument.value)
      .bind(static_cast<int>(record.status))
      .bind(record.reason ? static_cast<int>(*record.reason) : -1)
      .bind(record.updated.value)
      .bind(static_cast<std::int64_t>(record.sequence.value))
      .bind(bytes);
  note(query.step());
}

void History::record(const TradeRecord& record) {
  Bytes bytes;
  BinaryWriter(bytes).write(record.trade);
  const auto id = static_cast<std::int64_t>(record.trade.trade.value);
  Query query(database_->insert_trade);
  query.bind(id)
      .bind(record.trade.instrument.value)
      .bind(record.time.value)
      .bind(static_cast<std::int64_t>(record.sequence.value))
      .bind(bytes);
  note(query.step());
  for (const AccountId account : {record.trade.buyer, record.trade.seller}) {
    Query entry(database_->insert_account_trade);
    entry.bind(static_cast<std::int64_t>(account.value))
        .bind(id)
        .bind(record.trade.instrument.value);
    note(entry.step());
  }
}

void History::record(const TradeChange& change) {
  Bytes bytes;
  TradeId trade;
  std::visit(
      [&](const auto& event) {
        trade = event.trade;
        BinaryWriter(bytes).write(event);
      },
      change.event);
  Query query(database_->insert_change);
  query.bind(static_cast<std::int64_t>(trade.value))
      .bind(static_cast<std::int64_t>(change.sequence.value))
      .bind(change.time.value)
      .bind(static_cast<std::int64_t>(change.event.index()))
      .bind(bytes);
  note(query.step());
}

void History::note(int result) {
  ++pending_;
  if (result != SQLITE_DONE && !failure_) failure_ = sqlite3_errmsg(database_->handle);
}

std::expected<void, std::string> History::flush(Sequence position) {
  Query(database_->set_position).bind(static_cast<std::int64_t>(position.value)).step();
  if (!failure_ && !database_->run("COMMIT")) failure_ = sqlite3_errmsg(database_->handle);
  if (failure_) return std::unexpected(*failure_);
  flushed_ = position;
  pending_ = 0;
  if (!database_->run("BEGIN"))
    return std::unexpected(std::string(sqlite3_errmsg(database_->handle)));
  return {};
}

std::expected<void, std::string> History::make_durable(Sequence position) {
  if (auto flushed = flush(position); !flushed) return flushed;
  // No transaction may be open.
  const bool done = database_->run("COMMIT") &&
                    sqlite3_wal_checkpoint_v2(database_->handle, nullptr, SQLITE_CHECKPOINT_PASSIVE,
                                              nullptr, nullptr) == SQLITE_OK;
  if (!done) failure_ = sqlite3_errmsg(database_->handle);
  if (!database_->run("BEGIN") && !failure_) failure_ = sqlite3_errmsg(database_->handle);
  if (failure_) return std::unexpected(*failure_);
  return {};
}

std::optional<OrderRecord> History::order(OrderId id) const {
  Query query(database_->find_order);
  query.bind(static_cast<std::int64_t>(id.value));
  if (query.step() != SQLITE_ROW) return std::nullopt;
  return order_of(query);
}

std::optional<TradeRecord> History::trade(TradeId id) const {
  Query query(database_->find_trade);
  query.bind(static_cast<std::int64_t>(id.value));
  if (query.step() != SQLITE_ROW) return std::nullopt;
  return trade_of(query);
}

std::vector<TradeChange> History::changes(TradeId trade) const {
  Query query(database_->list_changes);
  query.bind(static_cast<std::int64_t>(trade.value));
  std::vector<TradeChange> rows;
  while (query.step() == SQLITE_ROW)
    rows.push_back({change_of(static_cast<std::size_t>(query.number(0)), query.bytes(3)),
                    {query.number(1)},
                    {static_cast<std::uint64_t>(query.number(2))}});
  return rows;
}

std::vector<OrderRecord> History::orders(const OrderFilter& filter, Page page) const {
  Query query(filter.account ? database_->list_account_orders : database_->list_orders);
  query.bind(before_of(page)).bind(filter_of(filter.instrument));
  query.bind(static_cast<std::int64_t>(page.limit));
  if (filter.account) query.bind(filter_of(filter.account));
  std::vector<OrderRecord> rows;
  while (query.step() == SQLITE_ROW) rows.push_back(order_of(query));
  return rows;
}

std::vector<TradeRecord> History::trades(const OrderFilter& filter, Page page) const {
  std::vector<TradeRecord> rows;
  const auto collect = [&](Query& query) {
    while (query.step() == SQLITE_ROW) rows.push_back(trade_of(query));
  };
  const auto limit = static_cast<std::int64_t>(page.limit);
  if (filter.account) {
    Query query(database_->list_account_trades);
    query.bind(before_of(page)).bind(filter_of(filter.instrument)).bind(limit);
    query.bind(filter_of(filter.account));
    collect(query);
  } else {
    Query query(filter.instrument ? database_->list_instrument_trades : database_->list_trades);
    query.bind(before_of(page)).bind(limit);
    if (filter.instrument) query.bind(filter_of(filter.instrument));
    collect(query);
  }
  return rows;
}

}  // namespace rialto::projections
