#include "platform/sqlite/connection.hpp"

#include <gtest/gtest.h>

#include <filesystem>

namespace rialto::sqlite {
namespace {

class ConnectionTest : public ::testing::Test {
 protected:
  ConnectionTest() { std::filesystem::remove(path); }
  ~ConnectionTest() override { std::filesystem::remove(path); }
  const std::string path = ::testing::TempDir() + "rialto_sqlite_test.db";
};

TEST_F(ConnectionTest, values_come_back_as_they_went) {
  auto connection = *Connection::open(path, Synchronous::normal);
  ASSERT_TRUE(connection.run("CREATE TABLE t(a INTEGER, b BLOB, c TEXT)"));
  const auto insert = connection.prepare("INSERT INTO t VALUES (?,?,?)");
  const Bytes bytes{std::byte{0}, std::byte{255}};
  EXPECT_TRUE(Query(insert).bind(-5).bind(bytes).bind("né").run());
  EXPECT_TRUE(Query(insert).bind(6).bind(ByteView{}).bind(std::string_view{}).run());
  EXPECT_EQ(connection.changes(), 1);
  const auto select = connection.prepare("SELECT a, b, c FROM t ORDER BY a");
  Query query(select);
  ASSERT_TRUE(query.next());
  EXPECT_EQ(query.number(0), -5);
  EXPECT_TRUE(std::ranges::equal(query.bytes(1), bytes));
  EXPECT_EQ(query.text(2), "né");
  ASSERT_TRUE(query.next());
  EXPECT_TRUE(query.bytes(1).empty());
  EXPECT_FALSE(query.next());
}

TEST_F(ConnectionTest, errors_are_sentences) {
  auto connection = *Connection::open(path, Synchronous::full);
  EXPECT_EQ(connection.prepare("SELECT * FROM nowhere"), nullptr);
  EXPECT_EQ(connection.error(), "no such table: nowhere");
  EXPECT_FALSE(connection.run("no sql"));
  EXPECT_FALSE(Connection::open("/no/such/place.db", Synchronous::full));
}

TEST_F(ConnectionTest, what_is_committed_is_seen_by_another_connection) {
  auto writer = *Connection::open(path, Synchronous::full);
  ASSERT_TRUE(writer.run("CREATE TABLE t(a); BEGIN; INSERT INTO t VALUES (1)"));
  auto reader = *Connection::open(path, Synchronous::full);
  const auto count = reader.prepare("SELECT count(*) FROM t");
  const auto rows = [&] {
    Query query(count);
    return query.next() ? query.number(0) : -1;
  };
  EXPECT_EQ(rows(), 0);
  ASSERT_TRUE(writer.run("COMMIT"));
  EXPECT_EQ(rows(), 1);
  EXPECT_TRUE(writer.checkpoint());
}

}  // namespace
}  // namespace rialto::sqlite
