// Who people are over HTTP: registration, passwords, roles, deletion, limits, and what crashes
// leave.
#include <gtest/gtest.h>

#include <fmt/format.h>

#include "tests/http/venue_over_http.hpp"

namespace rialto::test {
namespace {

std::string application(std::string_view name, std::string_view email, std::string_view password) {
  return fmt::format(R"({{"userName":"{}","email":"{}","password":"{}"}})", name, email, password);
}

std::string credentials_of(std::string_view name, std::string_view password) {
  return fmt::format(R"({{"userName":"{}","password":"{}"}})", name, password);
}

TEST(People, register_under_rules) {
  VenueOverHttp venue;
  auto http = venue.client();
  struct Row {
    std::string body;
    int status;
    const char* code;
  };
  ASSERT_EQ(http.post("/api/users", application("Ada", "ada@example.org", "12345678")).status, 201);
  const std::size_t credentials = venue.credentials().ids()->size();
  for (const Row& row : std::initializer_list<Row>{
           {application("ada", "other@example.org", "12345678"), 409, "user_name_taken"},
           {application("bea", " ADA@example.org", "12345678"), 400, "email_malformed"},
           {application("bea", "ADA@EXAMPLE.org", "12345678"), 409, "email_taken"},
           {application("", "bea@example.org", "12345678"), 400, "user_name_malformed"},
           {application("be a", "bea@example.org", "12345678"), 400, "user_name_malformed"},
           {application(std::string(65, 'b'), "bea@example.org", "12345678"), 400,
            "user_name_malformed"},
           {application("bea", "bea", "12345678"), 400, "email_malformed"},
           {application("bea", "@example.org", "12345678"), 400, "email_malformed"},
           {application("bea", std::string(260, 'b') + "@example.org", "12345678"), 400,
            "email_malformed"},
           {application("bea", "bea@example.org", "1234567"), 400, "password_length"},
           {application("bea", "bea@example.org", std::string(1025, 'p')), 400, "password_length"},
           {R"({"userName":"bea","email":"bea@example.org"})", 400, "field_missing"},
           {R"({"userName":7,"email":"bea@example.org","password":"12345678"})", 400,
            "field_has_wrong_type"}}) {
    const Answer answer = http.post("/api/users/register", row.body);
    EXPECT_EQ(answer.status, row.status) << row.body << answer.body;
    EXPECT_EQ(answer.code(), row.code) << row.body << answer.body;
  }
  EXPECT_EQ(venue.credentials().ids()->size(), credentials)
      << "a refused registration leaves no secret";
}

// REST-5
TEST(People, racing_for_one_name_leave_one_user_and_no_orphan) {
  VenueOverHttp venue;
  const std::size_t credentials = venue.credentials().ids()->size();
  std::atomic<int> made = 0;
  std::atomic<int> refused = 0;
  {
    std::vector<std::jthread> threads;
    for (int i = 0; i < 4; ++i)
      threads.emplace_back([&, i] {
        auto http = venue.client();
        const Answer answer = http.post(
            "/api/users", application("Same", fmt::format("same{}@example.org", i), "12345678"));
        made += answer.status == 201;
        refused += answer.status == 409;
      });
  }
  EXPECT_EQ(made, 1);
  EXPECT_EQ(refused, 3);
  EXPECT_EQ(venue.credentials().ids()->size(), credentials + 1);
}

TEST(People, who_give_a_wrong_password_learn_nothing) {
  VenueOverHttp venue;
  venue.person("ada");
  auto http = venue.client();
  const Answer wrong = http.post("/api/users/login", credentials_of("ada", "not the password"));
  const Answer nobody = http.post("/api/users/login", credentials_of("nobody", "not the password"));
  EXPECT_EQ(wrong.status, 401);
  EXPECT_EQ(nobody.body, wrong.body);
}

// REST-1
TEST(People, a_changed_password_ends_every_token) {
  VenueOverHttp venue;
  auto ada = venue.person("ada");
  const Answer changed =
      ada.http.put("/api/users/profile", R"({"password":"a new password","email":"a@b.org"})");
  ASSERT_EQ(changed.status, 200) << changed.body;
  EXPECT_EQ(changed.at("email"), "a@b.org");
  EXPECT_EQ(changed.at("userName"), "ada");
  EXPECT_EQ(ada.http.get("/api/users/profile").code(), "token_revoked");
  auto http = venue.client(changed.at("accessToken"));
  EXPECT_EQ(http.get("/api/users/profile").status, 200);
  EXPECT_EQ(http.post("/api/users/login", credentials_of("ada", "password of ada")).status, 401);
  EXPECT_EQ(http.post("/api/users/login", credentials_of("ada", "a new password")).status, 200);
  EXPECT_EQ(venue.credentials().ids()->size(), 1u) << "the old hash is gone";
}

TEST(People, a_changed_name_keeps_tokens_and_frees_the_old_name) {
  VenueOverHttp venue;
  auto ada = venue.person("ada");
  auto bea = venue.person("bea");
  EXPECT_EQ(ada.http.put("/api/users/profile", R"({"userName":"BEA"})").code(), "user_name_taken");
  EXPECT_EQ(ada.http.put("/api/users/profile", R"({"userName":"Countess"})").at("userName"),
            "Countess");
  EXPECT_EQ(ada.http.get("/api/users/profile").at("userName"), "Countess");
  EXPECT_EQ(bea.http.put("/api/users/profile", R"({"userName":"ada"})").status, 200);
}

TEST(People, roles_are_an_administrators_to_give_and_count_at_once) {
  VenueOverHttp venue;
  auto root = venue.administrator();
  auto ada = venue.person("ada");
  const std::string path = "/api/users/" + std::to_string(ada.user.value);
  EXPECT_EQ(ada.http.put("/api/users/profile", R"({"roles":["administrator"]})").status, 403);
  EXPECT_EQ(ada.http.put(path, R"({"roles":["administrator"]})").status, 403);
  EXPECT_EQ(ada.http.get("/api/users").status, 403);
  EXPECT_EQ(ada.http.get("/api/users/" + std::to_string(root.user.value)).status, 404);
  EXPECT_EQ(root.http.put(path, R"({"roles":["king"]})").status, 400);
  const Answer changed = root.http.put(path, R"({"roles":["market_maker"]})");
  EXPECT_EQ(changed.at("roles.0"), "market_maker") << changed.body;
  EXPECT_EQ(ada.http.get("/api/users/profile").code(), "token_revoked");
  EXPECT_EQ(root.http.get("/api/users").size("items"), 2u);
  EXPECT_EQ(root.http.get("/api/users?limit=1").size("items"), 1u);
  const Answer self = root.http.put("/api/users/profile", R"({"roles":["trader"]})");
  EXPECT_EQ(self.code(), "last_administrator_must_stay") << self.body;
  EXPECT_EQ(root.http.put("/api/users/999", R"({"roles":["trader"]})").status, 404);
}

// REST-6
TEST(People, changed_from_two_sides_lose_neither_change) {
  VenueOverHttp venue;
  auto root = venue.administrator();
  auto ada = venue.person("ada");
  const std::string path = "/api/users/" + std::to_string(ada.user.value);
  // Each changes its own half again and again; where the other one is at it, it is told so and
  // tries again.
  const auto change = [&](auto body_of) {
    auto http = venue.client(root.http.token());
    for (int i = 0; i < 40;) {
      const Answer answer = http.put(path, body_of(i));
      if (answer.status == 200)
        ++i;
      else
        ASSERT_EQ(answer.code(), "user_is_being_changed") << answer.body;
    }
  };
  {
    const std::jthread mail([&] {
      change([](int i) { return fmt::format(R"({{"email":"ada{}@example.org"}})", i); });
    });
    const std::jthread roles([&] {
      change([](int i) {
        return std::string(i % 2 ? R"({"roles":["market_maker"]})" : R"({"roles":["trader"]})");
      });
    });
  }
  const Answer profile = root.http.get(path);
  EXPECT_EQ(profile.at("email"), "ada39@example.org");
  EXPECT_EQ(profile.at("roles.0"), "market_maker");
}

TEST(People, who_leave_are_forgotten) {
  VenueOverHttp venue;
  auto root = venue.administrator();
  auto ada = venue.person("ada");
  venue.fund(root, ada, "USD", "1");
  EXPECT_EQ(ada.http.remove("/api/users/profile").code(), "user_has_funds_or_orders");
  ASSERT_EQ(root.http.post(ada.wallet_path() + "/debit", R"({"amount":"1"})").status, 200);
  const Fingerprint person = venue.read([&](const projections::Replica& replica) {
    return replica.venue().identity.user(ada.user)->person;
  });
  ASSERT_TRUE(venue.vault().seal(person, "userName", "x").has_value());
  const Answer gone = ada.http.remove("/api/users/profile");
  ASSERT_EQ(gone.status, 200) << gone.body;
  EXPECT_EQ(ada.http.get("/api/users/profile").status, 401);
  EXPECT_FALSE(venue.vault().seal(person, "userName", "x").has_value())
      << "the person's key is erased";
  EXPECT_EQ(venue.credentials().ids()->size(), 1u) << "only the administrator's is left";
  EXPECT_EQ(
      venue.client().post("/api/users/login", credentials_of("ada", "password of ada")).status,
      401);
  EXPECT_EQ(venue.person("ada").user.value, ada.user.value + 1)
      << "the name is free, the number is not";
}

TEST(People, are_limited_in_how_often_they_ask) {
  VenueOptions options;
  options.rest.requests = {.per_second = 0.001, .burst = 3, .spare_loopback = false};
  options.rest.attempts = {.per_second = 0.001, .burst = 2, .spare_loopback = false};
  VenueOverHttp venue(std::move(options));
  auto ada = venue.person("ada");
  for (int i = 0; i < 3; ++i) EXPECT_EQ(ada.http.get("/api/users/profile").status, 200);
  const Answer limited = ada.http.get("/api/users/profile");
  EXPECT_EQ(limited.status, 429);
  EXPECT_EQ(limited.code(), "rate_limited");
  EXPECT_NE(limited.head.find("Retry-After: "), std::string::npos);
  // One attempt to log in was made above; the address' requests are a bucket of their own.
  EXPECT_EQ(venue.client().post("/api/users/login", credentials_of("ada", "wrong wrong")).status,
            401);
  EXPECT_EQ(venue.client().post("/api/users/login", credentials_of("ADA ", "wrong wrong")).status,
            429);
}

TEST(People, and_tokens_survive_a_restart) {
  const auto directory =
      std::filesystem::temp_directory_path() / fmt::format("rialto-restart-{}", ::getpid());
  std::filesystem::create_directory(directory);
  std::string token;
  std::string wallet;
  {
    VenueOptions options;
    options.directory = directory.string();
    VenueOverHttp venue(std::move(options));
    auto ada = venue.person("ada");
    token = ada.http.token();
    wallet = ada.wallet_path();
  }
  {
    VenueOptions options;
    options.directory = directory.string();
    VenueOverHttp venue(std::move(options));
    auto http = venue.client(token);
    EXPECT_EQ(http.get("/api/users/profile").at("userName"), "ada");
    EXPECT_EQ(http.get(wallet).status, 200);
  }
  std::filesystem::remove_all(directory);
}

}  // namespace
}  // namespace rialto::test
