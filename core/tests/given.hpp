// What given/when/then tests share: the canonical bytes of a state, described values as text, and
// the check that a refused command changed nothing. For tests only.
#pragma once

#include <string>

#include <gtest/gtest.h>
#include <boost/core/type_name.hpp>
#include <boost/describe/enum_to_string.hpp>
#include <boost/describe/enumerators.hpp>

#include "core/codec.hpp"
#include "core/decimal.hpp"

namespace rialto::testing {

/// What a context or a whole venue saves: equal bytes mean equal states.
template <class State>
Bytes bytes_of(const State& state) {
  Bytes bytes;
  BinaryWriter writer(bytes);
  state.save(writer);
  return bytes;
}

template <class T>
std::string text_of(const T& value) {
  if constexpr (std::is_same_v<T, bool>) {
    return value ? "true" : "false";
  } else if constexpr (std::is_same_v<T, std::string>) {
    return '"' + value + '"';
  } else if constexpr (Strong<T>) {
    return text_of(value.value);
  } else if constexpr (std::is_enum_v<T>) {
    if constexpr (boost::describe::has_describe_enumerators<T>::value)
      return boost::describe::enum_to_string(value, "?");
    else
      return std::to_string(static_cast<int>(value));
  } else if constexpr (std::is_same_v<T, Fingerprint>) {
    return std::to_string(value.high) + ":" + std::to_string(value.low);
  } else if constexpr (std::is_arithmetic_v<T> || std::is_same_v<T, i128>) {
    return format_decimal(static_cast<i128>(value), 0);
  } else if constexpr (Described<T>) {
    std::string text;
    boost::mp11::mp_for_each<boost::describe::describe_members<T, boost::describe::mod_public>>(
        [&](auto member) {
          text += text.empty() ? "" : " ";
          text += std::string(member.name) + "=" + text_of(value.*member.pointer);
        });
    return "{" + text + "}";
  } else {
    return '"' + std::string(value.view()) + '"';
  }
}

/// Then: refused for this reason, and the state is what it was, to the byte.
template <class State, class Command, class Reject, class... Context>
void expect_refused(const char* label, const State& state, const Command& command, Reject reject,
                    const Context&... context) {
  const Bytes before = bytes_of(state);
  const auto decision = state.decide(command, context...);
  EXPECT_EQ(bytes_of(state), before) << label;
  ASSERT_FALSE(decision.has_value()) << label;
  EXPECT_EQ(text_of(decision.error()), text_of(reject)) << label;
}

/// Then: this event and no other.
template <class Decision, class Event>
void expect_event(const char* label, const Decision& decision, const Event& event) {
  ASSERT_TRUE(decision.has_value()) << label << ": " << text_of(decision.error());
  EXPECT_EQ(text_of(*decision), text_of(event)) << label;
}

/// Saved, loaded into `empty` and saved again gives the same bytes, and all of them are read.
template <class State>
void expect_saves_and_loads(const State& state, State empty = State()) {
  const Bytes bytes = bytes_of(state);
  BinaryReader reader(bytes);
  empty.load(reader);
  EXPECT_FALSE(reader.failed());
  EXPECT_TRUE(reader.at_end());
  EXPECT_EQ(bytes_of(empty), bytes);
}

}  // namespace rialto::testing
