#include "platform/security/sweep.hpp"

namespace rialto::security {
namespace {

StoreResult<void> remove_all(Database& database, const char* remove,
                             const std::vector<Fingerprint>& orphans) {
  for (const Fingerprint orphan : orphans) {
    auto statement = database.statement(remove);
    const auto done = statement.bind(1, orphan).step();
    if (!done) return std::unexpected(done.error());
  }
  return {};
}

}  // namespace

StoreResult<std::vector<Fingerprint>> all_ids(Database& database, const char* select) {
  std::vector<Fingerprint> ids;
  auto rows = database.statement(select);
  while (true) {
    const auto row = rows.step();
    if (!row) return std::unexpected(row.error());
    if (!*row) return ids;
    ids.push_back(rows.fingerprint(0));
  }
}

StoreResult<std::size_t> sweep_rows(Database& database, const char* select, const char* remove,
                                    const std::function<bool(Fingerprint)>& keep) {
  auto ids = [&] {
    const auto lock = database.lock();
    return all_ids(database, select);
  }();
  if (!ids) return std::unexpected(ids.error());
  std::erase_if(*ids, keep);
  if (ids->empty()) return 0;
  const auto lock = database.lock();
  if (const auto begun = database.run("BEGIN IMMEDIATE"); !begun)
    return std::unexpected(begun.error());
  auto done = remove_all(database, remove, *ids);
  if (done) done = database.run("COMMIT");
  if (!done) {
    (void)database.run("ROLLBACK");  // the first error is the one to tell
    return std::unexpected(done.error());
  }
  if (const auto gone = database.forget_deleted(); !gone) return std::unexpected(gone.error());
  return ids->size();
}

}  // namespace rialto::security
