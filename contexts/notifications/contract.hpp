// Who wants to be told of what, and how; messages that people send; what has been read. That an
// order, a trade or a wallet changed is told by the events themselves: projections/notifications
// derives a notification from each, so nothing of that is here.
#pragma once

#include <cstdint>
#include <string>

#include <boost/describe/class.hpp>
#include <boost/describe/enum.hpp>

#include "core/rejection.hpp"
#include "core/types.hpp"

namespace rialto::notifications {

BOOST_DEFINE_FIXED_ENUM_CLASS(Kind, std::uint8_t, orders, trades, wallet, portfolio, messages)
inline constexpr int kinds = 5;

/// A set of kinds, as bits.
struct Kinds {
  std::uint8_t bits{};

  static constexpr Kinds all() { return {(1 << kinds) - 1}; }
  constexpr bool has(Kind kind) const { return (bits >> static_cast<int>(kind) & 1) != 0; }
  constexpr void add(Kind kind) { set(kind, true); }
  constexpr void set(Kind kind, bool member) {
    const auto bit = static_cast<std::uint8_t>(1 << static_cast<int>(kind));
    bits = static_cast<std::uint8_t>(member ? bits | bit : bits & ~bit);
  }
  constexpr bool empty() const { return bits == 0; }
  friend constexpr Kinds operator&(Kinds a, Kinds b) {
    return {static_cast<std::uint8_t>(a.bits & b.bits)};
  }
  friend constexpr bool operator==(Kinds, Kinds) = default;
};
BOOST_DESCRIBE_STRUCT(Kinds, (), (bits))

/// Which kinds reach a user through which channel.
struct Preferences {
  Kinds in_app = Kinds::all();
  Kinds email;
  friend constexpr bool operator==(const Preferences&, const Preferences&) = default;
};
BOOST_DESCRIBE_STRUCT(Preferences, (), (in_app, email))

/// The longest a sealed title or text may be, in bytes.
inline constexpr std::size_t longest_title = 512;
inline constexpr std::size_t longest_text = 8'192;

// Commands.
struct SetPreferences {
  UserId user;
  Preferences preferences;
};
/// A message from an administrator or from oneself, sealed under the recipient's key.
struct PostMessage {
  UserId user;
  UserId by;
  std::string title;
  std::string text;
};
/// The notification of this kind that event `cause` made for the user has been read, or not.
struct MarkRead {
  UserId user;
  Sequence cause;
  Kind kind{};
  bool read = true;
};

// Events.
struct PreferencesSet {
  UserId user;
  Preferences preferences;
};
BOOST_DESCRIBE_STRUCT(PreferencesSet, (), (user, preferences))
struct MessagePosted {
  UserId user;
  UserId by;
  std::string title;  // ciphertext
  std::string text;   // ciphertext
};
BOOST_DESCRIBE_STRUCT(MessagePosted, (), (user, by, title, text))
struct NotificationMarked {
  UserId user;
  Sequence cause;
  Kind kind{};
  bool read{};
};
BOOST_DESCRIBE_STRUCT(NotificationMarked, (), (user, cause, kind, read))

BOOST_DEFINE_FIXED_ENUM_CLASS(Reject, std::uint8_t,
                              notification_not_found,  // raised by who looks it up, and by the flow
                              message_too_long, kinds_out_of_range)

constexpr RejectKind kind(Reject reject) {
  return reject == Reject::notification_not_found ? RejectKind::not_found : RejectKind::business;
}

}  // namespace rialto::notifications
