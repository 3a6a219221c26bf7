#include "projections/statements/statements.hpp"

#include "core/assert.hpp"

namespace rialto::projections {
namespace {

// Time never goes back along the log, so the order of (time, sequence) is that of the sequence.
constexpr const char* schema = R"sql(
  CREATE TABLE IF NOT EXISTS postings(
    account INTEGER, time INTEGER, sequence INTEGER, record BLOB,
    PRIMARY KEY (account, time, sequence)) WITHOUT ROWID;
)sql";
constexpr int version = 1;

/// What events do to accounts.
class Collector {
 public:
  explicit Collector(Moment at) : at_(at) {}

  void add(const ledger::AccountCredited& event) {
    entry(event.account, PostingKind::credit).legs = {{event.asset, event.amount, false}};
  }
  void add(const ledger::AccountDebited& event) {
    entry(event.account, PostingKind::debit).legs = {{event.asset, -event.amount, false}};
  }
  void add(const matching::TradeExecuted& event) {
    const corrections::Parties parties{event.instrument, event.buyer, event.seller, event.base,
                                       event.quote};
    const corrections::Terms terms{event.price,    event.quantity,  event.base_amount,
                                   event.notional, event.buyer_fee, event.seller_fee};
    settle(PostingKind::trade, event.trade, parties, {}, terms);
    entry(event.buyer, PostingKind::trade).order = event.buy_order;
    if (event.seller != event.buyer)
      entry(event.seller, PostingKind::trade).order = event.sell_order;
  }
  void add(const corrections::TradeEntered& event) {
    settle(PostingKind::entered, event.trade, event.parties, {}, event.terms);
  }
  void add(const corrections::TradeCorrected& event) {
    settle(PostingKind::correction, event.trade, event.parties, event.before, event.after);
  }
  void add(const corrections::TradeBusted& event) {
    settle(PostingKind::bust, event.trade, event.parties, event.terms, {});
  }

  std::map<AccountId, Posting>& entries() { return entries_; }

 private:
  Posting& entry(AccountId account, PostingKind kind) {
    Posting& posting = entries_[account];
    posting.sequence = at_.sequence;
    posting.time = at_.time;
    posting.kind = kind;
    return posting;
  }

  /// From what stood to what stands; both sides in one entry where they are one account.
  void settle(PostingKind kind, TradeId trade, const corrections::Parties& parties,
              const corrections::Terms& before, const corrections::Terms& after) {
    const auto leg = [&](AccountId account, AssetId asset, Amount change, bool fee) {
      Posting& posting = entry(account, kind);
      posting.trade = trade;
      if (change.value != 0) posting.legs.push_back({asset, change, fee});
    };
    const Amount base = after.base_amount - before.base_amount;
    const Amount notional = after.notional - before.notional;
    leg(parties.buyer, parties.base, base, false);
    leg(parties.buyer, parties.quote, -notional, false);
    leg(parties.buyer, parties.quote, before.buyer_fee - after.buyer_fee, true);
    leg(parties.seller, parties.base, -base, false);
    leg(parties.seller, parties.quote, notional, false);
    leg(parties.seller, parties.quote, before.seller_fee - after.seller_fee, true);
  }

  Moment at_;
  std::map<AccountId, Posting> entries_;
};

Posting posting_of(ByteView record) {
  BinaryReader reader(record);
  auto posting = reader.read_versioned<Posting>();
  RIALTO_ASSERT(!reader.failed());
  return posting;
}

AssetAmounts holdings_of(const std::vector<OwnedAmount>& amounts) {
  AssetAmounts holdings;
  for (const OwnedAmount& each : amounts) holdings[each.asset] = each.owned;
  return holdings;
}

}  // namespace

std::expected<std::unique_ptr<Statements>, std::string> Statements::open(const std::string& path) {
  auto store = FollowedStore::open(path, version, schema, "DELETE FROM postings;");
  if (!store) return std::unexpected(store.error());
  std::unique_ptr<Statements> statements(new Statements(std::move(*store)));
  if (!statements->prepare()) return std::unexpected(path + ": " + statements->store_.error());
  return statements;
}

bool Statements::prepare() {
  insert_ = store_.prepare("INSERT OR REPLACE INTO postings VALUES (?,?,?,?)");
  before_ = store_.prepare(
      "SELECT record FROM postings WHERE account = ? AND time < ?"
      " ORDER BY time DESC, sequence DESC LIMIT 1");
  page_ = store_.prepare(
      "SELECT record FROM postings WHERE account = ? AND (time, sequence) > (?, ?) AND time < ?"
      " ORDER BY time, sequence LIMIT ?");
  return insert_ && before_ && page_;
}

void Statements::follow(const flows::AnyEvent& any, Moment at, const flows::Venue& after) {
  std::visit(
      [&](const auto& event) {
        if constexpr (requires(Collector collector) { collector.add(event); }) {
          Collector collector(at);
          collector.add(event);
          for (auto& [account, posting] : collector.entries())
            record(account, std::move(posting), after);
        }
      },
      any);
}

void Statements::record(AccountId id, Posting&& posting, const flows::Venue& after) {
  const ledger::Account& account = *after.ledger.account(id);
  after.ledger.each_balance(account, [&](const ledger::Balance& balance) {
    posting.after.push_back({balance.asset, balance.owned});
  });
  Bytes bytes;
  BinaryWriter(bytes).write(posting);
  store_.note(sqlite::Query(insert_)
                  .bind_id(id.value)
                  .bind(posting.time.value)
                  .bind_id(posting.sequence.value)
                  .bind(bytes)
                  .run());
}

AssetAmounts Statements::owned_before(AccountId account, std::optional<Timestamp> time) const {
  sqlite::Query query(before_);
  query.bind_id(account.value).bind(time ? time->value : INT64_MAX);
  if (!query.next()) return {};
  return holdings_of(posting_of(query.bytes(0)).after);
}

Statement Statements::statement(AccountId account, const Period& period) const {
  Statement statement;
  if (period.from) statement.opening = owned_before(account, period.from);
  statement.closing = owned_before(account, period.to);
  sqlite::Query query(page_);
  query.bind_id(account.value);
  if (period.after)
    query.bind(period.after->time.value).bind_id(period.after->sequence.value);
  else
    query.bind(period.from ? period.from->value : INT64_MIN).bind(0);
  query.bind(period.to ? period.to->value : INT64_MAX)
      .bind(static_cast<std::int64_t>(period.limit) + 1);
  while (query.next()) statement.postings.push_back(posting_of(query.bytes(0)));
  if (statement.postings.size() > period.limit) {
    statement.postings.pop_back();
    statement.next = Cursor{statement.postings.back().time, statement.postings.back().sequence};
  }
  return statement;
}

}  // namespace rialto::projections
