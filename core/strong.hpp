// One template behind every domain integer: two quantities of different kinds never mix by
// accident.
#pragma once

#include <compare>
#include <cstddef>
#include <cstdint>
#include <functional>

namespace rialto {

/// An identifier: comparable and hashable, no arithmetic.
template <class Tag, class Rep>
struct StrongId {
  using rep = Rep;
  Rep value{};
  friend constexpr auto operator<=>(StrongId, StrongId) = default;
};

/// A number with a unit: addition and subtraction within its own kind only. Overflow is the
/// caller's to exclude beforehand (deciders check capacity in 128 bits, see wide.hpp).
template <class Tag, class Rep>
struct StrongNumber {
  using rep = Rep;
  Rep value{};
  friend constexpr auto operator<=>(StrongNumber, StrongNumber) = default;
  friend constexpr StrongNumber operator+(StrongNumber a, StrongNumber b) {
    return {a.value + b.value};
  }
  friend constexpr StrongNumber operator-(StrongNumber a, StrongNumber b) {
    return {a.value - b.value};
  }
  constexpr StrongNumber operator-() const { return {-value}; }
  constexpr StrongNumber& operator+=(StrongNumber other) {
    value += other.value;
    return *this;
  }
  constexpr StrongNumber& operator-=(StrongNumber other) {
    value -= other.value;
    return *this;
  }
};

template <class T>
concept Strong = requires { typename T::rep; } && requires(T t) { t.value; } &&
                 sizeof(T) == sizeof(typename T::rep);

}  // namespace rialto

template <class Tag, class Rep>
struct std::hash<rialto::StrongId<Tag, Rep>> {
  std::size_t operator()(rialto::StrongId<Tag, Rep> id) const noexcept {
    return std::hash<Rep>{}(id.value);
  }
};
