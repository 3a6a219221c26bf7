#include "platform/mail/message.hpp"

#include <gtest/gtest.h>
#include <rapidcheck.h>

#include <boost/describe/enum_to_string.hpp>

namespace rialto::mail {
namespace {

Message message() {
  return {"venue@example.org", "Rialto", "ada@example.com",         "Trade 7 done",
          "bought 5 BTC\n",    "",       "41.trades.7@example.org", {1'767'268'800'000'000'000}};
}

std::string decoded(std::string_view text) {
  std::string out;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] != '=') {
      if (text[i] != '\r') out += text[i];
      continue;
    }
    if (text.substr(i, 3) != "=\r\n")
      out += static_cast<char>(std::stoi(std::string(text.substr(i + 1, 2)), nullptr, 16));
    i += 2;
  }
  return out;
}

TEST(Mime, is_what_the_standards_say) {
  EXPECT_EQ(*mime_text(message()),
            "Date: Thu, 01 Jan 2026 12:00:00 +0000\r\n"
            "From: \"Rialto\"\r\n <venue@example.org>\r\n"
            "To: <ada@example.com>\r\n"
            "Subject: Trade 7 done\r\n"
            "Message-ID: <41.trades.7@example.org>\r\n"
            "MIME-Version: 1.0\r\n"
            "Auto-Submitted: auto-generated\r\n"
            "Content-Type: text/plain; charset=utf-8\r\n"
            "Content-Transfer-Encoding: quoted-printable\r\n"
            "\r\n"
            "bought 5 BTC\r\n");
}

TEST(Mime, has_a_part_for_each_taste) {
  Message both = message();
  both.html = "<p>bought 5 BTC</p>";
  const std::string text = *mime_text(both);
  EXPECT_NE(text.find("multipart/alternative; boundary=\"=_41.trades.7\""), text.npos);
  EXPECT_NE(text.find("\r\n--=_41.trades.7\r\nContent-Type: text/html"), text.npos);
  EXPECT_TRUE(text.ends_with("--=_41.trades.7--\r\n"));
}

// MAIL-1
TEST(Mime, nothing_becomes_a_header_of_its_own) {
  const auto error = [](auto change) {
    Message wrong = message();
    change(wrong);
    const auto text = mime_text(wrong);
    return text ? std::string("accepted")
                : std::string(boost::describe::enum_to_string(text.error(), "?"));
  };
  EXPECT_EQ(error([](Message& m) { m.subject = "x\r\nBcc: <eve@example.org>"; }),
            "header_has_control_characters");
  EXPECT_EQ(error([](Message& m) { m.from_name = "x\nBcc: y"; }), "header_has_control_characters");
  EXPECT_EQ(error([](Message& m) { m.to = "ada@example.com>\r\nRCPT TO:<eve@example.org"; }),
            "address_malformed");
  EXPECT_EQ(error([](Message& m) { m.to = "a,b@example.com"; }), "address_malformed");
  EXPECT_EQ(error([](Message& m) { m.from = "nobody"; }), "address_malformed");
  EXPECT_EQ(error([](Message& m) { m.message_id = "a b@c"; }), "message_id_malformed");
  EXPECT_EQ(error([](Message& m) { m.message_id = "a@b>\r\nX: y"; }), "message_id_malformed");
  EXPECT_EQ(error([](Message& m) { m.text = "\xff"; }), "not_utf8");
  EXPECT_EQ(error([](Message& m) { m.subject = "\xed\xa0\x80"; }), "not_utf8");
}

TEST(Mime, speaks_every_language) {
  EXPECT_EQ(encoded_header("plain"), "plain");
  EXPECT_EQ(encoded_header("né"), "=?UTF-8?Q?n=C3=A9?=");
  EXPECT_EQ(encoded_header("a=?b"), "=?UTF-8?Q?a=3D=3Fb?=");
  const std::string folded = encoded_header(std::string(40, 'x') + "日本語日本語日本語日本語");
  for (std::size_t at = 0; at < folded.size();) {
    const std::size_t end = std::min(folded.find("\r\n", at), folded.size());
    EXPECT_LE(end - at, 76u);
    at = end + 2;
  }
  EXPECT_EQ(quoted_printable("a=b \nc"), "a=3Db=20\r\nc\r\n");
  EXPECT_EQ(quoted_printable(".\n"), "=2E\r\n");
}

TEST(Mime, bodies_come_back_as_they_went_in_short_lines) {
  EXPECT_TRUE(rc::check([](const std::vector<std::uint8_t>& bytes) {
    std::string text;
    for (const std::uint8_t byte : bytes) {
      constexpr std::string_view pieces[] = {"a", " ", "=", ".", "\n", "é", "\t", "zzzzzzzzz"};
      text += pieces[byte % std::size(pieces)];
    }
    const std::string encoded = quoted_printable(text);
    for (std::size_t at = 0; at < encoded.size();) {
      const std::size_t end = encoded.find("\r\n", at);
      RC_ASSERT(end != encoded.npos && end - at <= 76);
      RC_ASSERT(end == at || encoded[end - 1] != ' ');
      RC_ASSERT(encoded[at] != '.');
      at = end + 2;
    }
    std::string back = decoded(encoded);
    if (!text.empty() && !text.ends_with('\n')) back.pop_back();
    RC_ASSERT(back == text);
  }));
}

}  // namespace
}  // namespace rialto::mail
