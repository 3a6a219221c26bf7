// Users, wallets and sessions for the load generator, made over HTTP as anybody could.
#pragma once

#include <cstdint>
#include <expected>
#include <string>
#include <vector>

namespace rialto::load {

struct SessionLogin {
  std::string user_name;
  std::string password;
};

struct SetupPlan {
  std::string host;  // of the HTTP endpoint, numeric
  std::uint16_t port{};
  std::string admin_password;
  std::size_t sessions = 1;  // each with a user and a wallet of its own
  std::vector<std::string> symbols;
};

/// Credits each wallet with enough of everything the symbols need. The error is a sentence.
std::expected<std::vector<SessionLogin>, std::string> open_sessions(const SetupPlan& plan);

}  // namespace rialto::load
