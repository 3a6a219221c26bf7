// What hangs on the replica, opened together from a venue's directory: the read models, and the
// desk that writes letters.
//
// Owned by whoever owns the host, and outlives it: the replica's thread tells them every event.
#pragma once

#include <expected>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "gateways/rest/read_models.hpp"
#include "projections/market/market_data.hpp"
#include "projections/notifications/email_desk.hpp"
#include "projections/notifications/inbox.hpp"
#include "projections/portfolio/holdings.hpp"
#include "projections/statements/statements.hpp"

namespace rialto::apps {

struct ReadModelSettings {
  /// After each commit of the market's store, on any thread.
  std::function<void(Sequence)> market_stored = [](Sequence) {};
  bool delivers_email = false;
};

struct ReadModels {
  std::unique_ptr<projections::MarketData> market;
  std::unique_ptr<projections::Holdings> holdings;
  std::unique_ptr<projections::Statements> statements;
  std::unique_ptr<projections::Inbox> inbox;
  std::unique_ptr<projections::EmailDesk> email_desk;  // no read model: never made anew

  /// The error is a sentence for the operator.
  static std::expected<ReadModels, std::string> open(const std::string& directory,
                                                     ReadModelSettings settings = {});

  /// For HostSettings.
  std::vector<projections::Follower*> followers() const {
    return {market.get(), holdings.get(), statements.get(), inbox.get(), email_desk.get()};
  }
  /// What handlers of requests read.
  rest::ReadModels for_rest() const {
    return {market.get(), holdings.get(), statements.get(), inbox.get(), email_desk.get()};
  }
};

}  // namespace rialto::apps
