// The read models that hang on the replica, opened together from a venue's directory.
//
// Owned by whoever owns the host, and outlives it: the replica's thread tells them every event.
#pragma once

#include <expected>
#include <memory>
#include <string>
#include <vector>

#include "gateways/rest/settings.hpp"
#include "projections/notifications/email_desk.hpp"
#include "projections/notifications/inbox.hpp"
#include "projections/portfolio/holdings.hpp"
#include "projections/statements/statements.hpp"

namespace rialto::apps {

struct ReadModels {
  std::unique_ptr<projections::Statements> statements;
  std::unique_ptr<projections::Inbox> inbox;
  std::unique_ptr<projections::Holdings> holdings;
  std::unique_ptr<projections::EmailDesk> email_desk;  // no read model, but it follows likewise

  /// The error is a sentence for the operator.
  static std::expected<ReadModels, std::string> open(const std::string& directory,
                                                     bool delivers_email = false);
  /// For HostSettings.
  std::vector<projections::Follower*> followers() const {
    return {statements.get(), inbox.get(), holdings.get(), email_desk.get()};
  }
  /// Lets the REST gateway read them.
  void show(rest::RestSettings& settings) const {
    settings.statements = statements.get();
    settings.inbox = inbox.get();
    settings.email_desk = email_desk.get();
    settings.holdings = holdings.get();
  }
};

}  // namespace rialto::apps
