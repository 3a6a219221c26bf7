// Password hashes by credential id, apart from the journal: the journal must not hold what lets an
// attacker guess passwords off-line, and it cannot forget.
//
// A changed password is a new credential under a new id. The id is durable here before the event
// that names it is journalled, so the log alone decides which one is live; what no event ever named
// is swept at start. Called from any thread; each call takes one disk sync (put, remove) or none.
#pragma once

#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "platform/security/database.hpp"

namespace rialto::security {

class CredentialStore {
 public:
  explicit CredentialStore(Database& database) : database_(database) {}

  /// SECURITY-1: durable when this returns.
  StoreResult<Fingerprint> put(std::string_view phc);
  StoreResult<std::string> find(Fingerprint id);
  /// Fine for one that is not there.
  StoreResult<void> remove(Fingerprint id);
  StoreResult<std::vector<Fingerprint>> ids();
  /// Removes every credential that `keep` disowns, in one transaction; how many they were.
  StoreResult<std::size_t> sweep(const std::function<bool(Fingerprint)>& keep);

 private:
  Database& database_;
};

}  // namespace rialto::security
