// Letters on their way to a real server that takes them, hesitates, refuses, hangs or is not there;
// and a postman that is killed at the worst moment.
#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

#include <filesystem>

#include "platform/mail/postman.hpp"
#include "tests/mail/smtp_server.hpp"

namespace rialto::test {
namespace {

using namespace rialto::mail;

class Post : public ::testing::Test {
 protected:
  Post() { remove(); }
  ~Post() override { remove(); }
  void remove() {
    for (const char* end : {"", "-wal", "-shm"}) std::filesystem::remove(path + end);
  }
  void write(const std::vector<std::string>& ids) {
    auto outbox = *Outbox::open(path);
    std::vector<NewLetter> letters;
    for (const auto& id : ids) letters.push_back({id, {7}, {std::byte{1}}});
    ASSERT_TRUE(outbox.add(letters, {outbox.position().value + 1}, now));
  }
  std::unique_ptr<Postman> postman(const std::string& url) {
    PostmanSettings settings;
    settings.outbox = path;
    settings.smtp.url = url;
    settings.smtp.reply_timeout_ms = 1'000;
    settings.first_pause_ns = 1'000;
    settings.longest_pause_ns = 3'000;
    settings.most_attempts = 4;
    settings.now = [this] { return now; };
    auto opened = Postman::open(settings, [this](const Letter& letter) {
      return words ? words(letter) : in_words(letter);
    });
    EXPECT_TRUE(opened) << opened.error();
    return std::move(*opened);
  }
  static std::expected<Message, std::string> in_words(const Letter& letter) {
    return Message{"venue@example.org",    "Rialto", "ada@example.org",          "grüße",
                   ".\na dot leads\nné\n", "",       letter.id + "@example.org", {}};
  }
  std::vector<Letter> letters() { return Outbox::open(path)->list({}, 0, 100); }

  const std::string path =
      ::testing::TempDir() + "rialto_post_" + std::to_string(::getpid()) + ".db";
  Timestamp now{1'000'000};
  std::function<std::expected<Message, std::string>(const Letter&)> words;
  SmtpServer server;
};

TEST_F(Post, arrives_as_it_was_written) {
  write({"a", "b"});
  EXPECT_EQ(postman(server.url())->deliver_due(), 2u);
  ASSERT_EQ(server.mails().size(), 2u);
  const ReceivedMail mail = server.mails()[0];
  EXPECT_EQ(mail.from, "venue@example.org");
  EXPECT_EQ(mail.to, std::vector<std::string>{"ada@example.org"});
  EXPECT_EQ(mail.header("Message-ID"), "<a@example.org>");
  EXPECT_EQ(mail.header("Subject"), "=?UTF-8?Q?gr=C3=BC=C3=9Fe?=");
  EXPECT_TRUE(mail.data.ends_with("\r\n\r\n=2E\r\na dot leads\r\nn=C3=A9\r\n")) << mail.data;
  for (const Letter& letter : letters()) EXPECT_EQ(letter.state, LetterState::sent);
  EXPECT_EQ(postman(server.url())->deliver_due(), 0u);
}

TEST_F(Post, waits_longer_and_longer_while_the_server_is_away) {
  std::string nowhere;
  {
    const SmtpServer gone;
    nowhere = gone.url();
  }
  write({"a"});
  const auto carrier = postman(nowhere);
  EXPECT_EQ(carrier->deliver_due(), 1u);
  EXPECT_EQ(letters()[0].next_attempt.value, now.value + 1'000);
  EXPECT_EQ(carrier->deliver_due(), 0u);
  now.value += 1'000;
  EXPECT_EQ(carrier->deliver_due(), 1u);
  EXPECT_EQ(letters()[0].next_attempt.value, now.value + 2'000);
  now.value += 2'000;
  EXPECT_EQ(postman(server.url())->deliver_due(), 1u) << "and comes when it is back";
  EXPECT_EQ(server.mails().size(), 1u);
  EXPECT_EQ(letters()[0].state, LetterState::sent);
  EXPECT_EQ(letters()[0].attempts, 3u);
}

TEST_F(Post, is_dead_when_tried_too_often) {
  server.answer_with([](const std::string& command) {
    return command == "." ? "451 try later" : command == "DATA" ? "354 go" : "250 fine";
  });
  write({"a"});
  const auto carrier = postman(server.url());
  for (int i = 0; i < 10; ++i) {
    carrier->deliver_due();
    now.value += 10'000;
  }
  EXPECT_EQ(letters()[0].state, LetterState::dead);
  EXPECT_EQ(letters()[0].attempts, 4u);
  EXPECT_NE(letters()[0].problem.find("451"), std::string::npos) << letters()[0].problem;
  EXPECT_TRUE(server.mails().empty());
}

TEST_F(Post, is_dead_at_once_when_refused_and_names_nobody) {
  server.answer_with([](const std::string& command) {
    return command.starts_with("RCPT") ? "550 no mailbox ada@example.org here" : "250 fine";
  });
  write({"a", "b"});
  EXPECT_EQ(postman(server.url())->deliver_due(), 2u) << "one refusal does not hold up the next";
  for (const Letter& letter : letters()) {
    EXPECT_EQ(letter.state, LetterState::dead);
    EXPECT_NE(letter.problem.find("550"), std::string::npos) << letter.problem;
    EXPECT_EQ(letter.problem.find("ada"), std::string::npos) << letter.problem;
  }
}

TEST_F(Post, gives_a_silent_server_its_time_and_goes_on) {
  server.answer_with(
      [](const std::string& command) { return command.starts_with("MAIL") ? "" : "250 fine"; });
  write({"a"});
  EXPECT_EQ(postman(server.url())->deliver_due(), 1u);
  EXPECT_EQ(letters()[0].state, LetterState::waiting);
  EXPECT_EQ(letters()[0].attempts, 1u);
  server.answer_with(nullptr);
  now.value += 1'000;
  postman(server.url())->deliver_due();
  EXPECT_EQ(server.mails().size(), 1u);
}

TEST_F(Post, stops_within_a_breath_while_a_server_is_silent) {
  std::atomic<bool> waiting = false;
  server.answer_with([&](const std::string& command) -> std::string {
    if (!command.starts_with("MAIL")) return "250 fine";
    waiting = true;
    waiting.notify_all();
    return "";
  });
  write({"a"});
  PostmanSettings settings;
  settings.outbox = path;
  settings.smtp.url = server.url();
  auto opened = Postman::open(settings, in_words);
  (*opened)->start();
  waiting.wait(false);
  const auto before = std::chrono::steady_clock::now();
  (*opened)->stop();
  EXPECT_LT(std::chrono::steady_clock::now() - before, std::chrono::seconds(8));
  EXPECT_EQ(letters()[0].state, LetterState::waiting);
  EXPECT_EQ(letters()[0].attempts, 0u);
}

TEST_F(Post, goes_to_nobody_who_is_gone) {
  words = [](const Letter&) { return std::unexpected("the recipient is erased"); };
  write({"a"});
  postman(server.url())->deliver_due();
  EXPECT_TRUE(server.mails().empty());
  EXPECT_EQ(letters()[0].state, LetterState::dropped);
}

TEST_F(Post, sends_no_password_in_the_clear) {
  std::mutex mutex;
  std::string heard;
  server.answer_with([&](const std::string& command) {
    const std::lock_guard lock(mutex);
    heard += command + "\n";
    return command.starts_with("EHLO") ? "250-here\r\n250 AUTH PLAIN LOGIN" : "250 fine";
  });
  write({"a"});
  postman("smtp://user:secret@127.0.0.1:" + std::to_string(server.port()))->deliver_due();
  const std::lock_guard lock(mutex);
  EXPECT_EQ(heard.find("AUTH"), std::string::npos) << heard;
  EXPECT_TRUE(server.mails().empty());
  EXPECT_EQ(letters()[0].state, LetterState::waiting);
}

TEST_F(Post, wants_a_url_of_smtp) {
  for (const char* url : {"http://example.org", "mail.example.org:25", "smtp://", ""})
    EXPECT_NE(problem_with_smtp_url(url), "") << url;
  EXPECT_EQ(problem_with_smtp_url("smtp://user:p%40ss@mail.example.org:587"), "");
}

pid_t start_child(const std::string& outbox, const std::string& url) {
  const pid_t child = ::fork();
  if (child == 0) {
    ::execl(RIALTO_MAIL_CHILD, RIALTO_MAIL_CHILD, outbox.c_str(), url.c_str(), nullptr);
    ::_exit(127);
  }
  return child;
}

int end_of(pid_t child) {
  int status = 0;
  EXPECT_EQ(::waitpid(child, &status, 0), child);
  return status;
}

// MAIL-2
TEST_F(Post, killed_between_acceptance_and_record_comes_a_second_time_never_a_third) {
  now = {0};  // due for the child's clock
  write({"a"});
  std::atomic<pid_t> child = 0;
  server.on_next_message([&] {
    child.wait(0);
    ::kill(child, SIGKILL);
  });
  child = start_child(path, server.url());
  child.notify_all();
  EXPECT_TRUE(WIFSIGNALED(end_of(child)));
  ASSERT_EQ(server.mails().size(), 1u) << "the server has it";
  EXPECT_EQ(letters()[0].state, LetterState::waiting) << "and we do not know";
  EXPECT_EQ(end_of(start_child(path, server.url())), 0);
  ASSERT_EQ(server.mails().size(), 2u);
  EXPECT_EQ(server.mails()[0].header("Message-ID"), server.mails()[1].header("Message-ID"));
  EXPECT_EQ(end_of(start_child(path, server.url())), 0);
  EXPECT_EQ(server.mails().size(), 2u);
  EXPECT_EQ(letters()[0].state, LetterState::sent);
}

TEST_F(Post, killed_before_acceptance_comes_once) {
  now = {0};
  write({"a"});
  std::atomic<pid_t> child = 0;
  server.answer_with([&](const std::string& command) -> std::string {
    if (command != "DATA") return "250 fine";
    child.wait(0);
    ::kill(child, SIGKILL);
    return "354 go";
  });
  child = start_child(path, server.url());
  child.notify_all();
  EXPECT_TRUE(WIFSIGNALED(end_of(child)));
  EXPECT_TRUE(server.mails().empty()) << "a cut connection ends no message";
  server.answer_with(nullptr);
  EXPECT_EQ(end_of(start_child(path, server.url())), 0);
  EXPECT_EQ(server.mails().size(), 1u);
}

}  // namespace
}  // namespace rialto::test
