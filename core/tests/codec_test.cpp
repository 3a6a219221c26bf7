#include "core/codec.hpp"

#include <gtest/gtest.h>

namespace rialto {
namespace {

struct First {
  std::uint16_t small{};
  Price price{};
  std::string name;
};
BOOST_DESCRIBE_STRUCT(First, (), (small, price, name))

struct Second {
  std::uint16_t small{};
  Price price{};
  std::string name;
  std::vector<First> list;
  InlineText<8> tag;
  bool flag{};
};
BOOST_DESCRIBE_STRUCT(Second, (), (small, price, name, list, tag, flag))

TEST(Codec, what_is_written_is_read_back) {
  Second in{7, {-5}, "name", {{1, {2}, "x"}, {3, {4}, ""}}, {"tag"}, true};
  Bytes bytes;
  BinaryWriter(bytes).write(in);
  BinaryReader reader(bytes);
  const auto out = reader.read<Second>();
  EXPECT_FALSE(reader.failed());
  EXPECT_TRUE(reader.at_end());
  EXPECT_EQ(out.small, 7);
  EXPECT_EQ(out.price, Price{-5});
  EXPECT_EQ(out.list.size(), 2u);
  EXPECT_EQ(out.list[1].price, Price{4});
  EXPECT_EQ(out.tag.view(), "tag");
  EXPECT_TRUE(out.flag);
}

TEST(Codec, an_older_shorter_struct_reads_with_defaults) {
  Bytes bytes;
  BinaryWriter(bytes).write(First{7, {-5}, "name"});
  BinaryReader reader(bytes);
  const auto out = reader.read_versioned<Second>();
  EXPECT_FALSE(reader.failed());
  EXPECT_EQ(out.name, "name");
  EXPECT_TRUE(out.list.empty());
  EXPECT_FALSE(out.flag);
}

/// Made of numbers and inline text alone: loaded without a look before each field.
struct PlainBefore {
  InlineText<40> text;
  std::uint64_t number{};
};
BOOST_DESCRIBE_STRUCT(PlainBefore, (), (text, number))
struct Plain {
  InlineText<40> text;
  std::uint64_t number{};
  Fingerprint key;
  bool flag{};
};
BOOST_DESCRIBE_STRUCT(Plain, (), (text, number, key, flag))

TEST(Codec, plain_structs_of_any_age_and_length_read_back) {
  static_assert(smallest_encoding<Plain>() == 26 && smallest_encoding<Second>() == 0);
  for (std::size_t length = 0; length <= 40; ++length) {
    const std::string text(length, 'x');
    Bytes bytes;
    BinaryWriter(bytes).write(Plain{std::string_view(text), 7, {8, 9}, true});
    BinaryReader whole(bytes);
    const auto out = whole.read<Plain>();
    EXPECT_TRUE(!whole.failed() && whole.at_end());
    EXPECT_EQ(out.text.view(), text);
    EXPECT_EQ(out.number, 7u);
    EXPECT_EQ(out.key, (Fingerprint{8, 9}));
    EXPECT_TRUE(out.flag);
    for (std::size_t size = 0; size < bytes.size(); ++size) {
      BinaryReader cut(ByteView(bytes).first(size));
      (void)cut.read<Plain>();
      EXPECT_TRUE(cut.failed()) << size;
    }
    // A long text in an older, shorter version: as many bytes as the newer one has at least.
    Bytes older;
    BinaryWriter(older).write(PlainBefore{std::string_view(text), 7});
    BinaryReader versioned(older);
    const auto read = versioned.read_versioned<Plain>();
    EXPECT_TRUE(!versioned.failed() && versioned.at_end()) << length;
    EXPECT_EQ(read.text.view(), text);
    EXPECT_EQ(read.number, 7u);
    EXPECT_TRUE(read.key.empty() && !read.flag);
  }
  Bytes too_long{std::byte{41}};
  too_long.resize(80);
  BinaryReader reader(too_long);
  (void)reader.read_versioned<Plain>();
  EXPECT_TRUE(reader.failed());
}

TEST(Codec, every_cut_of_the_bytes_fails_without_reading_past_the_end) {
  Bytes bytes;
  BinaryWriter(bytes).write(Second{7, {-5}, "name", {{1, {2}, "x"}}, {"tag"}, true});
  for (std::size_t size = 0; size < bytes.size(); ++size) {
    BinaryReader reader(ByteView(bytes).first(size));
    (void)reader.read<Second>();
    EXPECT_TRUE(reader.failed()) << size;
  }
}

TEST(Codec, a_huge_claimed_length_is_refused_before_anything_is_allocated) {
  Bytes bytes;
  BinaryWriter(bytes).write(std::uint32_t{0xffffffff});
  BinaryReader reader(bytes);
  (void)reader.read<std::string>();
  EXPECT_TRUE(reader.failed());
}

}  // namespace
}  // namespace rialto
