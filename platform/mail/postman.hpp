// The thread that carries letters from the outbox to the mail server: each until it is accepted,
// refused for good, or tried too often.
//
// MAIL-2: a letter is noted as sent only behind the server's acceptance, so it is never lost; a
// crash between the two sends one more copy, with the same Message-ID. One letter at a time. Owned
// by apps; stop() before whatever put_into_words uses goes.
#pragma once

#include <condition_variable>
#include <expected>
#include <functional>
#include <mutex>
#include <string>
#include <thread>

#include "platform/mail/message.hpp"
#include "platform/mail/outbox.hpp"
#include "platform/mail/smtp.hpp"

namespace rialto::mail {

struct PostmanSettings {
  std::string outbox;  // the file's path
  SmtpSettings smtp;
  std::int64_t first_pause_ns = 1'000'000'000;        // behind the first failed attempt; doubles
  std::int64_t longest_pause_ns = 3'600'000'000'000;  // up to here
  std::uint32_t most_attempts = 24;                   // about a day
  std::int64_t keep_ns = 30 * 86'400'000'000'000;     // what was sent is remembered for so long
  std::function<Timestamp()> now;                     // wall clock; empty: the system's
  std::function<void(const std::string&)> alarm;      // something an operator must see
};

class Postman {
 public:
  /// The letter in words, addressed as of now; an error says why nobody is to get it. Called on the
  /// postman's thread; may wait.
  using PutIntoWords = std::function<std::expected<Message, std::string>(const Letter&)>;

  /// The error is a sentence for the operator.
  static std::expected<std::unique_ptr<Postman>, std::string> open(PostmanSettings, PutIntoWords);
  ~Postman() { stop(); }

  void start();
  /// There may be new letters. Any thread.
  void wake();
  /// An attempt under way is given up within a second or so. Once.
  void stop();

  /// Tries everything that is due, once; how many attempts were made. For tests, instead of
  /// start().
  std::size_t deliver_due();

 private:
  Postman(PostmanSettings, PutIntoWords, Outbox);
  void run();
  void deliver(const Letter&);
  void note(const std::expected<void, std::string>&);
  bool stopping();

  PostmanSettings settings_;
  PutIntoWords put_into_words_;
  Outbox outbox_;
  SmtpSender sender_;
  std::mutex mutex_;
  std::condition_variable called_;
  bool stopping_ = false;  // guarded by mutex_
  bool woken_ = false;     // guarded by mutex_
  std::thread thread_;
};

}  // namespace rialto::mail
