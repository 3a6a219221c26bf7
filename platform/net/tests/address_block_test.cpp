#include "platform/net/address_block.hpp"

#include <gtest/gtest.h>

#include <string>

namespace rialto::net {
namespace {

bool within(std::string_view block, std::string_view address) {
  const auto parsed = AddressBlock::parse(block);
  EXPECT_TRUE(parsed) << block;
  return parsed && parsed->contains(address);
}

TEST(AddressBlock, holds_what_shares_its_prefix) {
  EXPECT_TRUE(within("192.0.2.7", "192.0.2.7"));
  EXPECT_FALSE(within("192.0.2.7", "192.0.2.6"));
  EXPECT_TRUE(within("192.0.2.0/25", "192.0.2.127"));
  EXPECT_FALSE(within("192.0.2.0/25", "192.0.2.128"));
  EXPECT_TRUE(within("0.0.0.0/0", "255.1.2.3"));
  EXPECT_FALSE(within("0.0.0.0/0", "2001:db8::1")) << "all of IPv4 only";
  EXPECT_TRUE(within("2001:db8::/32", "2001:db8:ffff::1"));
  EXPECT_FALSE(within("2001:db8::/32", "2001:db9::1"));
  EXPECT_TRUE(within("::/0", "::1"));
}

TEST(AddressBlock, an_ipv4_address_mapped_into_ipv6_is_itself) {
  EXPECT_TRUE(within("192.0.2.0/24", "::ffff:192.0.2.9"));
  EXPECT_TRUE(within("::ffff:192.0.2.0/120", "192.0.2.9"));
}

TEST(AddressBlock, what_is_no_block_is_refused) {
  for (const char* text :
       {"", "/", "/8", "192.0.2", "192.0.2.256", "192.0.2.0/", "192.0.2.0/33", "192.0.2.0/-1",
        "192.0.2.0/+1", "192.0.2.0/8x", "192.0.2.0/24/24", "192.0.2.7/24", "2001:db8::/129",
        "2001:db8::1/64", "localhost", " 192.0.2.7", "192.0.2.7 ", "fe80::1%eth0"})
    EXPECT_FALSE(AddressBlock::parse(text)) << text;
  EXPECT_FALSE(AddressBlock::parse(std::string(1000, '1')));
  EXPECT_FALSE(AddressBlock::parse(std::string_view("192.0.2.7\0", 10)));
  EXPECT_FALSE(AddressBlock::parse("0.0.0.0/0")->contains("nobody"));
}

}  // namespace
}  // namespace rialto::net
