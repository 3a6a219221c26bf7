// Which events notify whom, and in which words. Both follow from the event and the state alone, so
// that every reader of the log, live or rebuilding, finds the same notifications.
//
// Pure functions.
#pragma once

#include <array>
#include <functional>
#include <string>
#include <string_view>

#include "flows/registry.hpp"
#include "flows/venue.hpp"

namespace rialto::projections {

/// NOTIFICATIONS-1: event, kind and user; there is never a second one of the same.
struct NoticeId {
  Sequence cause;
  notifications::Kind kind{};
  UserId user;
  friend auto operator<=>(const NoticeId&, const NoticeId&) = default;
};
/// "41-trades-7", and back; nothing where it is anything else.
std::string to_text(const NoticeId&);
std::optional<NoticeId> parse_notice_id(std::string_view text);
std::optional<notifications::Kind> parse_kind(std::string_view text);

struct Notice {
  UserId user;
  notifications::Kinds kinds;
};
/// At most the two parties of a trade.
class Notices {
 public:
  void add(UserId user, notifications::Kinds kinds);
  const Notice* begin() const { return notices_.data(); }
  const Notice* end() const { return notices_.data() + count_; }

 private:
  std::array<Notice, 2> notices_;
  std::size_t count_ = 0;
};

/// Everybody whom the event concerns, whatever they prefer. `after` is the state behind it.
Notices notices_of(const flows::AnyEvent&, const flows::Venue& after);
/// NOTIFICATIONS-2: what of it a user wants in the app, as of `after`. Messages always arrive.
notifications::Kinds wanted_in_app(const Notice&, const flows::Venue& after);
notifications::Kinds wanted_by_email(const Notice&, const flows::Venue& after);

/// Opens a sealed field of a person; empty where the person is erased.
using OpenField =
    std::function<std::string(Fingerprint person, std::string_view field, std::string_view sealed)>;
/// Field names under which messages are sealed.
inline constexpr std::string_view message_title_field = "message.title";
inline constexpr std::string_view message_text_field = "message.text";

struct NoticeText {
  std::string_view event;  // the published name of what happened
  std::string title;
  std::string message;
};
/// In words, for this user. `venue`: any state behind the event.
NoticeText text_of(const flows::AnyEvent&, notifications::Kind, UserId, const flows::Venue& venue,
                   const OpenField&);

}  // namespace rialto::projections
