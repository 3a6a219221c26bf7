// Requests signed with API keys: taken only as they were meant, by whom, from where, and once.
#include <gtest/gtest.h>
#include <sodium.h>

#include <chrono>
#include <filesystem>
#include <fstream>

#include <fmt/format.h>

#include "gateways/rest/key_ring.hpp"
#include "platform/security/signatures.hpp"
#include "tests/http/venue_over_http.hpp"

namespace rialto::test {
namespace {

constexpr std::string_view order =
    R"({"type":"buy","symbol":"BTC-USD","price":"100","quantity":"1"})";

std::int64_t now_ms() {
  return std::chrono::duration_cast<std::chrono::milliseconds>(
             std::chrono::system_clock::now().time_since_epoch())
      .count();
}

std::string hex(const unsigned char* bytes, std::size_t size) {
  std::string text;
  for (std::size_t i = 0; i < size; ++i) text += fmt::format("{:02x}", bytes[i]);
  return text;
}

class ApiKeys : public ::testing::Test {
 protected:
  Answer create(Person& person, std::string_view scopes, std::string_view more = "") {
    return person.http.post(
        "/api/api-keys",
        fmt::format(R"({{"label":"bot","kind":"hmac","scopes":{}{}}})", scopes, more));
  }
  /// The headers of a request signed `skew` milliseconds from now.
  static std::string sign(const Answer& key, std::string_view method, std::string_view target,
                          std::string_view body = "", std::int64_t skew = 0) {
    const std::string at = std::to_string(now_ms() + skew);
    const std::string path(target.substr(0, target.find('?')));
    const std::string query(target.size() > path.size() ? target.substr(path.size() + 1) : "");
    const std::string text = rest::signed_text(method, path, query, at, body);
    return fmt::format("X-API-Key: {}\r\nX-Timestamp: {}\r\nX-Signature: {}\r\n", key.at("key"), at,
                       security::hmac_sha256(key.at("secret"), text));
  }
  Answer ask(const Answer& key, std::string_view method, std::string_view target,
             std::string_view body = "") {
    return http.ask(method, target, body, sign(key, method, target, body));
  }

  VenueOverHttp venue;
  Person root = venue.administrator();
  Person alice = venue.person("alice");
  HttpClient http = venue.client();
};

TEST_F(ApiKeys, a_secret_is_shown_once_and_signs) {
  venue.fund(root, alice, "USD", "1000");
  const Answer key = create(alice, R"(["read","trade"])");
  ASSERT_EQ(key.status, 201) << key.body;
  EXPECT_EQ(key.at("secret").size(), 64u);
  EXPECT_EQ(key.at("key").size(), 32u);
  EXPECT_EQ(key.at("scopes.1"), "trade");
  EXPECT_EQ(key.header("Cache-Control"), "no-store");
  const Answer list = alice.http.get("/api/api-keys");
  EXPECT_EQ(list.at("items.0.label"), "bot");
  EXPECT_EQ(list.at("items.0.key"), key.at("key"));
  EXPECT_EQ(list.body.find(key.at("secret")), std::string::npos);

  EXPECT_EQ(ask(key, "GET", alice.wallet_path()).at("balance.USD"), "1000");
  const Answer placed = ask(key, "POST", "/api/orders", order);
  ASSERT_EQ(placed.status, 201) << placed.body;
  EXPECT_EQ(placed.at("walletId"), std::to_string(alice.wallet.value));
  EXPECT_EQ(ask(key, "GET", "/api/orders?status=pending&limit=5").size("items"), 1u);
}

TEST_F(ApiKeys, whatever_is_changed_on_the_way_is_not_taken) {
  venue.fund(root, alice, "USD", "1000");
  const Answer key = create(alice, R"(["read","trade"])");
  const std::string good = sign(key, "POST", "/api/orders", order);
  const auto refused = [&](std::string_view method, std::string_view target, std::string_view body,
                           std::string_view headers, std::string_view code) {
    const Answer answer = http.ask(method, target, body, headers);
    EXPECT_EQ(answer.status, 401) << answer.body;
    EXPECT_EQ(answer.code(), code);
  };
  std::string dearer(order);
  dearer.replace(dearer.find("100"), 3, "900");
  refused("POST", "/api/orders", dearer, good, "signature_wrong");
  refused("POST", "/api/orders?x=1", order, good, "signature_wrong");
  refused("GET", "/api/orders", "", good, "signature_wrong");
  const std::string key_only = good.substr(0, good.find("\r\n") + 2);
  refused("POST", "/api/orders", order, key_only, "signature_missing");
  refused("POST", "/api/orders", order, key_only + "X-Timestamp: soon\r\nX-Signature: 0\r\n",
          "timestamp_malformed");
  for (const std::int64_t skew : {-6'000, 6'000})
    refused("GET", "/api/orders", "", sign(key, "GET", "/api/orders", "", skew),
            "timestamp_outside_window");
  std::string stranger = good;
  stranger.replace(11, 32, std::string(32, 'a'));
  refused("POST", "/api/orders", order, stranger, "api_key_unknown");
  EXPECT_EQ(http.ask("POST", "/api/orders", order, good).status, 201) << "as it was signed";
}

// REST-11
TEST_F(ApiKeys, a_mutation_is_taken_once_a_read_again) {
  venue.fund(root, alice, "USD", "1000");
  const Answer key = create(alice, R"(["read","trade"])");
  const std::string signed_order = sign(key, "POST", "/api/orders", order);
  EXPECT_EQ(http.ask("POST", "/api/orders", order, signed_order).status, 201);
  const Answer again = http.ask("POST", "/api/orders", order, signed_order);
  EXPECT_EQ(again.status, 409);
  EXPECT_EQ(again.code(), "request_replayed");
  std::string upper = signed_order;  // the same signature, spelt otherwise
  for (std::size_t i = upper.find("X-Signature: ") + 13; i < upper.size(); ++i)
    upper[i] = static_cast<char>(std::toupper(static_cast<unsigned char>(upper[i])));
  EXPECT_EQ(http.ask("POST", "/api/orders", order, upper).code(), "request_replayed");
  EXPECT_EQ(alice.http.get("/api/orders").size("items"), 1u);
  const std::string signed_read = sign(key, "GET", "/api/orders");
  EXPECT_EQ(http.ask("GET", "/api/orders", "", signed_read).status, 200);
  EXPECT_EQ(http.ask("GET", "/api/orders", "", signed_read).status, 200);
}

TEST_F(ApiKeys, a_key_does_what_its_scopes_say_and_never_more_than_its_user) {
  const Answer reader = create(root, R"(["read"])");
  EXPECT_EQ(ask(reader, "GET", "/api/wallets").size("items"), 1u) << "not as an administrator";
  const Answer refused = ask(reader, "POST", "/api/orders", order);
  EXPECT_EQ(refused.status, 403);
  EXPECT_EQ(refused.code(), "scope_required");
  EXPECT_EQ(refused.at("details.scopes.0"), "trade");
  EXPECT_EQ(ask(reader, "POST", root.wallet_path() + "/credit", R"({"amount":"1"})").code(),
            "scope_required");
  EXPECT_EQ(ask(reader, "POST", "/api/api-keys", R"({"label":"x","kind":"hmac","scopes":["read"]})")
                .code(),
            "scope_required");
  const Answer powerful = create(root, R"(["read","admin"])");
  EXPECT_EQ(ask(powerful, "POST", root.wallet_path() + "/credit", R"({"amount":"1"})").status, 200);
  EXPECT_EQ(
      ask(powerful, "POST", "/api/api-keys", R"({"label":"x","kind":"hmac","scopes":["trade"]})")
          .code(),
      "scope_required")
      << "no more than it may do itself";
  const Answer customer = create(alice, R"(["read","trade","transfer","admin"])");
  EXPECT_EQ(ask(customer, "POST", alice.wallet_path() + "/credit", R"({"amount":"1"})").code(),
            "administrator_only");
}

TEST_F(ApiKeys, a_key_ends_at_once) {
  const Answer key = create(alice, R"(["read"])");
  const std::string path = "/api/api-keys/" + key.at("apiKeyId");
  auto bob = venue.person("bob");
  EXPECT_EQ(bob.http.remove(path).code(), "api_key_not_found");
  EXPECT_EQ(bob.http.get("/api/api-keys").size("items"), 0u);
  EXPECT_EQ(root.http.get("/api/api-keys").size("items"), 1u);
  const Answer revoked = alice.http.remove(path);
  EXPECT_EQ(revoked.at("revoked"), "true") << revoked.body;
  EXPECT_EQ(ask(key, "GET", "/api/orders").code(), "api_key_unknown");
  EXPECT_EQ(alice.http.remove(path).code(), "api_key_not_found");
  EXPECT_EQ(alice.http.get("/api/api-keys").size("items"), 0u);

  const Answer of_bob = create(bob, R"(["read"])");
  EXPECT_EQ(ask(of_bob, "GET", "/api/orders").status, 200);
  EXPECT_EQ(bob.http.remove("/api/users/profile").status, 200);
  EXPECT_EQ(ask(of_bob, "GET", "/api/orders").code(), "api_key_unknown");
  EXPECT_EQ(root.http.get("/api/api-keys").size("items"), 0u);

  const Answer brief =
      create(root, R"(["read"])", fmt::format(R"(,"expireTime":{})", now_ms() + 3'600'000));
  ASSERT_EQ(brief.status, 201) << brief.body;
  EXPECT_EQ(ask(brief, "GET", "/api/orders").status, 200);
  venue.advance_wall(std::chrono::hours(2));
  const std::string late = sign(brief, "GET", "/api/orders", "", 7'200'000);
  EXPECT_EQ(http.ask("GET", "/api/orders", "", late).code(), "api_key_expired");
}

TEST_F(ApiKeys, an_address_that_is_not_listed_is_refused) {
  const Answer elsewhere = create(alice, R"(["read"])", R"(,"ipAllow":["192.0.2.0/24"])");
  const Answer refused = ask(elsewhere, "GET", "/api/orders");
  EXPECT_EQ(refused.status, 403);
  EXPECT_EQ(refused.code(), "address_not_allowed");
  const Answer here = create(alice, R"(["read"])", R"(,"ipAllow":["192.0.2.0/24","127.0.0.0/8"])");
  EXPECT_EQ(ask(here, "GET", "/api/orders").status, 200);
  EXPECT_EQ(here.at("ipAllow.1"), "127.0.0.0/8");
}

TEST_F(ApiKeys, ed25519_signs_without_a_secret_of_ours) {
  unsigned char public_key[crypto_sign_PUBLICKEYBYTES];
  unsigned char secret_key[crypto_sign_SECRETKEYBYTES];
  crypto_sign_keypair(public_key, secret_key);
  const Answer key = alice.http.post(
      "/api/api-keys",
      fmt::format(R"({{"label":"b","kind":"ed25519","scopes":["read"],"publicKey":"{}"}})",
                  hex(public_key, sizeof public_key)));
  ASSERT_EQ(key.status, 201) << key.body;
  EXPECT_EQ(key.at("secret"), "(none)");
  EXPECT_EQ(key.at("publicKey"), hex(public_key, sizeof public_key));
  const std::string at = std::to_string(now_ms());
  const std::string text = rest::signed_text("GET", "/api/orders", "", at, "");
  unsigned char signature[crypto_sign_BYTES];
  crypto_sign_detached(signature, nullptr, reinterpret_cast<const unsigned char*>(text.data()),
                       text.size(), secret_key);
  const auto headers = [&](const std::string& signed_by) {
    return fmt::format("X-API-Key: {}\r\nX-Timestamp: {}\r\nX-Signature: {}\r\n", key.at("key"), at,
                       signed_by);
  };
  EXPECT_EQ(http.ask("GET", "/api/orders", "", headers(hex(signature, sizeof signature))).status,
            200);
  signature[0] ^= 1;
  EXPECT_EQ(http.ask("GET", "/api/orders", "", headers(hex(signature, sizeof signature))).code(),
            "signature_wrong");
}

TEST_F(ApiKeys, what_no_key_can_be_is_refused) {
  const auto code = [&](std::string_view body) {
    return alice.http.post("/api/api-keys", body).code();
  };
  EXPECT_EQ(code(R"({"kind":"hmac","scopes":["read"]})"), "field_missing");
  EXPECT_EQ(code(R"({"label":"","kind":"hmac","scopes":["read"]})"), "label_malformed");
  EXPECT_EQ(code(R"({"label":"x","kind":"rsa","scopes":["read"]})"), "unknown_value");
  EXPECT_EQ(code(R"({"label":"x","kind":"hmac","scopes":["root"]})"), "unknown_value");
  EXPECT_EQ(code(R"({"label":"x","kind":"hmac","scopes":[]})"), "scopes_required");
  EXPECT_EQ(code(R"({"label":"x","kind":"hmac"})"), "scopes_required");
  EXPECT_EQ(code(R"({"label":"x","kind":"hmac","scopes":["read"],"publicKey":"00"})"),
            "public_key_not_allowed");
  EXPECT_EQ(code(R"({"label":"x","kind":"ed25519","scopes":["read"],"publicKey":"00"})"),
            "public_key_malformed");
  EXPECT_EQ(code(R"({"label":"x","kind":"ed25519","scopes":["read"]})"), "public_key_malformed");
  EXPECT_EQ(code(R"({"label":"x","kind":"hmac","scopes":["read"],"ipAllow":["here"]})"),
            "address_malformed");
  EXPECT_EQ(code(R"({"label":"x","kind":"hmac","scopes":["read"],"expireTime":"soon"})"),
            "expire_time_malformed");
  EXPECT_EQ(code(R"({"label":"x","kind":"hmac","scopes":["read"],"expireTime":1000})"),
            "api_key_expiry_in_the_past");
  EXPECT_EQ(code(R"({"label":"x","kind":"hmac","scopes":["read"],"ipallow":["127.0.0.1"]})"),
            "unknown_field");
}

TEST(ApiKeysAfterARestart, still_sign_and_the_log_holds_no_secret) {
  const auto directory =
      std::filesystem::temp_directory_path() / fmt::format("rialto-keys-{}", ::getpid());
  std::filesystem::create_directory(directory);
  std::optional<Answer> key;
  const auto signed_read = [&](VenueOverHttp& venue) {
    const std::string at = std::to_string(now_ms());
    const std::string text = rest::signed_text("GET", "/api/orders", "", at, "");
    return venue.client().ask(
        "GET", "/api/orders", "",
        fmt::format("X-API-Key: {}\r\nX-Timestamp: {}\r\nX-Signature: {}\r\n", key->at("key"), at,
                    security::hmac_sha256(key->at("secret"), text)));
  };
  {
    VenueOverHttp venue({.directory = directory.string()});
    auto alice = venue.person("alice");
    key = alice.http.post("/api/api-keys",
                          R"({"label":"my own bot","kind":"hmac","scopes":["read"]})");
    EXPECT_EQ(signed_read(venue).status, 200);
  }
  for (const auto& entry : std::filesystem::recursive_directory_iterator(directory)) {
    if (!entry.is_regular_file()) continue;
    std::ifstream file(entry.path());
    const std::string bytes{std::istreambuf_iterator<char>(file), {}};
    EXPECT_EQ(bytes.find(key->at("secret")), std::string::npos) << entry.path();
    EXPECT_EQ(bytes.find("my own bot"), std::string::npos) << entry.path();
  }
  {
    VenueOverHttp venue({.directory = directory.string()});
    EXPECT_EQ(signed_read(venue).status, 200);
  }
  std::filesystem::remove_all(directory);
}

TEST(ApiKeysDocument, its_worked_example_is_right) {
  std::ifstream file(RIALTO_API_KEYS_DOCUMENT);
  const std::string document{std::istreambuf_iterator<char>(file), {}};
  const auto written = [&](const std::string& text) {
    EXPECT_NE(document.find(text), std::string::npos) << text;
    return text;
  };
  const std::string body =
      written(R"({"type":"buy","symbol":"BTC-USD","price":"50000","quantity":"0.1"})");
  written("POST /api/orders?portfolioId=1");
  const std::string text =
      rest::signed_text("POST", "/api/orders", "portfolioId=1", written("1700000000000"), body);
  const std::string secret =
      written("9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08");
  written("X-Signature  " + security::hmac_sha256(secret, text));
  const auto key = security::parse_public_key(
      written("d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a"));
  ASSERT_TRUE(key);
  EXPECT_TRUE(security::ed25519_matches(
      *key, text,
      written("9c74019fe2c52a6c8f97f32c80f8bc46f80f26d3976966d54dc60590b14b192aff3d1acc2fbf0a3b06d4"
              "daebc8e9e4f7e4b873d0532806da166c0ae6474c6709")));
}

}  // namespace
}  // namespace rialto::test
