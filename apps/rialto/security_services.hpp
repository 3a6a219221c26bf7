// Everything about a venue that its log must not hold, opened together: secrets, credentials,
// person keys, tokens, and the thread that hashes passwords.
#pragma once

#include <expected>
#include <memory>
#include <optional>
#include <string>

#include "flows/venue.hpp"
#include "gateways/rest/rest_gateway.hpp"
#include "gateways/venue_port.hpp"

namespace rialto::apps {

/// 24 letters and digits, about 140 bits.
std::string random_password();

class SecurityServices {
 public:
  /// The error is a sentence for the operator.
  static std::expected<std::unique_ptr<SecurityServices>, std::string> open(
      const std::string& directory);
  ~SecurityServices();

  /// Before requests come: removes credentials and person keys that no event ever named (a crash
  /// came between), and gets ready the passwords of live order-entry sessions.
  std::expected<void, std::string> settle(const flows::Venue&);

  std::optional<UserId> find_user(gateways::VenuePort&, const std::string& name);
  /// Waits for the hash and the step. For the first start only; requests go through the gateway.
  std::expected<UserId, std::string> find_or_make_user(gateways::VenuePort&,
                                                       const std::string& name,
                                                       const std::string& password,
                                                       identity::Roles);

  rest::Security services();
  /// No password is hashed any more; callbacks under way are finished.
  void stop();

 private:
  struct Parts;
  explicit SecurityServices(std::unique_ptr<Parts>);
  std::unique_ptr<Parts> parts_;
};

}  // namespace rialto::apps
