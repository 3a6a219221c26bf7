// The names under which personal fields are sealed and indexed. Part of what is stored: never
// change one.
#pragma once

#include <string_view>

namespace rialto::rest {

inline constexpr std::string_view user_name_field = "userName";
inline constexpr std::string_view email_field = "email";

}  // namespace rialto::rest
