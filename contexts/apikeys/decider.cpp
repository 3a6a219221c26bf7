#include "contexts/apikeys/apikeys.hpp"
#include "core/assert.hpp"

namespace rialto::apikeys {

std::expected<ApiKeyCreated, Reject> ApiKeys::decide(const CreateApiKey& command,
                                                     Timestamp now) const {
  if (command.scopes == Scopes::none || !covers(Scopes::all, command.scopes))
    return std::unexpected(Reject::scopes_required);
  if (command.expires.value != 0 && command.expires <= now)
    return std::unexpected(Reject::api_key_expiry_in_the_past);
  std::size_t live = 0;
  std::size_t own = 0;
  for (const ApiKey& key : keys_) {
    if (key.revoked) continue;
    ++live;
    own += key.user == command.user;
  }
  if (own >= limits_.live_of_one_user) return std::unexpected(Reject::too_many_api_keys);
  if (live >= limits_.live) return std::unexpected(Reject::api_key_capacity_exhausted);
  return ApiKeyCreated{{keys_.size() + 1}, command.user,       command.kind,
                       command.scopes,     command.credential, command.expires};
}

std::expected<ApiKeyRevoked, Reject> ApiKeys::decide(const RevokeApiKey& command) const {
  const ApiKey* found = key(command.key);
  if (!found || (command.user.value != 0 && found->user != command.user))
    return std::unexpected(Reject::api_key_not_found);
  return ApiKeyRevoked{command.key};
}

void ApiKeys::evolve(const ApiKeyCreated& event, Timestamp now) {
  // APIKEYS-1: numbers are given once, in order.
  RIALTO_ASSERT(event.key.value == keys_.size() + 1);
  keys_.push_back({event.key, event.user, event.kind, event.scopes, event.credential, now,
                   event.expires, false});
}

void ApiKeys::evolve(const ApiKeyRevoked& event, Timestamp) {
  RIALTO_ASSERT(key(event.key));
  keys_[event.key.value - 1].revoked = true;
}

const ApiKey* ApiKeys::key(ApiKeyId id) const {
  const std::size_t index = id.value - 1;
  return index < keys_.size() && !keys_[index].revoked ? &keys_[index] : nullptr;
}

void ApiKeys::save(BinaryWriter& out) const {
  out.write(keys_);
}

void ApiKeys::load(BinaryReader& in) {
  *this = ApiKeys(limits_);
  in.read_into(keys_);
}

}  // namespace rialto::apikeys
