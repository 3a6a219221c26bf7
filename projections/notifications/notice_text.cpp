// Notifications in words.
#include <fmt/format.h>

#include "flows/event_name.hpp"
#include "projections/notifications/notices.hpp"
#include "projections/published/wording.hpp"

namespace rialto::projections {
namespace {

using notifications::Kind;

struct Words {
  std::string title;
  std::string message;
};

class Speaker {
 public:
  Speaker(Kind kind, UserId user, const flows::Venue& venue, const OpenField& open)
      : kind_(kind), user_(user), venue_(venue), open_(open) {}

  Words of(const orders::OrderCreated& event) const {
    const auto& instrument = instrument_of(event.instrument);
    const bool market = event.price.value == 0;
    return {fmt::format("Order {} placed", event.order.value),
            fmt::format("{} {} {}{}", side_text(event.side),
                        quantity_text(event.quantity, instrument), instrument.symbol,
                        market ? " at the market" : " at " + price_text(event.price, instrument))};
  }
  Words of(const orders::OrderUpdated& event) const {
    const auto& instrument = instrument_of(event.instrument);
    return {fmt::format("Order {} changed", event.order.value),
            fmt::format("now {} {} at {}", quantity_text(event.quantity, instrument),
                        instrument.symbol, price_text(event.price, instrument))};
  }
  Words of(const matching::OrderReduced& event) const {
    const auto& instrument = instrument_of(event.instrument);
    return {fmt::format("Order {} reduced", event.order.value),
            fmt::format("{} {} less, by self-trade prevention", quantity_text(event.by, instrument),
                        instrument.symbol)};
  }
  Words of(const matching::OrderCancelled& event) const {
    const auto& instrument = instrument_of(event.instrument);
    return {fmt::format("Order {} ended", event.order.value),
            fmt::format("{} {} not done: {}", quantity_text(event.remaining, instrument),
                        instrument.symbol, cancel_reason_text(event.reason))};
  }
  Words of(const matching::TradeExecuted& event) const {
    const corrections::Parties parties{event.instrument, event.buyer, event.seller, event.base,
                                       event.quote};
    return trade("done", event.trade, parties, {},
                 {event.price, event.quantity, event.base_amount, event.notional, event.buyer_fee,
                  event.seller_fee});
  }
  Words of(const corrections::TradeEntered& event) const {
    return trade("entered by an administrator", event.trade, event.parties, {}, event.terms);
  }
  Words of(const corrections::TradeCorrected& event) const {
    return trade("corrected by an administrator", event.trade, event.parties, event.before,
                 event.after);
  }
  Words of(const corrections::TradeBusted& event) const {
    return trade("busted by an administrator", event.trade, event.parties, event.terms, {});
  }
  Words of(const ledger::AccountCredited& event) const {
    return {"Wallet credited", change(event.asset, event.amount)};
  }
  Words of(const ledger::AccountDebited& event) const {
    return {"Wallet debited", change(event.asset, -event.amount)};
  }
  Words of(const notifications::MessagePosted& event) const {
    const identity::User* user = venue_.identity.user(event.user);
    if (!user || !open_) return {};
    return {open_(user->person, message_title_field, event.title),
            open_(user->person, message_text_field, event.text)};
  }

 private:
  const instruments::Instrument& instrument_of(InstrumentId id) const {
    return *venue_.instruments.instrument(id);
  }
  bool owns(AccountId account) const { return venue_.ledger.account(account)->owner == user_; }

  std::string change(AssetId id, Amount amount) const {
    const auto& asset = *venue_.instruments.asset(id);
    return fmt::format("{} {}{}", asset.code, amount.value > 0 ? "+" : "",
                       amount_text(amount.value, asset));
  }

  /// The user's side of it; of both sides where they traded with themselves, the buyer's.
  Words trade(std::string_view what, TradeId id, const corrections::Parties& parties,
              const corrections::Terms& before, const corrections::Terms& after) const {
    const auto& instrument = instrument_of(parties.instrument);
    const bool buys = owns(parties.buyer);
    const std::int64_t sign = buys ? 1 : -1;
    const Amount base{sign * (after.base_amount - before.base_amount).value};
    const Amount fees =
        buys ? after.buyer_fee - before.buyer_fee : after.seller_fee - before.seller_fee;
    const Amount quote{-sign * (after.notional - before.notional).value - fees.value};
    const std::string title = fmt::format("Trade {} {}", id.value, what);
    if (kind_ == Kind::wallet)
      return {title, change(parties.quote, quote) + ", " + change(parties.base, base)};
    if (kind_ == Kind::portfolio) return {title, change(parties.base, base)};
    const corrections::Terms& told = after.quantity.value != 0 ? after : before;
    return {title, fmt::format("{} {} {} at {}", buys ? "bought" : "sold",
                               quantity_text(told.quantity, instrument), instrument.symbol,
                               price_text(told.price, instrument))};
  }

  Kind kind_;
  UserId user_;
  const flows::Venue& venue_;
  const OpenField& open_;
};

}  // namespace

NoticeText text_of(const flows::AnyEvent& any, Kind kind, UserId user, const flows::Venue& venue,
                   const OpenField& open) {
  const Speaker speaker(kind, user, venue, open);
  NoticeText text;
  std::visit(
      [&]<class Event>(const Event& event) {
        text.event = flows::event_name<Event>();
        if constexpr (requires { speaker.of(event); }) {
          Words words = speaker.of(event);
          text.title = std::move(words.title);
          text.message = std::move(words.message);
        }
      },
      any);
  return text;
}

}  // namespace rialto::projections
