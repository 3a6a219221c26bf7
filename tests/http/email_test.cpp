// E-mail of a whole venue: from an event to a mail server that really receives it, once per cause
// through restarts and rebuilds, and to nobody who is erased.
#include <gtest/gtest.h>

#include <fmt/format.h>

#include <fstream>
#include <iterator>

#include "tests/http/venue_over_http.hpp"
#include "tests/mail/smtp_server.hpp"

namespace rialto::test {
namespace {

constexpr const char* preferences = "/api/notifications/preferences";

class Email : public ::testing::Test {
 protected:
  Email()
      : directory(std::filesystem::temp_directory_path() /
                  fmt::format("rialto-email-{}", ::getpid())) {
    std::filesystem::remove_all(directory);
    std::filesystem::create_directory(directory);
  }
  ~Email() override { std::filesystem::remove_all(directory); }
  VenueOptions options() {
    VenueOptions chosen;
    chosen.directory = directory.string();
    chosen.smtp = server.url();
    return chosen;
  }
  /// Waits till a letter has reached that state: letters are noted behind the server's answer.
  static Answer letters(Person& root, const std::string& state, std::size_t count) {
    Answer answer;
    for (int i = 0; i < 2'000; ++i) {
      answer = root.http.get("/api/admin/outbox?state=" + state);
      if (answer.size("items") >= count) break;
      std::this_thread::sleep_for(std::chrono::milliseconds(5));
    }
    return answer;
  }

  SmtpServer server;
  const std::filesystem::path directory;
};

TEST_F(Email, comes_for_what_was_chosen_and_once) {
  std::string root_token;
  {
    VenueOverHttp venue(options());
    Person root = venue.administrator();
    root_token = root.http.token();
    Person ada = venue.person("ada");
    venue.fund(root, ada, "USD", "1");  // before it was chosen
    ASSERT_EQ(
        ada.http.put(preferences, R"({"wallet":{"email":true},"messages":{"email":true}})").status,
        200);
    venue.fund(root, ada, "USD", "2.5");
    ASSERT_EQ(
        ada.http.post("/api/notifications", R"({"title":"grüße","message":"an mich"})").status,
        201);
    ASSERT_TRUE(server.wait_for(2));
    EXPECT_EQ(letters(root, "sent", 2).size("items"), 2u);
    EXPECT_EQ(ada.http.get("/api/admin/outbox").status, 403);
    EXPECT_EQ(root.http.get("/api/admin/outbox?state=lost").status, 400);
  }
  const auto mails = server.mails();
  ASSERT_EQ(mails.size(), 2u);
  EXPECT_EQ(mails[0].to, std::vector<std::string>{"ada@example.org"});
  EXPECT_EQ(mails[0].header("Subject"), "Wallet credited");
  EXPECT_NE(mails[0].data.find("USD +2.5\r\n"), std::string::npos) << mails[0].data;
  EXPECT_EQ(mails[1].header("Subject"), "=?UTF-8?Q?gr=C3=BC=C3=9Fe?=");
  EXPECT_NE(mails[0].header("Message-ID"), mails[1].header("Message-ID"));
  // Read models made anew tell everything again; the outbox knows.
  std::filesystem::remove_all(directory / "projections");
  VenueOverHttp venue(options());
  Person bob = venue.person("bob");
  ASSERT_EQ(bob.http.put(preferences, R"({"messages":{"email":true}})").status, 200);
  ASSERT_EQ(bob.http.post("/api/notifications", R"({"message":"the next one"})").status, 201);
  ASSERT_TRUE(server.wait_for(3));
  EXPECT_EQ(server.mails()[2].to, std::vector<std::string>{"bob@example.org"});
  EXPECT_EQ(venue.client(root_token).get("/api/admin/outbox").size("items"), 3u);
}

TEST_F(Email, goes_to_the_address_of_the_moment_and_to_nobody_erased) {
  std::atomic<bool> busy = true;
  server.answer_with([&](const std::string& command) -> std::string {
    if (command == "DATA") return "354 go";
    if (command.starts_with("MAIL") && busy) return "451 busy";
    return "250 fine";
  });
  VenueOverHttp venue(options());
  Person root = venue.administrator();
  Person ada = venue.person("ada");
  Person eve = venue.person("eve");
  for (Person* each : {&ada, &eve}) {
    ASSERT_EQ(each->http.put(preferences, R"({"messages":{"email":true}})").status, 200);
    ASSERT_EQ(each->http.post("/api/notifications", R"({"message":"hello"})").status, 201);
  }
  for (int i = 0; i < 2'000; ++i) {
    const Answer waiting = letters(root, "waiting", 2);
    if (waiting.at("items.0.attempts") != "0" && waiting.at("items.1.attempts") != "0") break;
    std::this_thread::sleep_for(std::chrono::milliseconds(5));
  }
  ASSERT_EQ(ada.http.put("/api/users/profile", R"({"email":"moved@example.org"})").status, 200);
  ASSERT_EQ(eve.http.remove("/api/users/profile").status, 200);
  busy = false;
  ASSERT_TRUE(server.wait_for(1));
  const Answer dropped = letters(root, "dropped", 1);
  EXPECT_EQ(dropped.at("items.0.userId"), std::to_string(eve.user.value));
  EXPECT_EQ(letters(root, "sent", 1).size("items"), 1u);
  EXPECT_EQ(server.mails().size(), 1u);
  EXPECT_EQ(server.mails()[0].to, std::vector<std::string>{"moved@example.org"});
}

TEST_F(Email, the_outbox_names_no_address) {
  {
    VenueOverHttp venue(options());
    Person ada = venue.person("ada");
    ASSERT_EQ(ada.http.put(preferences, R"({"messages":{"email":true}})").status, 200);
    ASSERT_EQ(ada.http.post("/api/notifications", R"({"message":"a private word"})").status, 201);
    ASSERT_TRUE(server.wait_for(1));
  }
  std::string all;
  for (const auto& entry : std::filesystem::recursive_directory_iterator(directory)) {
    if (!entry.is_regular_file()) continue;
    std::ifstream in(entry.path(), std::ios::binary);
    all.append(std::istreambuf_iterator<char>(in), {});
  }
  EXPECT_NE(all.find("-messages-"), all.npos) << "the outbox is there";
  EXPECT_EQ(all.find("ada@example.org"), all.npos);
  EXPECT_EQ(all.find("a private word"), all.npos);
}

}  // namespace
}  // namespace rialto::test
