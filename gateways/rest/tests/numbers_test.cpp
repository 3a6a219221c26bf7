#include "gateways/rest/numbers.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <array>

#include "gateways/rest/answers.hpp"
#include "gateways/rest/enrolment.hpp"
#include "platform/net/json_reader.hpp"

namespace rialto::rest {
namespace {

std::string code_of(const net::Response& response) {
  net::JsonReader reader;
  return std::string(reader.parse(response.body)->find("code")->text());
}

/// The value as text, or the refusal's code.
template <class T>
std::string outcome(const Parsed<T>& parsed) {
  if (!parsed) return code_of(parsed.error());
  if constexpr (requires { parsed->value; })
    return std::to_string(parsed->value);
  else
    return std::to_string(*parsed);
}

instruments::Instrument nickel_market() {
  instruments::Instrument out;
  out.tick = {5, 2};
  out.lot = {25, 1};
  return out;
}

TEST(Numbers, prices_are_whole_ticks) {
  const auto market = nickel_market();
  EXPECT_EQ(outcome(parse_price("price", "1.15", market)), "23");
  EXPECT_EQ(outcome(parse_price("price", "115e-2", market)), "23");
  EXPECT_EQ(outcome(parse_price("price", "1.150000", market)), "23");
  EXPECT_EQ(outcome(parse_price("price", "1.16", market)), "price_must_be_on_tick");
  EXPECT_EQ(outcome(parse_price("price", "1.151", market)), "price_must_be_on_tick");
  EXPECT_EQ(outcome(parse_price("stopPrice", "1.16", market)), "stop_price_must_be_on_tick");
  EXPECT_EQ(outcome(parse_price("stopPrice", "0", market)), "stop_price_must_be_positive");
  EXPECT_EQ(outcome(parse_price("price", "-0.001", market)), "price_must_be_positive");
  EXPECT_EQ(outcome(parse_price("price", "9999999999999999.95", market)), "199999999999999999");
  EXPECT_EQ(outcome(parse_price("price", "99999999999999999.95", market)), "number_too_large");
}

TEST(Numbers, quantities_are_whole_lots) {
  const auto market = nickel_market();
  EXPECT_EQ(outcome(parse_quantity("quantity", "7.5", market)), "3");
  EXPECT_EQ(outcome(parse_quantity("quantity", "7", market)), "quantity_must_be_on_lot");
  const auto refused = parse_quantity("quantity", "7", market);
  net::JsonReader reader;
  const auto details = reader.parse(refused.error().body)->find("details");
  EXPECT_EQ(details->find("lotSize")->text(), "2.5");
  EXPECT_EQ(details->find("nearest")->find("below")->text(), "5");
  EXPECT_EQ(details->find("nearest")->find("above")->text(), "7.5");
}

TEST(Numbers, fractions_are_parts_per_million) {
  EXPECT_EQ(outcome(parse_fraction("takerFee", "0.0015")), "1500");
  EXPECT_EQ(outcome(parse_fraction("takerFee", "-0.000001")), "-1");
  EXPECT_EQ(outcome(parse_fraction("takerFee", "0.0000001")), "fraction_too_precise");
  EXPECT_EQ(outcome(parse_fraction("takerFee", "1001")), "rules_out_of_range");
  EXPECT_EQ(outcome(parse_fraction("takerFee", "a lot")), "not_a_number");
}

TEST(Numbers, steps_keep_the_fewest_digits) {
  EXPECT_EQ(*parse_step("tickSize", "0.050"), (instruments::Step{5, 2}));
  EXPECT_EQ(*parse_step("tickSize", "25"), (instruments::Step{25, 0}));
  EXPECT_EQ(*parse_step("tickSize", "1e-18"), (instruments::Step{1, 18}));
  EXPECT_EQ(code_of(parse_step("tickSize", "1e-19").error()), "step_out_of_range");
  EXPECT_EQ(code_of(parse_step("tickSize", "-1").error()), "step_out_of_range");
}

TEST(Numbers, identifiers_are_plain_digits) {
  EXPECT_EQ(parse_id<OrderId>("17"), OrderId{17});
  for (const char* text : {"", "0", "-1", "+1", "1.0", "0x1", "1 ", "18446744073709551616"})
    EXPECT_FALSE(parse_id<OrderId>(text)) << text;
  EXPECT_FALSE(parse_id<AssetId>("4294967296")) << "beyond an asset's 32 bits";
}

TEST(Answers, know_a_sentence_or_use_the_codes_own_words) {
  const auto response = refusal({RejectKind::business, "insufficient_funds"});
  EXPECT_EQ(response.status, net::Status::unprocessable);
  EXPECT_NE(response.body.find("not on hold"), std::string::npos);
  EXPECT_NE(refusal({RejectKind::business, "some_other_rule"}).body.find("some other rule"),
            std::string::npos);
  // The first and the last of the sorted sentences are found.
  EXPECT_NE(refusal({RejectKind::conflict, "account_already_exists"}).body.find("wallet already"),
            std::string::npos);
  EXPECT_NE(refusal({RejectKind::business, "venue_blocked"}).body.find("whole venue"),
            std::string::npos);
}

TEST(Answers, tell_clients_when_to_come_back) {
  const auto response = refusal({RejectKind::unavailable, "intake_disk_full"});
  EXPECT_EQ(response.status, net::Status::unavailable);
  EXPECT_NE(response.header_lines.find("Retry-After: 1"), std::string::npos);
}

TEST(Names, of_users_and_addresses) {
  for (const char* text : {"a", "Alice", "a.b_c-d", "7", "a@b+c"})
    EXPECT_TRUE(is_user_name(text)) << text;
  for (const char* text : {"", "a b", "<x>", "\xc3\xa9", "a\n"})
    EXPECT_FALSE(is_user_name(text)) << text;
  for (const char* text : {"a@b", "a.b@c.org", "\xc3\xa9@x.org"})
    EXPECT_TRUE(is_email(text)) << text;
  for (const char* text : {"", "a", "@b", "a@", "a@b@c", "a b@c", "a@b\n", "<a@b>"})
    EXPECT_FALSE(is_email(text)) << text;
}

}  // namespace
}  // namespace rialto::rest
