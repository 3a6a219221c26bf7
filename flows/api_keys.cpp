#include "flows/api_keys.hpp"

namespace rialto::flows {

Reply create_api_key(Step& step, const apikeys::CreateApiKey& command) {
  if (!step.venue.identity.user(command.user)) return refused(identity::Reject::user_not_found);
  const auto created = step.venue.api_keys.decide(command, step.now);
  if (!created) return refused(created.error());
  step.emit(*created);
  Reply reply;
  reply.api_key = created->key;
  return reply;
}

Reply revoke_api_key(Step& step, const apikeys::RevokeApiKey& command) {
  const auto revoked = step.venue.api_keys.decide(command);
  if (!revoked) return refused(revoked.error());
  step.emit(*revoked);
  Reply reply;
  reply.api_key = revoked->key;
  return reply;
}

void revoke_api_keys(Step& step, UserId user) {
  // Events change the list's entries, never their places.
  for (const apikeys::ApiKey& key : step.venue.api_keys.keys())
    if (key.user == user && !key.revoked) step.emit(apikeys::ApiKeyRevoked{key.id});
}

}  // namespace rialto::flows
