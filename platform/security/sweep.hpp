// Removal of rows that the log does not know: left by a crash between storing and journalling.
// Internal to platform/security.
#pragma once

#include <functional>
#include <vector>

#include "platform/security/database.hpp"

namespace rialto::security {

/// The first column of every row. REQUIRES: the database's lock is held.
StoreResult<std::vector<Fingerprint>> all_ids(Database& database, const char* select);

/// Removes, in one transaction, each id that `keep` disowns and makes sure it can no longer be read
/// from the file; how many they were. Takes the lock, not while calling `keep`.
StoreResult<std::size_t> sweep_rows(Database& database, const char* select, const char* remove,
                                    const std::function<bool(Fingerprint)>& keep);

}  // namespace rialto::security
