#include <algorithm>
#include <array>
#include <charconv>

#include <libpq-fe.h>
#include <sys/socket.h>

#include "platform/sql/connection.hpp"
#include "platform/sql/statements.hpp"

namespace rialto::sql {
namespace {

constexpr const char* connect_timeout_s = "5";
// What is sent unanswered for so long ends the connection: the server is gone.
constexpr const char* silence_ms = "10000";
constexpr std::size_t copy_bytes = 256 << 10;  // handed to the library at once

struct FreeResult {
  void operator()(PGresult* result) const { PQclear(result); }
};
using ResultPtr = std::unique_ptr<PGresult, FreeResult>;

std::string_view type_of(Kind kind) {
  switch (kind) {
    case Kind::integer:
      return "BIGINT";
    case Kind::wide:
      return "NUMERIC(39,0)";
    case Kind::text:
      return "TEXT";
  }
  return "TEXT";
}

std::string number_text(const Cell& cell) {
  return cell.kind == Kind::integer ? std::to_string(static_cast<std::int64_t>(cell.number))
                                    : decimal_text(cell.number);
}

/// One field as COPY reads it.
void append_field(std::string& out, const Cell& cell) {
  if (cell.kind == Kind::integer) {
    std::array<char, 20> digits;
    const auto end = std::to_chars(digits.data(), digits.data() + digits.size(),
                                   static_cast<std::int64_t>(cell.number));
    out.append(digits.data(), end.ptr);
    return;
  }
  if (cell.kind == Kind::wide) {
    out += decimal_text(cell.number);
    return;
  }
  for (const char c : cell.text) {
    if (c == '\\')
      out += "\\\\";
    else if (c == '\t')
      out += "\\t";
    else if (c == '\n')
      out += "\\n";
    else if (c == '\r')
      out += "\\r";
    else
      out += c;
  }
}

class Postgres final : public Connection {
 public:
  explicit Postgres(PGconn* connection) : connection_(connection) {}
  ~Postgres() override { PQfinish(connection_); }

  bool connected() const { return PQstatus(connection_) == CONNECTION_OK; }
  std::string error() const {
    std::string text = PQerrorMessage(connection_);
    while (!text.empty() && (text.back() == '\n' || text.back() == ' ')) text.pop_back();
    std::ranges::replace(text, '\n', ' ');
    return text.empty() ? "the connection is lost" : text;
  }

  Done run(const std::string& sql) override {
    const ResultPtr result(PQexec(connection_, sql.c_str()));
    return check(result, PGRES_COMMAND_OK);
  }

  Done create(const Table& table) override {
    return run(create_table(table, type_of, "") + create_indexes(table));
  }

  /// By COPY into a table of this session's, then in one statement into the real one.
  Done put(const Table& table, std::size_t rows, const Fill& fill) override {
    const std::string stage = "\"stage_" + table.name + "\"";
    const std::string name = "\"" + table.name + "\"";
    if (auto done = run("CREATE TEMP TABLE IF NOT EXISTS " + stage + " (LIKE " + name +
                        ") ON COMMIT DELETE ROWS");
        !done)
      return done;
    if (auto done = copy(stage, table, rows, fill); !done) return done;
    const std::string all = column_names(table, 0, table.columns.size());
    return run("INSERT INTO " + name + " (" + all + ") SELECT " + all + " FROM " + stage +
               on_conflict(table) + "; TRUNCATE " + stage);
  }

  Done ask(const std::string& sql, std::span<const Cell> parameters, std::span<const Kind> kinds,
           const Visit& visit) override {
    std::vector<std::string> texts;
    for (const Cell& cell : parameters)
      texts.push_back(cell.kind == Kind::text ? std::string(cell.text) : number_text(cell));
    std::vector<const char*> values;
    for (const std::string& text : texts) values.push_back(text.c_str());
    const ResultPtr result(PQexecParams(connection_, sql.c_str(), static_cast<int>(values.size()),
                                        nullptr, values.data(), nullptr, nullptr, 0));
    if (auto done = check(result, PGRES_TUPLES_OK); !done) return done;
    std::vector<Cell> cells(kinds.size());
    for (int row = 0; row < PQntuples(result.get()); ++row) {
      for (std::size_t i = 0; i < kinds.size(); ++i) {
        const int column = static_cast<int>(i);
        const std::string_view text{
            PQgetvalue(result.get(), row, column),
            static_cast<std::size_t>(PQgetlength(result.get(), row, column))};
        cells[i] =
            kinds[i] == Kind::text ? Cell::of_text(text) : Cell{kinds[i], decimal_value(text), {}};
      }
      visit(cells);
    }
    return {};
  }

  void interrupt() override {
    // The library waits for its socket and for nothing else.
    if (const int socket = PQsocket(connection_); socket >= 0) ::shutdown(socket, SHUT_RDWR);
  }

 private:
  Done check(const ResultPtr& result, ExecStatusType wanted) const {
    if (result && PQresultStatus(result.get()) == wanted) return {};
    return std::unexpected(error());
  }

  Done copy(const std::string& into, const Table& table, std::size_t rows, const Fill& fill) {
    const ResultPtr begun(PQexec(connection_, ("COPY " + into + " FROM STDIN").c_str()));
    if (auto done = check(begun, PGRES_COPY_IN); !done) return done;
    std::string block;
    block.reserve(copy_bytes + 4096);
    std::vector<Cell> cells(table.columns.size());
    for (std::size_t row = 0; row < rows; ++row) {
      fill(row, cells);
      for (std::size_t i = 0; i < cells.size(); ++i) {
        if (i != 0) block += '\t';
        append_field(block, cells[i]);
      }
      block += '\n';
      if (block.size() < copy_bytes && row + 1 != rows) continue;
      if (PQputCopyData(connection_, block.data(), static_cast<int>(block.size())) != 1)
        return std::unexpected(error());
      block.clear();
    }
    if (PQputCopyEnd(connection_, nullptr) != 1) return std::unexpected(error());
    Done done;
    while (const ResultPtr result{PQgetResult(connection_)})
      if (auto each = check(result, PGRES_COMMAND_OK); !each && done) done = each;
    return done;
  }

  PGconn* connection_;
};

std::expected<std::unique_ptr<Postgres>, std::string> connect(const std::string& url,
                                                              const char* database) {
  std::vector<const char*> keywords{"dbname", "connect_timeout", "tcp_user_timeout",
                                    "application_name", "client_encoding"};
  std::vector<const char*> values{url.c_str(), connect_timeout_s, silence_ms, "rialto", "UTF8"};
  // The first dbname is read as the URL, a later one as a name.
  if (database) {
    keywords.push_back("dbname");
    values.push_back(database);
  }
  keywords.push_back(nullptr);
  values.push_back(nullptr);
  auto connection =
      std::make_unique<Postgres>(PQconnectdbParams(keywords.data(), values.data(), 1));
  if (!connection->connected()) return std::unexpected(connection->error());
  // "already exists" is no news.
  if (auto quiet = connection->run("SET client_min_messages = warning"); !quiet)
    return std::unexpected(quiet.error());
  return connection;
}

}  // namespace

Opened open_postgres(const std::string& url, const std::string& database) {
  auto opened = connect(url, database.c_str());
  if (opened) return std::move(*opened);
  // The server may be there without the database: from another one it can be made.
  const std::array keywords{"dbname", "connect_timeout", static_cast<const char*>(nullptr)};
  const std::array values{url.c_str(), connect_timeout_s, static_cast<const char*>(nullptr)};
  if (PQpingParams(keywords.data(), values.data(), 1) != PQPING_OK)
    return std::unexpected(opened.error());
  auto maintenance = connect(url, "postgres");
  if (!maintenance) maintenance = connect(url, nullptr);
  if (!maintenance) return std::unexpected(maintenance.error());
  const auto made = (*maintenance)->run("CREATE DATABASE \"" + database + "\"");
  if (!made) return std::unexpected(made.error());
  opened = connect(url, database.c_str());
  if (opened) return std::move(*opened);
  return std::unexpected(opened.error());
}

}  // namespace rialto::sql
