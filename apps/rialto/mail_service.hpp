// E-mail of a running venue: the postman, and the words that the venue and its vault put into his
// letters at the moment they are sent.
//
// Owned by apps. Started behind the host, stopped before it.
#pragma once

#include <expected>
#include <functional>
#include <memory>
#include <string>

#include "gateways/rest/security.hpp"
#include "gateways/venue_port.hpp"
#include "platform/mail/postman.hpp"
#include "projections/notifications/email_desk.hpp"

namespace rialto::apps {

struct MailSettings {
  std::string url;  // empty: no e-mail
  std::string from = "rialto@localhost";
  std::string directory;  // of the venue
  std::function<void(const std::string&)> alarm;
};

/// Where the outbox of a venue lies.
std::string outbox_path(const std::string& directory);
/// Why these cannot be used; empty if they can.
std::string problem_with(const MailSettings&);

class MailService {
 public:
  /// The error is a sentence for the operator. `desk` and the others outlive it.
  static std::expected<std::unique_ptr<MailService>, std::string> start(const MailSettings&,
                                                                        gateways::VenuePort&,
                                                                        const rest::Security&,
                                                                        projections::EmailDesk&);
  ~MailService();

 private:
  MailService(gateways::VenuePort& venue, const rest::Security& security,
              projections::EmailDesk& desk, std::string from)
      : venue_(venue), security_(security), desk_(desk), from_(std::move(from)) {}
  std::expected<mail::Message, std::string> words_of(const mail::Letter&);

  gateways::VenuePort& venue_;
  const rest::Security security_;
  projections::EmailDesk& desk_;
  const std::string from_;
  std::unique_ptr<mail::Postman> postman_;
};

}  // namespace rialto::apps
