#include "apps/rialto/read_models.hpp"

#include <fmt/format.h>

#include "apps/rialto/projections.hpp"
#include "platform/storage/posix_files.hpp"

namespace rialto::apps {

std::expected<ReadModels, std::string> ReadModels::open(
    const std::string& directory, std::function<void(Sequence)> market_stored) {
  const std::string stores = projections_directory(directory);
  if (auto made = storage::posix_files().make_directory(stores); !made)
    return std::unexpected(fmt::format("{}: {}", stores, storage::phrase(made.error())));
  ReadModels models;
  auto market = projections::MarketData::open({market_path(directory), std::move(market_stored)});
  if (!market) return std::unexpected(market_path(directory) + ": " + market.error());
  models.market = std::move(*market);
  auto holdings = projections::Holdings::open(holdings_path(directory));
  if (!holdings) return std::unexpected(holdings_path(directory) + ": " + holdings.error());
  models.holdings = std::move(*holdings);
  return models;
}

}  // namespace rialto::apps
