#include "platform/security/tokens.hpp"

#include <gtest/gtest.h>
#include <jwt.h>
#include <sodium.h>

#include <array>

namespace rialto::security {
namespace {

using namespace std::chrono_literals;

std::string base64url(std::string_view text) {
  std::string out(sodium_base64_encoded_len(text.size(), sodium_base64_VARIANT_URLSAFE_NO_PADDING),
                  '\0');
  sodium_bin2base64(out.data(), out.size(), reinterpret_cast<const unsigned char*>(text.data()),
                    text.size(), sodium_base64_VARIANT_URLSAFE_NO_PADDING);
  out.pop_back();  // its terminator
  return out;
}

class TokensTest : public testing::Test {
 protected:
  TokenProblem problem(std::string_view token, TokenType type = TokenType::access) {
    const auto claims = tokens_.validate(token, type);
    EXPECT_FALSE(claims.has_value());
    return claims.has_value() ? TokenProblem{255} : claims.error();
  }
  std::string signed_with(const SecretKey& key, std::string_view header, std::string_view claims) {
    const std::string text = base64url(header) + "." + base64url(claims);
    std::array<unsigned char, crypto_auth_hmacsha256_BYTES> mac;
    crypto_auth_hmacsha256(mac.data(), reinterpret_cast<const unsigned char*>(text.data()),
                           text.size(), key.bytes().data());
    return text + "." + base64url({reinterpret_cast<const char*>(mac.data()), mac.size()});
  }

  std::chrono::sys_seconds now_{1'800'000'000s};
  SecretKey key_ = SecretKey::random();
  Fingerprint credential_ = random_fingerprint();
  Tokens tokens_{key_, [this] { return now_; }, {.access = 60s, .refresh = 600s}};
  TokenPair pair_ = tokens_.issue({42}, credential_, {"trader", "administrator"});
};

TEST_F(TokensTest, CarriesItsClaims) {
  for (int i = 0; i < 2; ++i) {  // verified, then remembered
    const auto claims = tokens_.validate(pair_.access, TokenType::access);
    ASSERT_TRUE(claims.has_value());
    EXPECT_EQ((*claims)->user, UserId{42});
    EXPECT_EQ((*claims)->credential, credential_);
    EXPECT_EQ((*claims)->roles, (std::vector<std::string>{"trader", "administrator"}));
    EXPECT_EQ((*claims)->issued, now_);
    EXPECT_EQ((*claims)->expires, now_ + 60s);
  }
  EXPECT_EQ(tokens_.remembered(), 1u);
  EXPECT_TRUE(tokens_.validate(pair_.refresh, TokenType::refresh).has_value());
  EXPECT_EQ(pair_.access_expires_in, 60s);
}

TEST_F(TokensTest, EachIsUnique) {
  const TokenPair again = tokens_.issue({42}, credential_, {"trader"});
  EXPECT_NE(again.access, pair_.access);
  EXPECT_NE((*tokens_.validate(again.refresh, TokenType::refresh))->id, Fingerprint{});
}

TEST_F(TokensTest, SurvivesARestartWithTheSameKey) {
  Tokens restarted(key_, [this] { return now_; });
  EXPECT_TRUE(restarted.validate(pair_.access, TokenType::access).has_value());
}

TEST_F(TokensTest, ExpiresWhetherRememberedOrNot) {
  EXPECT_TRUE(tokens_.validate(pair_.access, TokenType::access).has_value());
  now_ += 59s;
  EXPECT_TRUE(tokens_.validate(pair_.access, TokenType::access).has_value());
  now_ += 1s;
  EXPECT_EQ(problem(pair_.access), TokenProblem::token_expired);
  Tokens restarted(key_, [this] { return now_; });
  EXPECT_EQ(restarted.validate(pair_.access, TokenType::access).error(),
            TokenProblem::token_expired);
  EXPECT_TRUE(tokens_.validate(pair_.refresh, TokenType::refresh).has_value());
}

TEST_F(TokensTest, RefusesTheOtherType) {
  EXPECT_EQ(problem(pair_.refresh), TokenProblem::token_wrong_type);
  EXPECT_EQ(problem(pair_.access, TokenType::refresh), TokenProblem::token_wrong_type);
}

// SECURITY-4
TEST_F(TokensTest, RefusesForgeries) {
  Tokens stranger(SecretKey::random(), [this] { return now_; });
  EXPECT_EQ(problem(stranger.issue({42}, credential_, {}).access), TokenProblem::token_forged);

  const std::string header = R"({"alg":"HS256","typ":"JWT"})";
  const std::string claims =
      R"({"sub":"1","cver":"00000000000000000000000000000001","typ":"access","iat":1,"exp":4000000000,)"
      R"("jti":"00000000000000000000000000000001","roles":["administrator"]})";
  const std::string ours = signed_with(key_, header, claims);
  EXPECT_TRUE(tokens_.validate(ours, TokenType::access).has_value());  // the recipe below is right
  EXPECT_EQ(problem(signed_with(SecretKey::random(), header, claims)), TokenProblem::token_forged);

  const std::string none =
      base64url(R"({"alg":"none","typ":"JWT"})") + "." + base64url(claims) + ".";
  EXPECT_EQ(problem(none), TokenProblem::token_forged);
  const std::string none_signed = signed_with(key_, R"({"alg":"none","typ":"JWT"})", claims);
  EXPECT_EQ(problem(none_signed), TokenProblem::token_forged);

  // Another algorithm, even under the right key, is not one of ours.
  jwt_t* other = nullptr;
  ASSERT_EQ(jwt_new(&other), 0);
  ASSERT_EQ(jwt_add_grants_json(other, claims.c_str()), 0);
  ASSERT_EQ(jwt_set_alg(other, JWT_ALG_HS512, key_.bytes().data(), SecretKey::size), 0);
  char* text = jwt_encode_str(other);
  EXPECT_EQ(problem(text), TokenProblem::token_forged);
  std::free(text);
  jwt_free(other);

  // A changed claim under the old signature.
  const std::size_t dot = pair_.access.find('.');
  const std::size_t second_dot = pair_.access.find('.', dot + 1);
  EXPECT_EQ(problem(pair_.access.substr(0, dot + 1) + base64url(claims) +
                    pair_.access.substr(second_dot)),
            TokenProblem::token_forged);
  EXPECT_EQ(problem(pair_.access.substr(0, second_dot + 1)), TokenProblem::token_forged);
}

TEST_F(TokensTest, AnyChangedCharacterIsRefused) {
  for (std::size_t i = 0; i + 1 < pair_.access.size();
       ++i) {  // the last one has bits that mean nothing
    std::string altered = pair_.access;
    altered[i] = altered[i] == 'A' ? 'B' : 'A';
    if (altered == pair_.access) continue;
    EXPECT_FALSE(tokens_.validate(altered, TokenType::access).has_value()) << i;
  }
}

TEST_F(TokensTest, RefusesWhatIsNoToken) {
  const std::string header = R"({"alg":"HS256","typ":"JWT"})";
  EXPECT_EQ(problem(""), TokenProblem::token_malformed);
  EXPECT_EQ(problem("abc"), TokenProblem::token_malformed);
  EXPECT_EQ(problem("a.b.c"), TokenProblem::token_malformed);
  EXPECT_EQ(problem("..."), TokenProblem::token_malformed);
  EXPECT_EQ(problem(std::string_view("a\0b", 3)), TokenProblem::token_malformed);
  EXPECT_EQ(problem(std::string(100'000, 'a')), TokenProblem::token_malformed);
  for (
      const char* claims :
      {"{}", "[]", R"({"sub":"1"})",
       R"({"sub":"x","cver":"00000000000000000000000000000001","typ":"access","iat":1,"exp":4000000000,"jti":"00000000000000000000000000000001","roles":[]})",
       R"({"sub":"1","cver":"1","typ":"access","iat":1,"exp":4000000000,"jti":"00000000000000000000000000000001","roles":[]})",
       R"({"sub":"1","cver":"00000000000000000000000000000001","typ":"other","iat":1,"exp":4000000000,"jti":"00000000000000000000000000000001","roles":[]})",
       R"({"sub":"1","cver":"00000000000000000000000000000001","typ":"access","iat":1,"exp":"soon","jti":"00000000000000000000000000000001","roles":[]})"})
    EXPECT_EQ(problem(signed_with(key_, header, claims)), TokenProblem::token_malformed) << claims;
  EXPECT_EQ(tokens_.remembered(), 0u);
}

TEST_F(TokensTest, RemembersABoundedNumber) {
  Tokens small(key_, [this] { return now_; }, {}, 8);
  std::vector<std::string> issued;
  for (std::uint64_t i = 1; i <= 50; ++i) {
    issued.push_back(small.issue({i}, credential_, {}).access);
    ASSERT_TRUE(small.validate(issued.back(), TokenType::access).has_value());
    ASSERT_TRUE(small.validate(issued.front(), TokenType::access).has_value());  // in use: stays
    EXPECT_LE(small.remembered(), 8u);
  }
  for (std::uint64_t i = 1; i <= 50; ++i)
    EXPECT_EQ((*small.validate(issued[i - 1], TokenType::access))->user, UserId{i});
}

}  // namespace
}  // namespace rialto::security
