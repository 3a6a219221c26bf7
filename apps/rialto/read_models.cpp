#include "apps/rialto/read_models.hpp"

#include <filesystem>

#include "apps/rialto/mail_service.hpp"
#include "platform/storage/file_system.hpp"

namespace rialto::apps {

std::expected<ReadModels, std::string> ReadModels::open(const std::string& directory,
                                                        bool delivers_email) {
  const std::string folder = storage::join(directory, "projections");
  std::error_code error;
  std::filesystem::create_directories(folder, error);
  if (error) return std::unexpected(folder + ": " + error.message());
  ReadModels models;
  auto statements = projections::Statements::open(storage::join(folder, "statements.db"));
  if (!statements) return std::unexpected(statements.error());
  models.statements = std::move(*statements);
  auto inbox = projections::Inbox::open(storage::join(folder, "notifications.db"));
  if (!inbox) return std::unexpected(inbox.error());
  models.inbox = std::move(*inbox);
  auto holdings = projections::Holdings::open(storage::join(folder, "portfolios.db"));
  if (!holdings) return std::unexpected("portfolios.db: " + holdings.error());
  models.holdings = std::move(*holdings);
  auto desk = projections::EmailDesk::open({outbox_path(directory), delivers_email});
  if (!desk) return std::unexpected(desk.error());
  models.email_desk = std::move(*desk);
  return models;
}

}  // namespace rialto::apps
