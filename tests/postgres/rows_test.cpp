// SQL-1, SQL-2: the same rows from SQLite and from a real PostgreSQL, whatever they hold.
#include <gtest/gtest.h>

#include <algorithm>

#include <rapidcheck.h>

#include "platform/sql/rows.hpp"
#include "tests/postgres/server.hpp"

namespace rialto::test {
namespace {

struct AnyRow {
  std::int64_t first{};
  std::string second;
  i128 wide{};
  Amount amount;
  bool flag{};
  Side side{};
  std::string text;
  static constexpr std::string_view table = "any rows";
  static constexpr std::size_t key_columns = 2;
  static std::vector<std::string> indexes() { return {"amount, first"}; }
  friend bool operator==(const AnyRow&, const AnyRow&) = default;
};
BOOST_DESCRIBE_STRUCT(AnyRow, (), (first, second, wide, amount, flag, side, text))

std::string any_text() {
  auto text = *rc::gen::container<std::string>(
      rc::gen::element<char>('a', '\'', '"', '\\', '\t', '\n', '\r', '$', ';', ' ', '.'));
  return *rc::gen::arbitrary<bool>() ? text + "€" : text;
}

AnyRow any_row() {
  AnyRow row;
  row.first = *rc::gen::inRange<std::int64_t>(-3, 3);
  row.second = *rc::gen::element<std::string>("", "a", "\\N", "b\tc");
  row.wide =
      static_cast<i128>(*rc::gen::arbitrary<std::int64_t>()) * *rc::gen::arbitrary<std::int64_t>();
  row.amount = {*rc::gen::arbitrary<std::int64_t>()};
  row.flag = *rc::gen::arbitrary<bool>();
  row.side = *rc::gen::arbitrary<bool>() ? Side::buy : Side::sell;
  row.text = any_text();
  return row;
}

auto key(const AnyRow& row) {
  return std::pair(row.first, row.second);
}

TEST(Rows, AreEqualInBothDatabases) {
  auto server = PostgresServer::make();
  if (!server) GTEST_SKIP() << PostgresServer::why_not();
  auto postgres = sql::open_postgres(server->url(), "any database");
  ASSERT_TRUE(postgres) << postgres.error();
  auto sqlite = sql::open_sqlite(":memory:");
  ASSERT_TRUE(sqlite) << sqlite.error();
  sql::Connection* both[] = {postgres->get(), sqlite->get()};
  for (sql::Connection* each : both) {
    ASSERT_TRUE(each->create(sql::table_of<AnyRow>()));
    ASSERT_TRUE(each->create(sql::table_of<AnyRow>())) << "made already, it is left alone";
  }
  rc::check([&] {
    std::map<std::pair<std::int64_t, std::string>, AnyRow> expected;
    for (sql::Connection* each : both) RC_ASSERT(each->run("DELETE FROM \"any rows\""));
    for (int round = 0; round < 3; ++round) {
      std::map<std::pair<std::int64_t, std::string>, AnyRow> unique;
      const int count = *rc::gen::inRange(0, 8);
      for (int i = 0; i < count; ++i) {
        const AnyRow row = any_row();
        unique.insert_or_assign(key(row), row);
      }
      std::vector<AnyRow> rows;
      for (const auto& [name, row] : unique) rows.push_back(row);
      // Replaced by key, and every other round lost.
      const bool lost = round == 1;
      for (sql::Connection* each : both) {
        RC_ASSERT(each->run("BEGIN"));
        RC_ASSERT(sql::put<AnyRow>(*each, rows));
        RC_ASSERT(sql::put<AnyRow>(*each, rows));
        RC_ASSERT(each->run(lost ? "ROLLBACK" : "COMMIT"));
      }
      if (!lost)
        for (const AnyRow& row : rows) expected.insert_or_assign(key(row), row);
    }
    for (sql::Connection* each : both) {
      auto found = sql::select<AnyRow>(*each);
      RC_ASSERT(found.has_value());
      std::ranges::sort(*found, {}, key);
      std::vector<AnyRow> wanted;
      for (const auto& [name, row] : expected) wanted.push_back(row);
      RC_ASSERT(*found == wanted);
      const sql::Cell parameters[] = {sql::Cell::of_text("b\tc"), sql::Cell::integer(0)};
      const auto some = sql::select<AnyRow>(*each, "WHERE second = $1 AND first >= $2", parameters);
      RC_ASSERT(some.has_value());
      RC_ASSERT(some->size() ==
                static_cast<std::size_t>(std::ranges::count_if(wanted, [](const AnyRow& row) {
                  return row.second == "b\tc" && row.first >= 0;
                })));
    }
  });
}

TEST(Rows, ErrorsAreTheDatabasesOwnWords) {
  auto server = PostgresServer::make();
  if (!server) GTEST_SKIP() << PostgresServer::why_not();
  auto postgres = sql::open_postgres(server->url(), "words");
  ASSERT_TRUE(postgres) << postgres.error();
  auto sqlite = sql::open_sqlite(":memory:");
  for (sql::Connection* each : {postgres->get(), sqlite->get()}) {
    EXPECT_FALSE(each->run("SELECT FROM nowhere WHERE"));
    const AnyRow row;
    const auto put = sql::put<AnyRow>(*each, {&row, 1});
    ASSERT_FALSE(put);
    EXPECT_NE(put.error().find("any rows"), std::string::npos) << put.error();
  }
  server->kill();
  const auto gone = (*postgres)->run("SELECT 1");
  EXPECT_FALSE(gone);
  EXPECT_FALSE(sql::open_postgres(server->url(), "words"));
}

}  // namespace
}  // namespace rialto::test
