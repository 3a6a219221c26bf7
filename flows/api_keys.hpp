// Steps of API keys.
#pragma once

#include "contexts/apikeys/contract.hpp"
#include "flows/step.hpp"

namespace rialto::flows {

Reply create_api_key(Step& step, const apikeys::CreateApiKey& command);
Reply revoke_api_key(Step& step, const apikeys::RevokeApiKey& command);
/// All that a user has: the user is being deleted.
void revoke_api_keys(Step& step, UserId user);

}  // namespace rialto::flows
