// Secrets of API keys at rest, and the signatures they check.
#include <gtest/gtest.h>

#include <fstream>

#include "platform/security/api_key_secrets.hpp"
#include "platform/security/signatures.hpp"
#include "platform/security/tests/temporary_directory.hpp"

namespace rialto::security::test {
namespace {

// RFC 4231, test case 2.
TEST(Signatures, hmac_is_that_of_the_rfc) {
  constexpr std::string_view mac =
      "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843";
  EXPECT_EQ(hmac_sha256("Jefe", "what do ya want for nothing?"), mac);
  EXPECT_TRUE(hmac_matches("Jefe", "what do ya want for nothing?", mac));
  std::string upper(mac);
  for (char& c : upper) c = static_cast<char>(std::toupper(static_cast<unsigned char>(c)));
  EXPECT_TRUE(hmac_matches("Jefe", "what do ya want for nothing?", upper));
  EXPECT_FALSE(hmac_matches("Jefe", "what do ya want for nothing!", mac));
  EXPECT_FALSE(hmac_matches("jefe", "what do ya want for nothing?", mac));
  for (const std::string& signature :
       {std::string(), std::string(mac.substr(2)), std::string(mac) + "00", "zz" + upper.substr(2)})
    EXPECT_FALSE(hmac_matches("Jefe", "what do ya want for nothing?", signature)) << signature;
}

constexpr std::string_view public_hex =
    "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a";
constexpr std::string_view public_base64 = "11qYAYKxCrfVS/7TyWQHOg7hcvPapiMlrwIaaPcHURo=";

// RFC 8032, section 7.1, test 1: the empty message.
TEST(Signatures, ed25519_is_that_of_the_rfc) {
  constexpr std::string_view signature =
      "e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e06522490155"
      "5fb8821590a33bacc61e39701cf9b46bd25bf5f0595bbe24655141438e7a100b";
  const auto key = parse_public_key(public_hex);
  ASSERT_TRUE(key);
  EXPECT_TRUE(ed25519_matches(*key, "", signature));
  EXPECT_TRUE(ed25519_matches(*key, "",
                              "5VZDAMNgrHKQhuLMgG6CioSHfx645dl02HPgZSJJAVVfuIIVkKM7rMYeOXAc+"
                              "bRr0lv18FlbviRlUUFDjnoQCw=="));
  EXPECT_FALSE(ed25519_matches(*key, " ", signature));
  EXPECT_FALSE(ed25519_matches(*key, "", signature.substr(2)));
  EXPECT_FALSE(ed25519_matches(*key, "", ""));
}

TEST(Signatures, a_public_key_is_read_in_three_spellings) {
  const std::string pem = "-----BEGIN PUBLIC KEY-----\nMCowBQYDK2VwAyEA" +
                          std::string(public_base64) + "\n-----END PUBLIC KEY-----\n";
  const auto key = parse_public_key(public_hex);
  ASSERT_TRUE(key);
  EXPECT_EQ(parse_public_key(public_base64), key);
  EXPECT_EQ(parse_public_key(pem), key);
}

TEST(Signatures, what_is_no_public_key_is_refused) {
  for (const std::string& text :
       {std::string(), std::string(public_hex.substr(1)), std::string(public_hex) + "0",
        std::string(public_base64.substr(1)), std::string(64, '0'),
        "01" + std::string(62, '0'),  // points of small order
        std::string("-----BEGIN PUBLIC KEY-----"),
        std::string("-----BEGIN PUBLIC KEY-----\n-----END PUBLIC KEY-----"),
        "-----BEGIN PUBLIC KEY-----\nMCowBQYDK2VuAyEA" + std::string(public_base64) +
            "\n-----END PUBLIC KEY-----"})  // X25519
    EXPECT_FALSE(parse_public_key(text)) << text;
}

// SECURITY-6
TEST(ApiKeySecrets, are_sealed_under_the_venues_key) {
  TemporaryDirectory directory;
  const SecretKey venue = SecretKey::random();
  const std::string secret = ApiKeySecrets::random_secret();
  EXPECT_EQ(secret.size(), 64u);
  EXPECT_NE(secret, ApiKeySecrets::random_secret());
  Fingerprint credential;
  {
    auto database = Database::open(directory.path("people.sqlite"));
    CredentialStore store(**database);
    ApiKeySecrets secrets(store, venue);
    const auto put = secrets.put({secret, "my bot", {"192.0.2.0/24"}});
    ASSERT_TRUE(put);
    credential = *put;
  }
  for (const char* name : {"people.sqlite", "people.sqlite-wal"}) {
    std::ifstream file(directory.path(name));
    const std::string bytes{std::istreambuf_iterator<char>(file), {}};
    EXPECT_EQ(bytes.find(secret), std::string::npos) << name;
    EXPECT_EQ(bytes.find("my bot"), std::string::npos) << name;
  }
  auto database = Database::open(directory.path("people.sqlite"));
  CredentialStore store(**database);
  ApiKeySecrets secrets(store, venue);
  const auto found = secrets.find(credential);
  ASSERT_TRUE(found);
  EXPECT_EQ(found->material, secret);
  EXPECT_EQ(found->label, "my bot");
  EXPECT_EQ(found->addresses, std::vector<std::string>{"192.0.2.0/24"});

  ApiKeySecrets elsewhere(store, SecretKey::random());
  EXPECT_EQ(elsewhere.find(credential).error(), StoreError::unreadable);
  EXPECT_EQ(secrets.find(*store.put("$argon2id$of a password")).error(), StoreError::unreadable);
  EXPECT_EQ(secrets.find(*store.put("apikey1$00")).error(), StoreError::unreadable);
  EXPECT_TRUE(secrets.remove(credential));
  EXPECT_EQ(secrets.find(credential).error(), StoreError::not_found);
}

}  // namespace
}  // namespace rialto::security::test
