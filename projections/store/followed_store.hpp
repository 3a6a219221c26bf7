// The SQLite file of a follower: rows are seen as soon as they are written, and kept, together with
// the log position they are good for, whenever store() is called.
//
// Used on the replica's thread only. After an error nothing more is kept: the next start continues
// from kept().
#pragma once

#include <expected>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "core/types.hpp"
#include "platform/sqlite/connection.hpp"

namespace rialto::projections {

class FollowedStore {
 public:
  /// `schema` makes the tables where they are not (IF NOT EXISTS). A store of another `version` is
  /// of no use: it is emptied by `clear`, a list of DELETE statements, and filled anew from the
  /// log.
  static std::expected<FollowedStore, std::string> open(const std::string& path, int version,
                                                        const std::string& schema,
                                                        const std::string& clear);

  Sequence kept() const { return kept_; }
  std::size_t pending() const { return pending_; }
  sqlite::Prepared prepare(std::string_view sql) { return connection_.prepare(sql); }
  /// A change that waits for store(); `done`: whether it could be made.
  void note(bool done);
  std::expected<void, std::string> store(Sequence position, bool durably);
  void clear();
  std::string error() const { return connection_.error(); }

 private:
  explicit FollowedStore(sqlite::Connection connection) : connection_(std::move(connection)) {}
  std::expected<void, std::string> commit(Sequence position, bool durably);

  sqlite::Connection connection_;
  std::string clear_;
  Sequence kept_;
  std::size_t pending_ = 0;
  std::optional<std::string> failure_;
};

}  // namespace rialto::projections
