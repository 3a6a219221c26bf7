// Journal events as JSON, field by field as they are described: for people and scripts that look
// into a log. Numbers are the journal's own (ticks, lots, minor units); sealed text is shown as its
// length only.
#pragma once

#include <string>

#include <fmt/format.h>
#include <boost/describe/enum_to_string.hpp>

#include "core/codec.hpp"
#include "platform/net/json_writer.hpp"

namespace rialto::apps {

template <class T>
void write_json(net::JsonWriter& out, const T& value) {
  if constexpr (std::is_same_v<T, std::string>) {
    const bool printable =
        value.find_first_not_of(
            "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._ ") ==
        std::string::npos;
    out.text(printable ? value : fmt::format("<{} bytes>", value.size()));
  } else if constexpr (std::is_same_v<T, bool>) {
    out.boolean(value);
  } else if constexpr (Strong<T>) {
    write_json(out, value.value);
  } else if constexpr (std::is_same_v<T, Fingerprint>) {
    out.text(fmt::format("{:016x}{:016x}", value.high, value.low));
  } else if constexpr (boost::describe::has_describe_enumerators<T>::value) {
    out.text(boost::describe::enum_to_string(value, "unknown"));
  } else if constexpr (std::is_enum_v<T>) {
    out.integer(static_cast<std::int64_t>(value));
  } else if constexpr (std::is_unsigned_v<T>) {
    out.counter(value);
  } else if constexpr (std::is_integral_v<T>) {
    out.integer(value);
  } else if constexpr (requires { value.view(); }) {
    out.text(value.view());
  } else {
    out.begin_object();
    boost::mp11::mp_for_each<boost::describe::describe_members<T, boost::describe::mod_public>>(
        [&](auto member) {
          out.key(member.name);
          write_json(out, value.*member.pointer);
        });
    out.end_object();
  }
}

}  // namespace rialto::apps
