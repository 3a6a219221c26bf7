// The API keys of the venue's users. Owned by the venue's state; single writer.
#pragma once

#include <expected>
#include <vector>

#include "contexts/apikeys/contract.hpp"
#include "core/codec.hpp"

namespace rialto::apikeys {

struct ApiKey {
  ApiKeyId id;
  UserId user;
  KeyKind kind{};
  Scopes scopes{};
  Fingerprint credential;
  Timestamp created;
  Timestamp expires;  // none: never
  bool revoked = false;
};
BOOST_DESCRIBE_STRUCT(ApiKey, (), (id, user, kind, scopes, credential, created, expires, revoked))

struct Limits {
  std::size_t live_of_one_user = 50;
  std::size_t live = 100'000;
};

class ApiKeys {
 public:
  ApiKeys() : ApiKeys(Limits{}) {}
  explicit ApiKeys(Limits limits) : limits_(limits) {}

  std::expected<ApiKeyCreated, Reject> decide(const CreateApiKey&, Timestamp now) const;
  std::expected<ApiKeyRevoked, Reject> decide(const RevokeApiKey&) const;

  void evolve(const ApiKeyCreated&, Timestamp now);
  void evolve(const ApiKeyRevoked&, Timestamp now);

  /// Null for an unknown or revoked one; expired ones are still here. O(1).
  const ApiKey* key(ApiKeyId) const;
  /// Revoked ones included; index = number - 1.
  const std::vector<ApiKey>& keys() const { return keys_; }

  void save(BinaryWriter&) const;
  void load(BinaryReader&);

 private:
  Limits limits_;
  std::vector<ApiKey> keys_;
};

}  // namespace rialto::apikeys
