// What a venue has from its first start: system accounts, assets and instruments, the
// administrator, and for the demo a few traders, a stocked market maker and its quotes. Every part
// looks first whether it is there, so an interrupted first start is finished by the next.
#pragma once

#include <expected>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "gateways/venue_port.hpp"

namespace rialto::apps {

/// Finds a user by name, or makes one as the registration endpoint would; its number, or a sentence
/// why not.
using MakeUser = std::function<std::expected<UserId, std::string>(
    const std::string& name, const std::string& password, identity::Roles)>;

struct DemoLogin {
  std::string name;
  std::string password;
  std::string purpose;
};
const std::vector<DemoLogin>& demo_logins();

/// System accounts, assets, instruments. The error is a sentence for the operator.
std::expected<void, std::string> open_markets(gateways::VenuePort&);

/// Demo traders with funds, and a ladder of quotes on every instrument. REQUIRES: open_markets()
/// was done.
std::expected<void, std::string> open_demo(gateways::VenuePort&, const MakeUser&);

/// Submits and waits until it is durable.
flows::Reply submit_and_wait(gateways::VenuePort&, flows::Command);

}  // namespace rialto::apps
