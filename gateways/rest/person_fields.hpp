// The names under which personal fields are sealed and indexed. Part of what is stored: never
// change one.
#pragma once

#include <string_view>

namespace rialto::rest {

inline constexpr std::string_view user_name_field = "userName";
inline constexpr std::string_view email_field = "email";
inline constexpr std::string_view account_name_field = "account.name";
inline constexpr std::string_view account_profile_field = "account.profile";
inline constexpr std::string_view account_contact_field = "account.contact";
inline constexpr std::string_view account_address_field = "account.address";

}  // namespace rialto::rest
