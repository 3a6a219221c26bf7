#include "projections/notifications/notices.hpp"

#include <charconv>

#include <fmt/format.h>
#include <boost/describe/enum_from_string.hpp>
#include <boost/describe/enum_to_string.hpp>

namespace rialto::projections {
namespace {

using notifications::Kind;
using notifications::Kinds;

constexpr Kinds kinds_of(std::initializer_list<Kind> list) {
  Kinds kinds;
  for (const Kind kind : list) kinds.add(kind);
  return kinds;
}

/// Overloads for the events that concern somebody.
struct Concern {
  const flows::Venue& after;
  Notices notices{};

  void tell(UserId user, std::initializer_list<Kind> list) { notices.add(user, kinds_of(list)); }
  void tell_owner(AccountId account, std::initializer_list<Kind> list) {
    tell(after.ledger.account(account)->owner, list);
  }
  void tell_parties(AccountId buyer, AccountId seller) {
    for (const AccountId party : {buyer, seller})
      tell_owner(party, {Kind::trades, Kind::wallet, Kind::portfolio});
  }

  void of(const orders::OrderCreated& event) { tell(event.user, {Kind::orders}); }
  void of(const orders::OrderUpdated& event) { tell_owner(event.account, {Kind::orders}); }
  void of(const matching::OrderReduced& event) { tell_owner(event.account, {Kind::orders}); }
  void of(const matching::OrderCancelled& event) { tell_owner(event.account, {Kind::orders}); }
  void of(const matching::TradeExecuted& event) { tell_parties(event.buyer, event.seller); }
  void of(const corrections::TradeEntered& event) {
    tell_parties(event.parties.buyer, event.parties.seller);
  }
  void of(const corrections::TradeCorrected& event) {
    tell_parties(event.parties.buyer, event.parties.seller);
  }
  void of(const corrections::TradeBusted& event) {
    tell_parties(event.parties.buyer, event.parties.seller);
  }
  void of(const ledger::AccountCredited& event) { tell_owner(event.account, {Kind::wallet}); }
  void of(const ledger::AccountDebited& event) { tell_owner(event.account, {Kind::wallet}); }
  void of(const notifications::MessagePosted& event) { tell(event.user, {Kind::messages}); }
};

}  // namespace

std::string to_text(const NoticeId& id) {
  return fmt::format("{}-{}-{}", id.cause.value, boost::describe::enum_to_string(id.kind, "kind"),
                     id.user.value);
}

std::optional<Kind> parse_kind(std::string_view text) {
  Kind kind{};
  if (!boost::describe::enum_from_string(std::string(text).c_str(), kind)) return std::nullopt;
  return kind;
}

std::optional<NoticeId> parse_notice_id(std::string_view text) {
  const auto first = text.find('-');
  const auto last = text.rfind('-');
  if (first == text.npos || last == first) return std::nullopt;
  const auto number = [](std::string_view digits) -> std::optional<std::uint64_t> {
    std::uint64_t value = 0;
    const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), value);
    const bool whole = error == std::errc{} && end == digits.data() + digits.size();
    return whole && !digits.empty() && value <= INT64_MAX ? std::optional(value) : std::nullopt;
  };
  const auto cause = number(text.substr(0, first));
  const auto kind = parse_kind(text.substr(first + 1, last - first - 1));
  const auto user = number(text.substr(last + 1));
  if (!cause || !kind || !user) return std::nullopt;
  return NoticeId{{*cause}, *kind, {*user}};
}

void Notices::add(UserId user, Kinds kinds) {
  if (user.value == 0) return;  // nobody's account
  for (std::size_t i = 0; i < count_; ++i)
    if (notices_[i].user == user) {
      notices_[i].kinds.bits = static_cast<std::uint8_t>(notices_[i].kinds.bits | kinds.bits);
      return;
    }
  notices_[count_++] = {user, kinds};
}

Notices notices_of(const flows::AnyEvent& any, const flows::Venue& after) {
  Concern concern{after};
  std::visit(
      [&](const auto& event) {
        if constexpr (requires { concern.of(event); }) concern.of(event);
      },
      any);
  return concern.notices;
}

Kinds wanted_in_app(const Notice& notice, const flows::Venue& after) {
  Kinds wanted = after.notifications.preferences(notice.user).in_app;
  wanted.add(Kind::messages);
  return notice.kinds & wanted;
}

Kinds wanted_by_email(const Notice& notice, const flows::Venue& after) {
  return notice.kinds & after.notifications.preferences(notice.user).email;
}

}  // namespace rialto::projections
