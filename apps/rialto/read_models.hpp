// The read models that hang on the replica, opened together from a venue's directory.
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
#include "projections/portfolio/holdings.hpp"

namespace rialto::apps {

struct ReadModels {
  std::unique_ptr<projections::MarketData> market;
  std::unique_ptr<projections::Holdings> holdings;

  /// `market_stored`: after each commit of the market's store, on any thread. The error is a
  /// sentence for the operator.
  static std::expected<ReadModels, std::string> open(
      const std::string& directory, std::function<void(Sequence)> market_stored = [](Sequence) {});

  /// For HostSettings.
  std::vector<projections::Follower*> followers() const { return {market.get(), holdings.get()}; }
  /// What handlers of requests read.
  rest::ReadModels for_rest() const { return {market.get(), holdings.get()}; }
};

}  // namespace rialto::apps
