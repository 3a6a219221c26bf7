#include "apps/rialto/read_models.hpp"

#include <filesystem>

#include "platform/storage/file_system.hpp"

namespace rialto::apps {

std::expected<ReadModels, std::string> ReadModels::open(const std::string& directory) {
  // A new venue's directory is otherwise made by its log.
  std::error_code error;
  std::filesystem::create_directories(directory, error);
  if (error) return std::unexpected(directory + ": " + error.message());
  ReadModels models;
  auto statements = projections::Statements::open(storage::join(directory, "statements.db"));
  if (!statements) return std::unexpected(statements.error());
  models.statements = std::move(*statements);
  auto inbox = projections::Inbox::open(storage::join(directory, "notifications.db"));
  if (!inbox) return std::unexpected(inbox.error());
  models.inbox = std::move(*inbox);
  return models;
}

}  // namespace rialto::apps
