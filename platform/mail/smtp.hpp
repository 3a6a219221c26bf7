// Delivery to an SMTP server, one message at a time, over libcurl. Belongs to one thread; keeps the
// connection between messages.
#pragma once

#include <cstdint>
#include <expected>
#include <functional>
#include <memory>
#include <string>

#include <boost/describe/enum.hpp>

namespace rialto::mail {

BOOST_DEFINE_FIXED_ENUM_CLASS(Delivery, std::uint8_t,
                              accepted,   // the server answers for it now
                              later,      // it may be taken another time
                              refused,    // never: the server's 5xx
                              abandoned)  // we were told to stop; nobody knows

struct Attempt {
  Delivery delivery{};
  int code{};           // the server's last reply; 0: none
  std::string problem;  // for the operator; names no address
};

struct SmtpSettings {
  std::string url;  // smtp://user:password@host:port or smtps://…
  /// Before a password is sent the connection must be encrypted (STARTTLS); without one, it is
  /// where the server offers it. True: even a password goes in the clear.
  bool allow_cleartext_password = false;
  long connect_timeout_ms = 30'000;
  /// For each reply. RFC 5321 asks for ten minutes behind the message's end, since giving up there
  /// makes a second copy.
  long reply_timeout_ms = 600'000;
};

/// Why a URL is none of SMTP's; empty if it is one.
std::string problem_with_smtp_url(const std::string& url);

class SmtpSender {
 public:
  explicit SmtpSender(SmtpSettings settings);
  ~SmtpSender();
  SmtpSender(const SmtpSender&) = delete;
  SmtpSender& operator=(const SmtpSender&) = delete;

  /// `mime` with CRLF line ends. Asks `stop` about once a second while it waits.
  Attempt send(const std::string& from, const std::string& to, const std::string& mime,
               const std::function<bool()>& stop);

 private:
  struct Handle;
  SmtpSettings settings_;
  std::unique_ptr<Handle> handle_;
};

}  // namespace rialto::mail
