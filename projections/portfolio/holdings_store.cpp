#include "projections/portfolio/holdings_store.hpp"

#include <sqlite3.h>

namespace rialto::projections {
namespace {

// Rows carry described structs as the journal encodes them. Every table is written in order of its
// keys, which an index by portfolio would not be: a position's closings are a chain instead, each
// with the number of the one before it.
constexpr const char* schema = R"sql(
  CREATE TABLE IF NOT EXISTS kept(id INTEGER PRIMARY KEY CHECK (id = 1), version INTEGER, position INTEGER);
  INSERT OR IGNORE INTO kept VALUES (1, 1, 0);
  CREATE TABLE IF NOT EXISTS positions(
    id INTEGER PRIMARY KEY, portfolio INTEGER, instrument INTEGER, last INTEGER, record BLOB);
  CREATE TABLE IF NOT EXISTS money(
    portfolio INTEGER, asset INTEGER, amount BLOB, PRIMARY KEY (portfolio, asset)) WITHOUT ROWID;
  CREATE TABLE IF NOT EXISTS realized(id INTEGER PRIMARY KEY, record BLOB);
  CREATE TABLE IF NOT EXISTS assignments(id INTEGER PRIMARY KEY, portfolio INTEGER, lot INTEGER);
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
  template <Strong T>
  Query& bind(T value) {
    return bind(static_cast<std::int64_t>(value.value));
  }
  Query& bind(ByteView bytes) {
    // Not copied: it lives until the statement has run.
    sqlite3_bind_blob64(statement_, ++bound_, bytes.data(), bytes.size(), SQLITE_STATIC);
    return *this;
  }
  int step() { return sqlite3_step(statement_); }
  template <Strong T>
  T id(int column) const {
    return {static_cast<typename T::rep>(sqlite3_column_int64(statement_, column))};
  }
  ByteView bytes(int column) const {
    const auto* data = static_cast<const std::byte*>(sqlite3_column_blob(statement_, column));
    return {data, static_cast<std::size_t>(sqlite3_column_bytes(statement_, column))};
  }

 private:
  sqlite3_stmt* statement_;
  int bound_ = 0;
};

struct Record {
  portfolio::PortfolioId portfolio;
  InstrumentId instrument;
  Timestamp time;
  ClosingId previous;
  TradeId trade;
  OrderId order;
  HalfTicks price;
  i128 quantity{};
  i128 value{};
  i128 fees{};
  i128 cost{};
  i128 realized{};
};
BOOST_DESCRIBE_STRUCT(Record, (),
                      (portfolio, instrument, time, previous, trade, order, price, quantity, value,
                       fees, cost, realized))

}  // namespace

struct HoldingsStore::Database {
  sqlite3* handle = nullptr;
  std::vector<sqlite3_stmt*> prepared;
  sqlite3_stmt* set_kept = nullptr;
  sqlite3_stmt* put_position = nullptr;
  sqlite3_stmt* put_money = nullptr;
  sqlite3_stmt* put_realized = nullptr;
  sqlite3_stmt* put_assignment = nullptr;
  sqlite3_stmt* all_positions = nullptr;
  sqlite3_stmt* all_money = nullptr;
  sqlite3_stmt* find_realized = nullptr;
  sqlite3_stmt* find_assignment = nullptr;

  ~Database() {
    for (sqlite3_stmt* statement : prepared) sqlite3_finalize(statement);
    sqlite3_close(handle);
  }
  bool run(const char* sql) {
    return sqlite3_exec(handle, sql, nullptr, nullptr, nullptr) == SQLITE_OK;
  }
  std::string error() const { return sqlite3_errmsg(handle); }
  sqlite3_stmt* prepare(const char* sql) {
    sqlite3_stmt* statement = nullptr;
    sqlite3_prepare_v2(handle, sql, -1, &statement, nullptr);
    prepared.push_back(statement);
    return statement;
  }
  bool prepare_all() {
    set_kept = prepare("UPDATE kept SET position = ?");
    put_position = prepare("INSERT OR REPLACE INTO positions VALUES (?,?,?,?,?)");
    put_money = prepare("INSERT OR REPLACE INTO money VALUES (?,?,?)");
    put_realized = prepare("INSERT OR REPLACE INTO realized VALUES (?,?)");
    put_assignment = prepare("INSERT OR REPLACE INTO assignments VALUES (?,?,?)");
    all_positions =
        prepare("SELECT id, portfolio, instrument, last, record FROM positions ORDER BY id");
    all_money = prepare("SELECT portfolio, asset, amount FROM money");
    find_realized = prepare("SELECT record FROM realized WHERE id = ?");
    find_assignment = prepare("SELECT portfolio, lot FROM assignments WHERE id = ?");
    for (const sqlite3_stmt* statement : prepared)
      if (!statement) return false;
    return true;
  }
};

HoldingsStore::HoldingsStore(std::unique_ptr<Database> database) : database_(std::move(database)) {}
HoldingsStore::~HoldingsStore() = default;

std::expected<std::unique_ptr<HoldingsStore>, std::string> HoldingsStore::open(
    const std::string& path) {
  auto database = std::make_unique<Database>();
  const bool opened =
      // One thread, so no locks of the library's.
      sqlite3_open_v2(path.c_str(), &database->handle,
                      SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE | SQLITE_OPEN_NOMUTEX,
                      nullptr) == SQLITE_OK &&
      // A commit does not wait for the disk: after a power cut the database is as it was at an
      // earlier one, position included, and the log has the rest.
      database->run(
          "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL; PRAGMA cache_size=-32768;"
          "PRAGMA wal_autocheckpoint=16384;") &&
      database->run(schema) && database->prepare_all();
  if (!opened) return std::unexpected(database->error());
  std::unique_ptr<HoldingsStore> store(new HoldingsStore(std::move(database)));
  Query position(store->database_->prepare("SELECT position FROM kept"));
  if (position.step() == SQLITE_ROW) store->kept_ = position.id<Sequence>(0);
  Query any(store->database_->prepare("SELECT 1 FROM assignments LIMIT 1"));
  store->any_assigned_ = any.step() == SQLITE_ROW;
  if (!store->database_->run("BEGIN")) return std::unexpected(store->database_->error());
  return store;
}

ClosingId HoldingsStore::record(const RealizedRow& row, ClosingId previous) {
  const ClosingId id{row.moment.sequence.value * 2 + (row.side == Side::buy ? 1 : 0)};
  const Closing& closing = row.closing;
  Bytes bytes;
  BinaryWriter(bytes).write(Record{row.portfolio, row.instrument, row.moment.time, previous,
                                   row.trade, row.order, row.price, closing.quantity, closing.value,
                                   closing.fees, closing.cost, closing.realized});
  Query query(database_->put_realized);
  note(query.bind(id).bind(bytes).step());
  return id;
}

void HoldingsStore::record(OrderId order, const portfolio::Assignment& assignment) {
  any_assigned_ = true;
  Query query(database_->put_assignment);
  query.bind(order).bind(assignment.portfolio).bind(assignment.lot);
  note(query.step());
}

void HoldingsStore::keep(const KeptPosition& kept, ByteView position) {
  Query query(database_->put_position);
  query.bind(std::int64_t{kept.place}).bind(kept.portfolio).bind(kept.instrument);
  note(query.bind(kept.last_closing).bind(position).step());
}

void HoldingsStore::keep_money(portfolio::PortfolioId portfolio, AssetId asset, i128 amount) {
  Bytes bytes;
  BinaryWriter(bytes).write(amount);
  Query query(database_->put_money);
  query.bind(portfolio).bind(asset).bind(bytes);
  note(query.step());
}

void HoldingsStore::note(int result) {
  ++pending_;
  if (result != SQLITE_DONE && !failure_) failure_ = database_->error();
}

std::expected<void, std::string> HoldingsStore::commit(std::optional<Sequence> position,
                                                       bool durably) {
  if (position) {
    Query query(database_->set_kept);
    if (query.bind(*position).step() != SQLITE_DONE && !failure_) failure_ = database_->error();
  }
  if (!failure_ && !database_->run("COMMIT")) failure_ = database_->error();
  if (failure_) return std::unexpected(*failure_);
  if (position) kept_ = *position;
  pending_ = 0;
  if (durably && sqlite3_wal_checkpoint_v2(database_->handle, nullptr, SQLITE_CHECKPOINT_PASSIVE,
                                           nullptr, nullptr) != SQLITE_OK)
    failure_ = database_->error();
  if (!database_->run("BEGIN") && !failure_) failure_ = database_->error();
  if (failure_) return std::unexpected(*failure_);
  return {};
}

void HoldingsStore::roll_back() {
  if (!database_->run("ROLLBACK; BEGIN") && !failure_) failure_ = database_->error();
  pending_ = 0;
}

void HoldingsStore::clear() {
  if (!database_->run("DELETE FROM positions; DELETE FROM money; DELETE FROM realized;"
                      "DELETE FROM assignments; UPDATE kept SET position = 0;") &&
      !failure_)
    failure_ = database_->error();
  kept_ = {};
}

void HoldingsStore::each_position(
    const std::function<void(const KeptPosition&, ByteView)>& visit) const {
  Query query(database_->all_positions);
  while (query.step() == SQLITE_ROW)
    visit({query.id<InstrumentId>(0).value, query.id<portfolio::PortfolioId>(1),
           query.id<InstrumentId>(2), query.id<ClosingId>(3)},
          query.bytes(4));
}

void HoldingsStore::each_money(
    const std::function<void(portfolio::PortfolioId, AssetId, i128)>& visit) const {
  Query query(database_->all_money);
  while (query.step() == SQLITE_ROW)
    visit(query.id<portfolio::PortfolioId>(0), query.id<AssetId>(1),
          BinaryReader(query.bytes(2)).read<i128>());
}

std::optional<HoldingsStore::Recalled> HoldingsStore::realized(ClosingId id) const {
  Query query(database_->find_realized);
  if (query.bind(id).step() != SQLITE_ROW) return std::nullopt;
  const auto record = BinaryReader(query.bytes(0)).read<Record>();
  RealizedRow row;
  row.portfolio = record.portfolio;
  row.instrument = record.instrument;
  row.moment = {{id.value / 2}, record.time};
  row.side = id.value % 2 == 1 ? Side::buy : Side::sell;
  row.trade = record.trade;
  row.order = record.order;
  row.price = record.price;
  row.closing = {record.quantity, record.value, record.fees, record.cost, record.realized};
  return Recalled{row, record.previous};
}

portfolio::Assignment HoldingsStore::assignment(OrderId order) const {
  if (!any_assigned_) return {};
  Query query(database_->find_assignment);
  if (query.bind(order).step() != SQLITE_ROW) return {};
  return {query.id<portfolio::PortfolioId>(0), query.id<portfolio::LotId>(1)};
}

}  // namespace rialto::projections
