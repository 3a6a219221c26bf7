// The readers: every way in which a recording can be stored, and every way in which it can be
// broken.
#include <sstream>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <boost/iostreams/copy.hpp>
#include <boost/iostreams/filter/gzip.hpp>
#include <boost/iostreams/filter/lzma.hpp>
#include <boost/iostreams/filter/zstd.hpp>
#include <boost/iostreams/filtering_streambuf.hpp>

#include "apps/replay/bitstamp_feed.hpp"
#include "apps/replay/fields.hpp"
#include "apps/replay/lobster_file.hpp"
#include "apps/replay/source_file.hpp"
#include "tests/conformance/temporary_folder.hpp"

namespace rialto::replay {
namespace {

namespace io = boost::iostreams;
using testing::ElementsAre;
using testing::HasSubstr;

template <class Filter>
std::string compressed(const std::string& text, Filter filter) {
  std::istringstream in(text);
  std::ostringstream out;
  io::filtering_streambuf<io::input> stream;
  stream.push(filter);
  stream.push(in);
  io::copy(stream, out);
  return out.str();
}

/// All lines of a file, or the error that ended them.
Read<std::vector<std::string>> all_lines(const std::string& path) {
  auto file = SourceFile::open(path);
  if (!file) return std::unexpected(file.error());
  std::vector<std::string> lines;
  for (;;) {
    const auto line = file->next_line();
    if (!line) return std::unexpected(line.error());
    if (!*line) return lines;
    lines.emplace_back(**line);
  }
}

std::string many_lines() {
  std::string text;
  for (int i = 0; i < 50'000; ++i) text += std::to_string(i * 7919) + ",some text\n";
  return text;
}

TEST(SourceFile, SplitsLinesHoweverTheyEnd) {
  const TemporaryFolder folder;
  EXPECT_THAT(all_lines(folder.file("a", "one\ntwo\r\n\nlast")).value(),
              ElementsAre("one", "two", "", "last"));
  EXPECT_THAT(all_lines(folder.file("b", "")).value(), ElementsAre());
  EXPECT_THAT(all_lines(folder.file("c", "\n")).value(), ElementsAre(""));
}

TEST(SourceFile, ReadsEveryCompressionByItsContent) {
  const TemporaryFolder folder;
  const std::string text = many_lines();
  const auto plain = all_lines(folder.file("plain.xz", text)).value();  // the name means nothing
  ASSERT_EQ(plain.size(), 50'000u);
  EXPECT_EQ(all_lines(folder.file("a", compressed(text, io::gzip_compressor()))).value(), plain);
  EXPECT_EQ(all_lines(folder.file("b", compressed(text, io::lzma_compressor()))).value(), plain);
  EXPECT_EQ(all_lines(folder.file("c", compressed(text, io::zstd_compressor()))).value(), plain);
}

TEST(SourceFile, RefusesCompressedDataThatEndsEarly) {
  const TemporaryFolder folder;
  const std::string text = many_lines();
  for (const std::string& whole :
       {compressed(text, io::gzip_compressor()), compressed(text, io::lzma_compressor()),
        compressed(text, io::zstd_compressor())}) {
    for (const std::size_t kept : {whole.size() - 3, whole.size() / 2, whole.size() / 5}) {
      const auto lines = all_lines(folder.file("cut", whole.substr(0, kept)));
      ASSERT_FALSE(lines) << kept << " of " << whole.size();
      EXPECT_EQ(lines.error().error, InputError::damaged);
    }
  }
}

TEST(SourceFile, RefusesFlippedBits) {
  const TemporaryFolder folder;
  for (std::string bytes : {compressed(many_lines(), io::gzip_compressor()),
                            compressed(many_lines(), io::lzma_compressor())}) {
    bytes[bytes.size() / 2] = static_cast<char>(bytes[bytes.size() / 2] ^ 4);
    EXPECT_EQ(all_lines(folder.file("flipped", bytes)).error().error, InputError::damaged);
  }
}

TEST(SourceFile, SaysWhatCannotBeOpened) {
  const TemporaryFolder folder;
  const auto absent = SourceFile::open(folder.path("absent.csv"));
  ASSERT_FALSE(absent);
  EXPECT_EQ(absent.error().error, InputError::cannot_open);
  EXPECT_THAT(absent.error().message, HasSubstr("absent.csv: No such file"));
  EXPECT_EQ(SourceFile::open(folder.path("")).error().error, InputError::cannot_open);
}

TEST(SourceFile, RefusesEndlessLines) {
  const TemporaryFolder folder;
  const auto lines = all_lines(folder.file("long", "short\n" + std::string(3 << 20, 'x')));
  ASSERT_FALSE(lines);
  EXPECT_EQ(lines.error().error, InputError::malformed);
  EXPECT_THAT(lines.error().message, HasSubstr("long:2: "));
}

TEST(RoundDecimal, TakesTheNearestAndNothingElse) {
  EXPECT_EQ(round_decimal("236.61000000000001", 2), 23661);
  EXPECT_EQ(round_decimal("8.8351857299999992", 8), 883518573);
  EXPECT_EQ(round_decimal("0.005", 2), 1);
  EXPECT_EQ(round_decimal("0.0049", 2), 0);
  EXPECT_EQ(round_decimal("9.5e-8", 8), 10);
  EXPECT_EQ(round_decimal("9.4e-9", 8), 1);
  EXPECT_EQ(round_decimal("9.4e-30", 8), 0);
  EXPECT_EQ(round_decimal("12", 2), 1200);
  EXPECT_EQ(round_decimal("1.5e3", 0), 1500);
  for (const char* bad : {"", ".5", "5.", "-1", "+1", "1e", "1e999", "NaN", "1,5", "1.2.3",
                          "9999999999999999999", "9999999999999999.999"})
    EXPECT_EQ(round_decimal(bad, 2), std::nullopt) << bad;
}

TEST(Fields, AreCountedAndTrimmed) {
  Fields fields("N, 1 ,IBM\t");
  EXPECT_EQ(fields.text(), "N");
  EXPECT_EQ(fields.number(), 1);
  EXPECT_FALSE(fields.complete());
  EXPECT_EQ(fields.text(), "IBM");
  EXPECT_TRUE(fields.complete());
  EXPECT_EQ(fields.number(), std::nullopt);
  EXPECT_FALSE(fields.complete());
}

TEST(LobsterMessages, AreReadWithPicoseconds) {
  const TemporaryFolder folder;
  auto file = MessageFile::open(folder.file("m",
                                            "34200.017459617,4,16113575,18,5853300,-1\n"
                                            "43002.632812672004,7,0,0,-1,-1\n"));
  const auto message = file->next().value().value();
  EXPECT_EQ(message.time, Timestamp{34'200'017'459'617});
  EXPECT_EQ(message.type, MessageType::execution);
  EXPECT_EQ(message.order, SourceOrderId{16113575});
  EXPECT_EQ(message.size, Quantity{18});
  EXPECT_EQ(message.price, Price{5853300});
  EXPECT_EQ(message.side, Side::sell);
  const auto halt = file->next().value().value();
  EXPECT_EQ(halt.time, Timestamp{43'002'632'812'672});
  EXPECT_FALSE(halt.changes_book());
  EXPECT_EQ(file->next().value(), std::nullopt);
}

TEST(LobsterMessages, SayWhichLineIsWrong) {
  const TemporaryFolder folder;
  for (const char* bad :
       {"", "34200,1,5,10,100", "34200,1,5,10,100,1,9", "x,1,5,10,100,1", "34200,8,5,10,100,1",
        "34200,0,5,10,100,1", "34200,1,0,10,100,1", "34200,1,5,0,100,1", "34200,1,5,-10,100,1",
        "34200,1,5,10,0,1", "34200,1,5,10,100,0", "34200,1,5,1.5,100,1",
        "34200,1,5,9999999999999999999,100,1", "-1,1,5,10,100,1"}) {
    auto file =
        MessageFile::open(folder.file("m.csv", std::string("34200,1,5,10,100,1\n") + bad + "\n"));
    ASSERT_TRUE(file->next()) << bad;
    const auto second = file->next();
    ASSERT_FALSE(second) << bad;
    EXPECT_EQ(second.error().error, InputError::malformed) << bad;
    EXPECT_THAT(second.error().message, HasSubstr("m.csv:2: ")) << bad;
  }
}

TEST(LobsterBook, LeavesOutEmptyLevels) {
  const TemporaryFolder folder;
  auto file = BookFile::open(folder.file("b", "101,5,100,7,9999999999,0,99,2\n"), 2);
  BookRow row;
  ASSERT_TRUE(file->next(row).value());
  EXPECT_THAT(row.asks, ElementsAre(VisibleLevel{{101}, {5}}));
  EXPECT_THAT(row.bids, ElementsAre(VisibleLevel{{100}, {7}}, VisibleLevel{{99}, {2}}));
  EXPECT_FALSE(file->next(row).value());
}

TEST(LobsterBook, SaysWhichLineIsWrong) {
  const TemporaryFolder folder;
  for (const char* bad :
       {"", "101,5,100,7", "101,5,100,7,102,1,99,2,103,1,98,1", "101,5,100,x,102,1,99,2",
        "101,-5,100,7,102,1,99,2", "101,5,100,7,101,1,99,2", "101,5,100,7,102,1,100,2",
        "101,5,100,7,99,1,99,2", "101,5,-3,7,102,1,99,2"}) {
    auto file = BookFile::open(
        folder.file("b.csv", std::string("101,5,100,7,102,1,99,2\n") + bad + "\n"), 2);
    BookRow row;
    ASSERT_TRUE(file->next(row)) << bad;
    const auto second = file->next(row);
    ASSERT_FALSE(second) << bad;
    EXPECT_THAT(second.error().message, HasSubstr("b.csv:2: ")) << bad;
  }
}

TEST(Feed, ReadsOrdersTradesAndTheFirstBook) {
  const TemporaryFolder folder;
  auto file = FeedFile::open(folder.file(
      "f",
      R"(1430438404518 order_created {"price": "236.47", "amount": "2.00000000", "datetime": "1", "id": 7, "order_type": 1})"
      "\n"
      R"(1430438404519 order_book {"bids": [["236.47", "1.5"]], "asks": []})"
      "\n"
      R"(1430438404520 order_book {"bids": [["236.46", "1.5"]], "asks": []})"
      "\n"
      R"(1430438404645 trade {"price": 236.61000000000001, "amount": 0.21144331, "id": 8111041})"
      "\n"));
  const auto order = file->next().value().value();
  EXPECT_EQ(order.kind, FeedKind::created);
  EXPECT_EQ(order.time, Timestamp{1'430'438'404'518'000'000});
  EXPECT_EQ(order.order, 7);
  EXPECT_EQ(order.side, Side::sell);
  EXPECT_EQ(order.price, Price{23647});
  EXPECT_EQ(order.quantity, Quantity{200'000'000});
  const auto book = file->next().value().value();
  ASSERT_EQ(book.levels.size(), 1u);
  EXPECT_EQ(book.levels[0].quantity, Quantity{150'000'000});
  const auto trade = file->next().value().value();
  EXPECT_EQ(trade.kind, FeedKind::trade);
  EXPECT_EQ(trade.price, Price{23661});
  EXPECT_EQ(file->next().value(), std::nullopt);
}

TEST(Feed, SaysWhichLineIsWrong) {
  const TemporaryFolder folder;
  for (const char* bad :
       {"", "1430438404518", "x trade {}", "1 trade", "1 trade {}", "1 guess {\"price\": 1}",
        R"(1 trade {"price": "1", "amount": "x", "id": 1})",
        R"(1 trade {"price": 1, "amount": 1, "id": "a"})",
        R"(1 order_created {"price": "1", "amount": "1", "id": 1, "order_type": 2})",
        R"(1 order_created {"price": "0", "amount": "1", "id": 1, "order_type": 1})",
        R"(1 order_book {"bids": [["1"]], "asks": []})",
        R"(1 order_book {"bids": [["1", "2", "3"]], "asks": []})", R"(1 order_book [])",
        "1 trade {\"price\": \x01}"}) {
    auto file = FeedFile::open(folder.file(
        "f.log", std::string(R"(1 trade {"price": 1, "amount": 1, "id": 1})") + "\n" + bad + "\n"));
    ASSERT_TRUE(file->next()) << bad;
    const auto second = file->next();
    ASSERT_FALSE(second) << bad;
    EXPECT_THAT(second.error().message, HasSubstr("f.log:2: ")) << bad;
  }
}

}  // namespace
}  // namespace rialto::replay
