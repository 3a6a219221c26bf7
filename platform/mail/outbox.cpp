#include "platform/mail/outbox.hpp"

namespace rialto::mail {
namespace {

constexpr const char* schema = R"sql(
  CREATE TABLE IF NOT EXISTS position(id INTEGER PRIMARY KEY CHECK (id = 1), sequence INTEGER);
  INSERT OR IGNORE INTO position VALUES (1, 0);
  CREATE TABLE IF NOT EXISTS letters(
    number INTEGER PRIMARY KEY AUTOINCREMENT, id TEXT UNIQUE, recipient INTEGER, content BLOB,
    state INTEGER, attempts INTEGER, added INTEGER, next_attempt INTEGER, changed INTEGER,
    problem TEXT);
  CREATE INDEX IF NOT EXISTS letters_by_state ON letters(state, next_attempt);
)sql";

constexpr const char* columns =
    "SELECT number, id, recipient, content, state, attempts, added, next_attempt, changed, problem"
    " FROM letters ";

Letter letter_of(const sqlite::Query& row) {
  const ByteView content = row.bytes(3);
  return {row.id(0),
          std::string(row.text(1)),
          {row.id(2)},
          Bytes(content.begin(), content.end()),
          static_cast<LetterState>(row.number(4)),
          static_cast<std::uint32_t>(row.number(5)),
          {row.number(6)},
          {row.number(7)},
          {row.number(8)},
          std::string(row.text(9))};
}

}  // namespace

std::expected<Outbox, std::string> Outbox::open(const std::string& path) {
  auto connection = sqlite::Connection::open(path, sqlite::Synchronous::full);
  if (!connection) return std::unexpected(connection.error());
  if (auto made = connection->run(schema); !made)
    return std::unexpected(path + ": " + made.error());
  Outbox outbox(std::move(*connection));
  if (!outbox.prepare()) return std::unexpected(path + ": " + outbox.connection_.error());
  const auto position = outbox.connection_.prepare("SELECT sequence FROM position");
  sqlite::Query query(position);
  if (query.next()) outbox.position_ = {query.id(0)};
  return outbox;
}

bool Outbox::prepare() {
  const auto select = [&](const char* rest) {
    return connection_.prepare(std::string(columns) + rest);
  };
  insert_ = connection_.prepare(
      "INSERT OR IGNORE INTO letters(id, recipient, content, state, attempts, added, next_attempt,"
      " changed, problem) VALUES (?1, ?2, ?3, 0, 0, ?4, ?4, ?4, '')");
  set_position_ = connection_.prepare("UPDATE position SET sequence = ?");
  due_ = select("WHERE state = 0 AND next_attempt <= ? ORDER BY next_attempt, number LIMIT ?");
  next_due_ =
      connection_.prepare("SELECT min(next_attempt), count(*) FROM letters WHERE state = 0");
  update_ = connection_.prepare(
      "UPDATE letters SET state = ?2, next_attempt = ?3, problem = ?4, changed = ?5,"
      " attempts = attempts + ?6, content = CASE WHEN ?2 = 0 THEN content ELSE x'' END"
      " WHERE number = ?1 AND state = 0");
  prune_ = connection_.prepare("DELETE FROM letters WHERE state IN (1, 3) AND changed < ?");
  list_ = select("WHERE number < ?1 AND (?2 < 0 OR state = ?2) ORDER BY number DESC LIMIT ?3");
  counts_ = connection_.prepare("SELECT state, count(*) FROM letters GROUP BY state");
  return insert_ && set_position_ && due_ && next_due_ && update_ && prune_ && list_ && counts_;
}

std::expected<void, std::string> Outbox::add(std::span<const NewLetter> letters, Sequence position,
                                             Timestamp now) {
  if (auto begun = connection_.run("BEGIN IMMEDIATE"); !begun) return begun;
  bool done = true;
  for (const NewLetter& letter : letters)
    done = done && sqlite::Query(insert_)
                       .bind(letter.id)
                       .bind_id(letter.recipient.value)
                       .bind(letter.content)
                       .bind(now.value)
                       .run();
  done = done && sqlite::Query(set_position_).bind_id(position.value).run();
  const std::string problem = done ? "" : connection_.error();
  if (auto ended = connection_.run(done ? "COMMIT" : "ROLLBACK"); !ended) return ended;
  if (!done) return std::unexpected(problem);
  position_ = position;
  return {};
}

std::vector<Letter> Outbox::due(Timestamp now, std::size_t most) const {
  std::vector<Letter> letters;
  sqlite::Query query(due_);
  query.bind(now.value).bind(static_cast<std::int64_t>(most));
  while (query.next()) letters.push_back(letter_of(query));
  return letters;
}

std::optional<Timestamp> Outbox::next_due() const {
  sqlite::Query query(next_due_);
  if (!query.next() || query.number(1) == 0) return std::nullopt;
  return Timestamp{query.number(0)};
}

std::expected<void, std::string> Outbox::note(const Letter& letter, LetterState state,
                                              Timestamp next_attempt, const std::string& problem,
                                              Timestamp now) {
  const bool done = sqlite::Query(update_)
                        .bind_id(letter.number)
                        .bind(static_cast<std::int64_t>(state))
                        .bind(next_attempt.value)
                        .bind(std::string_view(problem))
                        .bind(now.value)
                        .bind(state == LetterState::dropped ? 0 : 1)
                        .run();
  if (!done) return std::unexpected(connection_.error());
  return {};
}

std::expected<void, std::string> Outbox::note_sent(const Letter& letter, Timestamp now) {
  return note(letter, LetterState::sent, {}, "", now);
}
std::expected<void, std::string> Outbox::note_later(const Letter& letter, Timestamp next_attempt,
                                                    const std::string& problem, Timestamp now) {
  return note(letter, LetterState::waiting, next_attempt, problem, now);
}
std::expected<void, std::string> Outbox::note_dead(const Letter& letter, const std::string& problem,
                                                   Timestamp now) {
  return note(letter, LetterState::dead, {}, problem, now);
}
std::expected<void, std::string> Outbox::note_dropped(const Letter& letter, const std::string& why,
                                                      Timestamp now) {
  return note(letter, LetterState::dropped, {}, why, now);
}

std::expected<void, std::string> Outbox::prune(Timestamp before) {
  if (!sqlite::Query(prune_).bind(before.value).run()) return std::unexpected(connection_.error());
  return {};
}

std::vector<Letter> Outbox::list(std::optional<LetterState> state, std::uint64_t before,
                                 std::size_t most) const {
  std::vector<Letter> letters;
  sqlite::Query query(list_);
  query.bind(before == 0 ? INT64_MAX : static_cast<std::int64_t>(before))
      .bind(state ? static_cast<std::int64_t>(*state) : -1)
      .bind(static_cast<std::int64_t>(most));
  while (query.next()) letters.push_back(letter_of(query));
  return letters;
}

std::map<LetterState, std::size_t> Outbox::counts() const {
  std::map<LetterState, std::size_t> counts;
  sqlite::Query query(counts_);
  while (query.next())
    counts[static_cast<LetterState>(query.number(0))] = static_cast<std::size_t>(query.number(1));
  return counts;
}

}  // namespace rialto::mail
