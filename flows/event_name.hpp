// The published name of an event: its struct's own name.
#pragma once

#include <string_view>

namespace rialto::flows {

template <class Event>
constexpr std::string_view event_name() {
  std::string_view name =
      __PRETTY_FUNCTION__;  // "… [with Event = rialto::orders::OrderCreated; …]"
  name = name.substr(name.find("Event = ") + 8);
  name = name.substr(0, name.find_first_of(";]"));
  return name.substr(name.rfind(':') + 1);
}

}  // namespace rialto::flows
