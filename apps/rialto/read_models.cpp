#include "apps/rialto/read_models.hpp"

#include <fmt/format.h>

#include "apps/rialto/mail_service.hpp"
#include "apps/rialto/projections.hpp"
#include "platform/storage/posix_files.hpp"

namespace rialto::apps {

std::expected<ReadModels, std::string> ReadModels::open(const std::string& directory,
                                                        ReadModelSettings settings) {
  const std::string stores = projections_directory(directory);
  if (auto made = storage::posix_files().make_directory(stores); !made)
    return std::unexpected(fmt::format("{}: {}", stores, storage::phrase(made.error())));
  ReadModels models;
  auto market =
      projections::MarketData::open({market_path(directory), std::move(settings.market_stored)});
  if (!market) return std::unexpected(market_path(directory) + ": " + market.error());
  models.market = std::move(*market);
  auto holdings = projections::Holdings::open(holdings_path(directory));
  if (!holdings) return std::unexpected(holdings_path(directory) + ": " + holdings.error());
  models.holdings = std::move(*holdings);
  auto statements = projections::Statements::open(statements_path(directory));
  if (!statements) return std::unexpected(statements.error());
  models.statements = std::move(*statements);
  auto inbox = projections::Inbox::open(inbox_path(directory));
  if (!inbox) return std::unexpected(inbox.error());
  models.inbox = std::move(*inbox);
  auto desk = projections::EmailDesk::open({outbox_path(directory), settings.delivers_email});
  if (!desk) return std::unexpected(desk.error());
  models.email_desk = std::move(*desk);
  return models;
}

}  // namespace rialto::apps
