// Described structs as big-endian bytes: how OUCH and SoupBinTCP lay out a message. Fields in the
// order they are described, integers in network order, text left-justified and padded with blanks.
// Pure functions; no allocation.
#pragma once

#include <algorithm>
#include <array>
#include <bit>
#include <cstring>
#include <string_view>

#include <boost/describe/class.hpp>
#include <boost/describe/members.hpp>
#include <boost/mp11/algorithm.hpp>

#include "core/codec.hpp"

namespace rialto::ouch {

/// Text of a fixed width.
template <std::size_t Width>
class Alpha {
 public:
  static constexpr std::size_t width = Width;
  constexpr Alpha() { bytes_.fill(' '); }
  /// What does not fit is cut off.
  constexpr Alpha(std::string_view text) : Alpha() {
    std::copy_n(text.begin(), std::min(text.size(), Width), bytes_.begin());
  }
  /// Without the padding behind it.
  constexpr std::string_view view() const {
    std::size_t size = Width;
    while (size > 0 && bytes_[size - 1] == ' ') --size;
    return {bytes_.data(), size};
  }
  constexpr const char* data() const { return bytes_.data(); }
  constexpr char* data() { return bytes_.data(); }
  friend constexpr bool operator==(const Alpha&, const Alpha&) = default;

 private:
  std::array<char, Width> bytes_;
};

template <class T>
constexpr std::size_t wire_size() {
  if constexpr (std::is_integral_v<T>) {
    return sizeof(T);
  } else if constexpr (requires { T::width; }) {
    return T::width;
  } else {
    std::size_t size = 0;
    boost::mp11::mp_for_each<boost::describe::describe_members<T, boost::describe::mod_public>>(
        [&](auto member) {
          using Field = std::remove_cvref_t<decltype(std::declval<T&>().*member.pointer)>;
          size += wire_size<Field>();
        });
    return size;
  }
}

/// Writes wire_size<T>() bytes; returns their end.
template <class T>
std::byte* write_wire(std::byte* at, const T& value) {
  if constexpr (std::is_integral_v<T>) {
    const T swapped = std::byteswap(value);
    std::memcpy(at, &swapped, sizeof swapped);
    return at + sizeof swapped;
  } else if constexpr (requires { T::width; }) {
    std::memcpy(at, value.data(), T::width);
    return at + T::width;
  } else {
    boost::mp11::mp_for_each<boost::describe::describe_members<T, boost::describe::mod_public>>(
        [&](auto member) { at = write_wire(at, value.*member.pointer); });
    return at;
  }
}

/// REQUIRES: wire_size<T>() bytes at `at`.
template <class T>
const std::byte* read_wire(const std::byte* at, T& value) {
  if constexpr (std::is_integral_v<T>) {
    std::memcpy(&value, at, sizeof value);
    value = std::byteswap(value);
    return at + sizeof value;
  } else if constexpr (requires { T::width; }) {
    std::memcpy(value.data(), at, T::width);
    return at + T::width;
  } else {
    boost::mp11::mp_for_each<boost::describe::describe_members<T, boost::describe::mod_public>>(
        [&](auto member) { at = read_wire(at, value.*member.pointer); });
    return at;
  }
}

}  // namespace rialto::ouch
