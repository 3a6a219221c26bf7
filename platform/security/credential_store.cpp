#include "platform/security/credential_store.hpp"

#include "platform/security/secrets.hpp"
#include "platform/security/sweep.hpp"

namespace rialto::security {

StoreResult<Fingerprint> CredentialStore::put(std::string_view phc) {
  const Fingerprint id = random_fingerprint();
  const auto lock = database_.lock();
  auto insert = database_.statement("INSERT INTO credentials (id, phc) VALUES (?, ?)");
  const auto done = insert.bind(1, id).bind(2, phc).step();
  if (!done) return std::unexpected(done.error());
  return id;
}

StoreResult<std::string> CredentialStore::find(Fingerprint id) {
  const auto lock = database_.lock();
  auto select = database_.statement("SELECT phc FROM credentials WHERE id = ?");
  const auto row = select.bind(1, id).step();
  if (!row) return std::unexpected(row.error());
  if (!*row) return std::unexpected(StoreError::not_found);
  return std::string(select.bytes(0));
}

StoreResult<void> CredentialStore::remove(Fingerprint id) {
  const auto lock = database_.lock();
  auto remove = database_.statement("DELETE FROM credentials WHERE id = ?");
  const auto done = remove.bind(1, id).step();
  if (!done) return std::unexpected(done.error());
  return {};
}

StoreResult<std::vector<Fingerprint>> CredentialStore::ids() {
  const auto lock = database_.lock();
  return all_ids(database_, "SELECT id FROM credentials ORDER BY id");
}

StoreResult<std::size_t> CredentialStore::sweep(const std::function<bool(Fingerprint)>& keep) {
  return sweep_rows(database_, "SELECT id FROM credentials", "DELETE FROM credentials WHERE id = ?",
                    keep);
}

}  // namespace rialto::security
