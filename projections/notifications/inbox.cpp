#include "projections/notifications/inbox.hpp"

#include <bit>

#include "core/assert.hpp"

namespace rialto::projections {
namespace {

using notifications::Kind;
using notifications::Kinds;

// One row per cause and user; kinds and what of them is read are bits.
constexpr const char* schema = R"sql(
  CREATE TABLE IF NOT EXISTS causes(
    user INTEGER, sequence INTEGER, time INTEGER, kinds INTEGER, read INTEGER, type INTEGER,
    event BLOB, PRIMARY KEY (user, sequence)) WITHOUT ROWID;
)sql";
constexpr int version = 1;
constexpr int kind_bits = 3;
static_assert(notifications::kinds <= 1 << kind_bits);

Kinds kinds_of(std::int64_t bits) {
  return {static_cast<std::uint8_t>(bits)};
}

flows::AnyEvent event_of(std::int64_t type, ByteView payload) {
  std::optional<flows::AnyEvent> event;
  flows::decode_event({static_cast<std::uint16_t>(type)}, payload,
                      [&](const auto& decoded) { event = decoded; });
  RIALTO_ASSERT(event);
  return std::move(*event);
}

InboxEntry entry_of(const sqlite::Query& row, UserId user, Kind kind) {
  return {{{row.id(0)}, kind, user},
          {row.number(1)},
          kinds_of(row.number(3)).has(kind),
          event_of(row.number(4), row.bytes(5))};
}

}  // namespace

std::expected<std::unique_ptr<Inbox>, std::string> Inbox::open(const std::string& path) {
  auto store = FollowedStore::open(path, version, schema, "DELETE FROM causes;");
  if (!store) return std::unexpected(store.error());
  std::unique_ptr<Inbox> inbox(new Inbox(std::move(*store)));
  if (!inbox->prepare()) return std::unexpected(path + ": " + inbox->store_.error());
  return inbox;
}

bool Inbox::prepare() {
  insert_ = store_.prepare("INSERT OR REPLACE INTO causes VALUES (?,?,?,?,0,?,?)");
  prune_ = store_.prepare(
      "DELETE FROM causes WHERE user = ?1 AND sequence <="
      " (SELECT sequence FROM causes WHERE user = ?1 ORDER BY sequence DESC LIMIT 1 OFFSET ?2)");
  list_ = store_.prepare(
      "SELECT sequence, time, kinds, read, type, event FROM causes"
      " WHERE user = ? AND sequence <= ? ORDER BY sequence DESC");
  find_ = store_.prepare(
      "SELECT sequence, time, kinds, read, type, event FROM causes WHERE user = ? AND sequence = "
      "?");
  unread_ = store_.prepare("SELECT kinds, read FROM causes WHERE user = ?");
  mark_ = store_.prepare(
      "UPDATE causes SET read = CASE WHEN ?3 THEN read | ?4 ELSE read & ~?4 END"
      " WHERE user = ?1 AND sequence = ?2");
  forget_ = store_.prepare("DELETE FROM causes WHERE user = ?");
  return insert_ && prune_ && list_ && find_ && unread_ && mark_ && forget_;
}

void Inbox::follow(const flows::AnyEvent& any, Moment at, const flows::Venue& after) {
  for (const Notice& notice : notices_of(any, after)) {
    const Kinds kinds = wanted_in_app(notice, after);
    if (kinds.empty()) continue;
    auto& rows = waiting_[notice.user];
    Row& row = rows.emplace_back(Row{at.sequence, at.time, kinds, {}, {}});
    std::visit(
        [&]<class Event>(const Event& event) {
          row.type = flows::event_type<Event>;
          BinaryWriter(row.payload).write(event);
        },
        any);
    if (rows.size() > most_of_one_user)
      rows.pop_front();
    else
      ++pending_;
  }
  if (const auto* marked = std::get_if<notifications::NotificationMarked>(&any)) mark(*marked);
  if (const auto* deleted = std::get_if<identity::UserDeleted>(&any)) forget(deleted->user);
}

void Inbox::mark(const notifications::NotificationMarked& event) {
  write(event.user);
  Kinds kind;
  kind.add(event.kind);
  store_.note(sqlite::Query(mark_)
                  .bind_id(event.user.value)
                  .bind_id(event.cause.value)
                  .bind(event.read)
                  .bind(kind.bits)
                  .run());
}

/// NOTIFICATIONS-3
void Inbox::forget(UserId user) {
  if (const auto found = waiting_.find(user); found != waiting_.end()) {
    pending_ -= found->second.size();
    waiting_.erase(found);
  }
  store_.note(sqlite::Query(forget_).bind_id(user.value).run());
}

void Inbox::write(UserId user) const {
  const auto found = waiting_.find(user);
  if (found == waiting_.end()) return;
  write(user, found->second);
  waiting_.erase(found);
}

void Inbox::write_all() const {
  for (auto& [user, rows] : waiting_) write(user, rows);
  waiting_.clear();
}

void Inbox::write(UserId user, std::deque<Row>& rows) const {
  for (const Row& row : rows)
    store_.note(sqlite::Query(insert_)
                    .bind_id(user.value)
                    .bind_id(row.cause.value)
                    .bind(row.time.value)
                    .bind(row.kinds.bits)
                    .bind(row.type.value)
                    .bind(row.payload)
                    .run());
  pending_ -= rows.size();
  store_.note(sqlite::Query(prune_)
                  .bind_id(user.value)
                  .bind(static_cast<std::int64_t>(most_of_one_user))
                  .run());
}

std::expected<void, std::string> Inbox::store(Sequence position, bool durably) {
  write_all();
  return store_.store(position, durably);
}

void Inbox::clear() {
  waiting_.clear();
  pending_ = 0;
  store_.clear();
}

std::uint64_t Inbox::cursor(const InboxEntry& entry) {
  return entry.id.cause.value << kind_bits | static_cast<std::uint64_t>(entry.id.kind);
}

std::vector<InboxEntry> Inbox::list(UserId user, const InboxFilter& filter, Page page) const {
  write(user);
  const std::uint64_t before = page.before == 0 ? INT64_MAX : page.before;
  std::vector<InboxEntry> entries;
  sqlite::Query query(list_);
  query.bind_id(user.value).bind_id(before >> kind_bits);
  while (entries.size() < page.limit && query.next()) {
    const Kinds kinds = kinds_of(query.number(2));
    const Kinds read = kinds_of(query.number(3));
    for (int bit = notifications::kinds - 1; bit >= 0 && entries.size() < page.limit; --bit) {
      const auto kind = static_cast<Kind>(bit);
      if (!kinds.has(kind) || (filter.kind && *filter.kind != kind)) continue;
      if (filter.unread_only && read.has(kind)) continue;
      if ((query.id(0) << kind_bits | static_cast<std::uint64_t>(bit)) >= before) continue;
      entries.push_back(entry_of(query, user, kind));
    }
  }
  return entries;
}

std::optional<InboxEntry> Inbox::find(const NoticeId& id) const {
  write(id.user);
  sqlite::Query query(find_);
  query.bind_id(id.user.value).bind_id(id.cause.value);
  if (!query.next() || !kinds_of(query.number(2)).has(id.kind)) return std::nullopt;
  return entry_of(query, id.user, id.kind);
}

std::size_t Inbox::unread(UserId user) const {
  write(user);
  std::size_t count = 0;
  sqlite::Query query(unread_);
  query.bind_id(user.value);
  while (query.next())
    count += static_cast<std::size_t>(
        std::popcount(static_cast<std::uint8_t>(query.number(0) & ~query.number(1))));
  return count;
}

}  // namespace rialto::projections
