// Refusals in the words of HTTP: a status, the stable code, a sentence that helps, and details.
//
// Pure functions; any thread.
#pragma once

#include <string>
#include <string_view>

#include "core/rejection.hpp"
#include "platform/net/message.hpp"

namespace rialto::rest {

/// An error about one field: details {"field": …}.
net::Response field_response(net::Status status, std::string_view code, std::string_view field,
                             std::string_view message);
/// An error about one field that names its limit: details {"field": …, "limit": …}.
net::Response limit_response(net::Status status, std::string_view code, std::string_view field,
                             std::string_view limit, std::string_view message);

/// What a refused command says: the rejection's status and code with a sentence of ours. `details`
/// is JSON.
net::Response refusal(const Rejection& rejection, std::string_view details = "{}");

/// 404 in the same words whether something does not exist or is another user's.
net::Response not_found(std::string_view code, std::string_view message);

}  // namespace rialto::rest
