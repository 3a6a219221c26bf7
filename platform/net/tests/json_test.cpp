// JSON in and out: what is refused, what survives exactly.
#include <gtest/gtest.h>
#include <simdjson.h>

#include <random>

#include "platform/net/error_body.hpp"
#include "platform/net/json_reader.hpp"
#include "platform/net/json_writer.hpp"

namespace rialto::net {
namespace {

TEST(JsonReader, KeepsNumbersAsTheyWereWritten) {
  JsonReader reader;
  const auto root = reader.parse(
      R"( {"a":1.15, "b":"1.15","c":1e-5 ,"d":-0,"e":123456789012345678901234567890,"f":1e400 } )");
  ASSERT_TRUE(root.has_value());
  JsonFields fields(*root);
  EXPECT_EQ(fields.number("a"), "1.15");
  EXPECT_EQ(fields.number("b"), "1.15");
  EXPECT_EQ(fields.number("c"), "1e-5");
  EXPECT_EQ(fields.number("d"), "-0");
  EXPECT_EQ(fields.number("e"), "123456789012345678901234567890");
  EXPECT_EQ(fields.number("f"), "1e400");
  EXPECT_FALSE(fields.problem().has_value());
}

TEST(JsonReader, ReadsEveryKindAndNesting) {
  JsonReader reader;
  const auto root = reader.parse(
      R"({"t":"a\"\u00e9\n","y":true,"n":false,"z":null,"o":{"x":{"y":[]}},"l":[1,"b",{}]})");
  ASSERT_TRUE(root.has_value());
  EXPECT_EQ(root->find("t")->text(), "a\"é\n");
  EXPECT_TRUE(root->find("y")->truth());
  EXPECT_FALSE(root->find("n")->truth());
  EXPECT_EQ(root->find("z")->kind(), JsonKind::null);
  EXPECT_EQ(root->find("o")->find("x")->find("y")->kind(), JsonKind::array);
  EXPECT_EQ(root->find("x"), std::nullopt);
  const auto list = root->find("l")->children();
  ASSERT_EQ(list.size(), 3u);
  EXPECT_EQ(list[1].text(), "b");
  EXPECT_EQ(root->children().size(), 6u);
}

TEST(JsonReader, RefusesWhatIsNotStrictJson) {
  struct Case {
    std::string text;
    JsonProblem problem;
  };
  const std::vector<Case> table{
      {"", JsonProblem::malformed_json},
      {" ", JsonProblem::malformed_json},
      {"{", JsonProblem::malformed_json},
      {"}", JsonProblem::malformed_json},
      {R"({"a":1)", JsonProblem::malformed_json},
      {R"({"a":1}})", JsonProblem::malformed_json},
      {R"({"a":1} x)", JsonProblem::malformed_json},
      {R"({"a":1}{"b":2})", JsonProblem::malformed_json},
      {R"({"a":1,})", JsonProblem::malformed_json},
      {R"({,"a":1})", JsonProblem::malformed_json},
      {R"({"a" 1})", JsonProblem::malformed_json},
      {R"({"a":1 "b":2})", JsonProblem::malformed_json},
      {R"({"a":[1,]})", JsonProblem::malformed_json},
      {R"({"a":[1 2]})", JsonProblem::malformed_json},
      {R"({"a":[1})", JsonProblem::malformed_json},
      {R"({a:1})", JsonProblem::malformed_json},
      {R"({'a':1})", JsonProblem::malformed_json},
      {R"({"a":NaN})", JsonProblem::malformed_json},
      {R"({"a":Infinity})", JsonProblem::malformed_json},
      {R"({"a":-})", JsonProblem::malformed_json},
      {R"({"a":01})", JsonProblem::malformed_json},
      {R"({"a":+1})", JsonProblem::malformed_json},
      {R"({"a":.5})", JsonProblem::malformed_json},
      {R"({"a":1.})", JsonProblem::malformed_json},
      {R"({"a":1e})", JsonProblem::malformed_json},
      {R"({"a":0x10})", JsonProblem::malformed_json},
      {R"({"a":1x})", JsonProblem::malformed_json},
      {R"({"a":tru})", JsonProblem::malformed_json},
      {R"({"a":truex})", JsonProblem::malformed_json},
      {R"({"a":nul})", JsonProblem::malformed_json},
      {R"({"a":"\x"})", JsonProblem::malformed_json},
      {R"({"a":"\ud800"})", JsonProblem::malformed_json},
      {"{\"a\":\"\n\"}", JsonProblem::malformed_json},
      {"{\"a\":\"b}", JsonProblem::malformed_json},
      {"// comment\n{}", JsonProblem::malformed_json},
      {std::string("{}\0", 3), JsonProblem::malformed_json},
      {"[]", JsonProblem::body_must_be_an_object},
      {"1", JsonProblem::body_must_be_an_object},
      {"\"a\"", JsonProblem::body_must_be_an_object},
      {"null", JsonProblem::body_must_be_an_object},
      {"{\"a\":\"\xff\"}", JsonProblem::not_utf8},
      {"{\"\xc3\":1}", JsonProblem::not_utf8},
      {"{\"a\":\"\xed\xa0\x80\"}", JsonProblem::not_utf8},
      {R"({"a":1,"a":1})", JsonProblem::duplicate_field},
      {R"({"a":1,"\u0061":1})", JsonProblem::duplicate_field},
      {R"({"o":{"a":{},"b":[],"a":1}})", JsonProblem::duplicate_field},
  };
  JsonReader reader;
  for (const Case& bad : table) {
    const auto root = reader.parse(bad.text);
    ASSERT_FALSE(root.has_value()) << bad.text;
    EXPECT_EQ(root.error(), bad.problem) << bad.text;
    EXPECT_TRUE(reader.parse("{}").has_value());  // no trace of it is left
  }
}

TEST(JsonReader, BoundsDepthAndCount) {
  JsonReader reader({.depth_max = 4, .values_max = 10});
  EXPECT_TRUE(reader.parse(R"({"a":[[[]]]})").has_value());
  EXPECT_EQ(reader.parse(R"({"a":[[[[]]]]})").error(), JsonProblem::nested_too_deeply);
  EXPECT_EQ(reader.parse(R"({"a":{"b":{"c":{"d":{}}}}})").error(), JsonProblem::nested_too_deeply);
  EXPECT_TRUE(reader.parse(R"({"a":[1,2,3,4,5,6,7,8]})").has_value());
  EXPECT_EQ(reader.parse(R"({"a":[1,2,3,4,5,6,7,8,9]})").error(), JsonProblem::too_many_values);
  const std::string bomb = R"({"a":)" + std::string(400'000, '[') + std::string(400'000, ']') + "}";
  EXPECT_EQ(reader.parse(bomb).error(), JsonProblem::nested_too_deeply);
  EXPECT_FALSE(reader.parse(std::string(1'000'000, '[')).has_value());
  EXPECT_FALSE(reader.parse(R"({"a":)" + std::string(1'000'000, '{')).has_value());
}

// Every one-byte change of a document is judged as simdjson's own complete parser judges it.
TEST(JsonReader, AgreesWithACompleteParserOnMutatedDocuments) {
  const std::string original =
      R"({"symbol":"BTC-USD","quantity":"0.5","price":10.25,"post":true,"x":null,"l":[1,[2,{"y":-3e2}]]})";
  simdjson::dom::parser oracle;
  JsonReader reader;
  std::mt19937 random(1);
  const std::string alphabet = "{}[]:,\"\\ \n019.eE+-tfnulrasx\x01\x7f\xc3\xa9";
  int accepted = 0;
  for (int i = 0; i < 20'000; ++i) {
    std::string text = original;
    for (auto changes = 1 + random() % 3; changes > 0; --changes) {
      const std::size_t at = random() % text.size();
      const char c = alphabet[random() % alphabet.size()];
      switch (random() % 3) {
        case 0:
          text[at] = c;
          break;
        case 1:
          text.insert(at, 1, c);
          break;
        default:
          text.erase(at, 1);
          break;
      }
    }
    simdjson::dom::element element;
    const auto error = oracle.parse(text).get(element);
    const bool is_object = !error && element.is_object();
    const auto root = reader.parse(text);
    accepted += root.has_value();
    // Two verdicts are ours alone: no duplicates, and numbers of any length.
    if (error == simdjson::NUMBER_ERROR) continue;
    if (!root && root.error() == JsonProblem::duplicate_field) continue;
    EXPECT_EQ(root.has_value(), is_object) << text;
  }
  EXPECT_GT(accepted, 1000);
}

TEST(JsonFields, KeepsTheFirstProblem) {
  JsonReader reader;
  const auto root =
      reader.parse(R"({"text":"a","number":5,"list":[1],"flag":true,"none":null,"huge":1e99})");
  ASSERT_TRUE(root.has_value());
  JsonFields good(*root);
  EXPECT_EQ(good.text("text"), "a");
  EXPECT_EQ(good.optional_integer("number"), 5);
  EXPECT_EQ(good.optional_boolean("flag"), true);
  EXPECT_EQ(good.optional_text("none"), std::nullopt);
  EXPECT_EQ(good.optional_array("list")->children().size(), 1u);
  EXPECT_FALSE(good.problem().has_value());
  EXPECT_EQ(good.unknown({"text", "number", "list", "flag", "none"}), "huge");
  EXPECT_EQ(good.unknown({"text", "number", "list", "flag", "none", "huge"}), std::nullopt);

  const auto problem_after = [&](auto read) {
    JsonFields fields(*root);
    read(fields);
    fields.text("another problem");
    return fields.problem();
  };
  const auto wrong = FieldProblemKind::field_has_wrong_type;
  EXPECT_EQ(problem_after([](JsonFields& f) { f.text("number"); })->kind, wrong);
  EXPECT_EQ(problem_after([](JsonFields& f) { f.number("flag"); })->kind, wrong);
  EXPECT_EQ(problem_after([](JsonFields& f) { f.optional_integer("text"); })->kind, wrong);
  EXPECT_EQ(problem_after([](JsonFields& f) { f.optional_integer("huge"); })->kind, wrong);
  EXPECT_EQ(problem_after([](JsonFields& f) { f.optional_boolean("text"); })->kind, wrong);
  EXPECT_EQ(problem_after([](JsonFields& f) { f.optional_array("text"); })->kind, wrong);
  const auto missing = problem_after([](JsonFields& f) { f.number("none"); });
  EXPECT_EQ(missing->kind, FieldProblemKind::field_missing);
  EXPECT_EQ(missing->field, "none");
  EXPECT_EQ(field_problem_response(*missing).body,
            R"({"code":"field_missing","message":"field missing","details":{"field":"none"}})");
}

TEST(JsonWriter, WritesWhatTheReaderReads) {
  std::string out;
  JsonWriter(out)
      .begin_object()
      .field("text", "q\" b\\ n\n \x01 é")
      .field("price", std::string("1.15"))
      .field("count", std::uint64_t{18'446'744'073'709'551'615u})
      .field("change", -5)
      .field("open", true)
      .key("none")
      .null()
      .key("list")
      .begin_array()
      .integer(1)
      .text("two")
      .begin_object()
      .end_object()
      .end_array()
      .field("last", false)
      .end_object();
  EXPECT_EQ(
      out,
      "{\"text\":\"q\\\" b\\\\ n\\n \\u0001 é\",\"price\":\"1.15\",\"count\":18446744073709551615,"
      "\"change\":-5,\"open\":true,\"none\":null,\"list\":[1,\"two\",{}],\"last\":false}");
  JsonReader reader;
  EXPECT_EQ(reader.parse(out)->find("text")->text(), "q\" b\\ n\n \x01 é");
}

TEST(JsonWriter, NeverEmitsBrokenUtf8) {
  std::string out;
  append_json_text(out, "a\xff\xc3");
  EXPECT_EQ(out, "\"a\\ufffd\\ufffd\"");
}

TEST(ErrorBody, HasOneShape) {
  const Response response =
      rejection_response({RejectKind::business, "insufficient_funds"}, {}, R"({"asset":"USD"})");
  EXPECT_EQ(response.status, Status::unprocessable);
  EXPECT_EQ(
      response.body,
      R"({"code":"insufficient_funds","message":"insufficient funds","details":{"asset":"USD"}})");
  EXPECT_EQ(status_of(RejectKind::conflict), Status::conflict);
  EXPECT_EQ(json_problem_response(JsonProblem::not_utf8).status, Status::bad_request);
}

TEST(JsonWriter, FindsEveryOddByteWhereverItIs) {
  for (int byte = 0; byte < 256; ++byte)
    for (std::size_t at = 0; at < 20; ++at) {
      std::string value(20, '!');  // the neighbour of the quote: a borrow would show
      value[at] = static_cast<char>(byte);
      std::string out;
      append_json_text(out, value);
      const bool plain = byte >= 0x20 && byte < 0x80 && byte != '"' && byte != '\\';
      EXPECT_EQ(out == '"' + value + '"', plain) << byte << " at " << at;
      EXPECT_EQ(out.substr(1, at), value.substr(0, at));
      EXPECT_EQ(out.substr(out.size() - (20 - at)), value.substr(at + 1) + '"');
    }
}

}  // namespace
}  // namespace rialto::net
