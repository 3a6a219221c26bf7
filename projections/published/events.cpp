#include "projections/published/events.hpp"

#include <algorithm>

#include <fmt/format.h>
#include <boost/describe/enum_to_string.hpp>

#include "flows/registry.hpp"
#include "platform/net/json_writer.hpp"
#include "projections/published/balances.hpp"
#include "projections/published/wording.hpp"

namespace rialto::projections {
namespace {

using net::JsonWriter;
using portfolio::PortfolioId;

/// What a portfolio owns of an asset, in minor units: of a further one, what its orders brought; of
/// a default one, what is left of the account's.
i128 holding_of(const flows::Venue& venue, PortfolioId id, AccountId account, AssetId asset) {
  const auto further = [&](PortfolioId of) {
    i128 owned = 0;
    venue.portfolios.each_position(of, [&](InstrumentId instrument, auto position) {
      const auto& listed = *venue.instruments.instrument(instrument);
      if (listed.base == asset)
        owned += static_cast<i128>(position.owned.value) * listed.base_per_lot.value;
    });
    return owned;
  };
  if (!portfolio::is_default(id)) return further(id);
  i128 owned = venue.ledger.balance(account, asset).owned.value;
  for (const PortfolioId other : venue.portfolios.further_of(account)) owned -= further(other);
  return owned;
}

/// The name of a published type; one that is not in published_types does not compile.
struct TypeName {
  consteval TypeName(const char* name) : text(name) {
    if (std::ranges::find(published_types, text) == published_types.end())
      throw "add it to published_types";
  }
  std::string_view text;
};

class Publisher {
 public:
  Publisher(Moment at, const flows::Venue& after, const OpenUserName& open)
      : at_(at), after_(after), open_user_name_(open) {}

  void publish(const identity::UserCreated& event) {
    publish_user("UserCreated", event.user, event.person, event.profile);
  }
  void publish(const identity::UserUpdated& event) {
    const identity::User* user = after_.identity.user(event.user);
    publish_user("UserUpdated", event.user, user ? user->person : Fingerprint{}, event.profile);
  }
  void publish(const identity::UserDeleted& event) {
    publish_user("UserDeleted", event.user, {}, {});
  }

  void publish(const orders::OrderCreated& event) {
    const auto& instrument = *after_.instruments.instrument(event.instrument);
    emit("OrderCreated", event.order.value, {event.user}, event.instrument, [&](JsonWriter& json) {
      write_order(json, event.order, event.user, instrument);
      json.field("type", side_text(event.side)).field("orderType", order_type_text(event.type));
      write_size(json, event.quantity, event.price, instrument);
      write_price(json, "stopPrice", event.stop_price, instrument);
      json.field("timeInForce", time_in_force_text(event.time_in_force));
      if (!event.client_order_id.empty()) json.field("clientOrderId", event.client_order_id.view());
    });
    emit("OrderPlaced", event.order.value, {event.user}, event.instrument, [&](JsonWriter& json) {
      write_order(json, event.order, event.user, instrument);
      json.field("type", side_text(event.side));
      write_size(json, event.quantity, event.price, instrument);
    });
  }
  void publish(const orders::OrderUpdated& event) {
    publish_update(event.order, event.account, event.instrument, event.quantity, event.price,
                   event.stop_price);
  }
  void publish(const matching::OrderReduced& event) {
    // Reduced to nothing, it is about to be cancelled: that says it all.
    const orders::Order* order = after_.orders.order(event.order);
    if (order && order->remaining.value != 0)
      publish_update(event.order, event.account, event.instrument, order->quantity(), order->price,
                     order->stop_price);
  }
  void publish(const matching::OrderCancelled& event) {
    const auto& instrument = *after_.instruments.instrument(event.instrument);
    const UserId user = owner(event.account);
    emit("OrderCancelled", event.order.value, {user}, event.instrument, [&](JsonWriter& json) {
      write_order(json, event.order, user, instrument);
      json.field("remainingQuantity", quantity_text(event.remaining, instrument))
          .field("reason", cancel_reason_text(event.reason));
    });
    publish_end(event.order, event.reason);
  }
  void publish(const matching::TradeExecuted& event) {
    const auto& instrument = *after_.instruments.instrument(event.instrument);
    const Audience parties{owner(event.buyer), owner(event.seller)};
    emit("TradeExecuted", event.trade.value, parties, event.instrument, [&](JsonWriter& json) {
      json.field("tradeId", std::to_string(event.trade.value))
          .field("buyOrderId", std::to_string(event.buy_order.value))
          .field("sellOrderId", std::to_string(event.sell_order.value))
          .field("product", instrument.symbol)
          .field("symbol", instrument.symbol)
          .field("type", side_text(event.taker_side));
      write_size(json, event.quantity, event.price, instrument);
    });
    publish_wallet(event.buyer);
    if (event.seller != event.buyer) publish_wallet(event.seller);
    publish_settlement(event, Side::buy, instrument);
    publish_settlement(event, Side::sell, instrument);
    const PortfolioId bought = destination(event.buy_order, event.buyer);
    const PortfolioId sold = destination(event.sell_order, event.seller);
    publish_holding(bought, event.buyer, instrument, "trade");
    if (sold != bought) publish_holding(sold, event.seller, instrument, "trade");
    publish_end(event.buy_order, std::nullopt);
    if (event.sell_order != event.buy_order) publish_end(event.sell_order, std::nullopt);
  }
  /// To the world a trade like any other, marked.
  void publish(const corrections::TradeEntered& event) {
    const auto& instrument = *after_.instruments.instrument(event.parties.instrument);
    emit("TradeExecuted", event.trade.value, parties_of(event.parties), instrument.id,
         [&](JsonWriter& json) {
           json.field("tradeId", std::to_string(event.trade.value))
               .key("buyOrderId")
               .null()
               .key("sellOrderId")
               .null()
               .field("product", instrument.symbol)
               .field("symbol", instrument.symbol)
               .field("type", side_text(Side::buy));
           write_size(json, event.terms.quantity, event.terms.price, instrument);
           json.field("administrative", true);
         });
    publish_wallets(event.parties);
  }
  void publish(const corrections::TradeCorrected& event) {
    const auto& instrument = *after_.instruments.instrument(event.parties.instrument);
    emit("TradeCorrected", event.trade.value, parties_of(event.parties), instrument.id,
         [&](JsonWriter& json) {
           write_change(json, event.trade, event.version, instrument);
           write_size(json, event.after.quantity, event.after.price, instrument);
           json.field("oldQuantity", quantity_text(event.before.quantity, instrument));
           write_price(json, "oldPrice", event.before.price, instrument);
           json.field("reason", event.reason);
         });
    publish_wallets(event.parties);
  }
  void publish(const corrections::TradeBusted& event) {
    const auto& instrument = *after_.instruments.instrument(event.parties.instrument);
    emit("TradeBusted", event.trade.value, parties_of(event.parties), instrument.id,
         [&](JsonWriter& json) {
           write_change(json, event.trade, event.version, instrument);
           write_size(json, event.terms.quantity, event.terms.price, instrument);
           json.field("reason", event.reason);
         });
    publish_wallets(event.parties);
  }
  void publish(const ledger::AccountOpened& event) { publish_wallet(event.account); }
  void publish(const ledger::AccountCredited& event) {
    publish_wallet(event.account);
    publish_transfer(event.account, event.asset, "deposit");
  }
  void publish(const ledger::AccountDebited& event) {
    publish_wallet(event.account);
    publish_transfer(event.account, event.asset, "withdrawal");
  }
  void publish(const portfolio::PortfolioCreated& event) {
    publish_portfolio(event.portfolio, event.account, "created", event.name, event.method);
  }
  void publish(const portfolio::PortfolioChanged& event) {
    publish_portfolio(event.portfolio, event.account, "changed", event.name, event.method);
  }
  void publish(const portfolio::PortfolioDeleted& event) {
    publish_portfolio(event.portfolio, event.account, "deleted", {}, {});
  }
  void publish(const calendar::DayHasPassed& event) {
    constexpr std::int64_t day_ns = 86'400'000'000'000;
    emit("DayHasPassed", static_cast<std::uint64_t>(event.date.value), {.everyone = true}, {},
         [&](JsonWriter& json) {
           json.field("date", time_text({event.date.value * day_ns}).substr(0, 10));
         });
  }

  std::vector<PublishedEvent> take() { return std::move(out_); }

 private:
  template <class WriteData>
  void emit(TypeName type, std::uint64_t entity, Audience audience, InstrumentId instrument,
            WriteData write_data) {
    PublishedEvent& event =
        out_.emplace_back(type.text, fmt::format("{}-{}-{}", at_.sequence.value, type.text, entity),
                          at_.sequence, at_.time, instrument, audience, std::string());
    JsonWriter json(event.text);
    json.begin_object()
        .field("id", event.id)
        .field("sequence", at_.sequence.value)
        .field("causeSequence", at_.sequence.value)
        .field("time", time_text(at_.time))
        .field("type", type.text)
        .key("data")
        .begin_object();
    write_data(json);
    json.end_object().end_object();
  }

  void publish_user(TypeName type, UserId user, Fingerprint person,
                    const identity::SealedProfile& profile) {
    const std::string name = open_user_name_ && !person.empty()
                                 ? open_user_name_(person, profile.user_name)
                                 : std::string{};
    emit(type, user.value, {user}, {}, [&](JsonWriter& json) {
      json.field("userId", std::to_string(user.value));
      if (!name.empty()) json.field("userName", name);
    });
  }

  void publish_update(OrderId id, AccountId account, InstrumentId instrument_id, Quantity quantity,
                      Price price, Price stop_price) {
    const auto& instrument = *after_.instruments.instrument(instrument_id);
    const orders::Order* order = after_.orders.order(id);
    const UserId user = owner(account);
    emit("OrderUpdated", id.value, {user}, instrument_id, [&](JsonWriter& json) {
      write_order(json, id, user, instrument);
      if (order) json.field("type", side_text(order->side));
      write_size(json, quantity, price, instrument);
      write_price(json, "stopPrice", stop_price, instrument);
    });
  }

  /// System accounts are nobody's wallet.
  void publish_wallet(AccountId id) {
    const ledger::Account& account = *after_.ledger.account(id);
    if (account.kind == ledger::AccountKind::system) return;
    emit("WalletUpdated", id.value, {account.owner}, {}, [&](JsonWriter& json) {
      json.field("walletId", std::to_string(id.value));
      if (account.owner.value != 0)
        json.field("userId", std::to_string(account.owner.value));
      else
        json.key("userId").null();
      json.key("balance");
      write_balances(json, after_.ledger, account, after_.instruments, &ledger::Balance::owned);
    });
  }

  /// One leg of a trade, for the one whose it is: what changed hands, net of the fee, and what it
  /// owns of both assets now.
  void publish_settlement(const matching::TradeExecuted& event, Side side,
                          const instruments::Instrument& instrument) {
    const bool buys = side == Side::buy;
    const AccountId account = buys ? event.buyer : event.seller;
    const OrderId order = buys ? event.buy_order : event.sell_order;
    const std::int64_t fee = (buys ? event.buyer_fee : event.seller_fee).value;
    const i128 sign = buys ? 1 : -1;
    const auto& base = *after_.instruments.asset(event.base);
    const auto& quote = *after_.instruments.asset(event.quote);
    const auto owned = [&](const instruments::Asset& asset) {
      return amount_text(after_.ledger.balance(account, asset.id).owned.value, asset);
    };
    const UserId user = owner(account);
    emit("TradeSettled", order.value, {user}, event.instrument, [&](JsonWriter& json) {
      json.field("tradeId", std::to_string(event.trade.value));
      write_order(json, order, user, instrument);
      json.field("securityId", instrument.symbol)
          .field("clientId", std::to_string(owner(account).value))
          .field("walletId", std::to_string(account.value))
          .field("type", side_text(side));
      write_size(json, event.quantity, event.price, instrument);
      json.field("notional", amount_text(event.notional.value, quote))
          .field("fee", amount_text(fee, quote))
          .key("change")
          .begin_object()
          .field(base.code, amount_text(sign * event.base_amount.value, base))
          .field(quote.code, amount_text(-sign * event.notional.value - fee, quote))
          .end_object()
          .key("balance")
          .begin_object()
          .field(base.code, owned(base))
          .field(quote.code, owned(quote))
          .end_object();
    });
  }

  Audience parties_of(const corrections::Parties& parties) const {
    return {owner(parties.buyer), owner(parties.seller)};
  }

  void publish_wallets(const corrections::Parties& parties) {
    const auto& instrument = *after_.instruments.instrument(parties.instrument);
    publish_wallet(parties.buyer);
    if (parties.seller != parties.buyer) publish_wallet(parties.seller);
    publish_holding(portfolio::default_portfolio(parties.buyer), parties.buyer, instrument,
                    "correction");
    if (parties.seller != parties.buyer)
      publish_holding(portfolio::default_portfolio(parties.seller), parties.seller, instrument,
                      "correction");
  }

  static void write_change(JsonWriter& json, TradeId trade, std::uint32_t version,
                           const instruments::Instrument& instrument) {
    json.field("tradeId", std::to_string(trade.value))
        .field("product", instrument.symbol)
        .field("symbol", instrument.symbol)
        .field("version", version);
  }
  /// How an order ended, if it did: filled (OrderFulfilled) or with nothing done (OrderFailed), and
  /// either way over (OrderCompleted). What was partly done and then cancelled is only that.
  void publish_end(OrderId id, std::optional<orders::CancelReason> reason) {
    const orders::Order* order = after_.orders.just_closed(id);
    if (!order) return;
    if (!reason)
      publish_end("OrderFulfilled", *order, reason);
    else if (order->filled.value == 0)
      publish_end("OrderFailed", *order, reason);
    publish_end("OrderCompleted", *order, reason);
  }
  void publish_end(TypeName type, const orders::Order& order,
                   std::optional<orders::CancelReason> reason) {
    const auto& instrument = *after_.instruments.instrument(order.instrument);
    const auto& quote = *after_.instruments.asset(instrument.quote);
    emit(type, order.id.value, {order.user}, order.instrument, [&](JsonWriter& json) {
      write_order(json, order.id, order.user, instrument);
      json.field("type", side_text(order.side))
          .field("status",
                 status_text(reason ? flows::status_of(*reason) : flows::OrderStatus::filled));
      if (reason) json.field("reason", cancel_reason_text(*reason));
      json.field("quantity", quantity_text(order.quantity(), instrument))
          .field("filledQuantity", quantity_text(order.filled, instrument))
          .field("remainingQuantity", quantity_text(order.remaining, instrument));
      if (order.filled.value != 0)
        json.field("averagePrice",
                   average_price_text(order.filled_notional, order.filled, instrument, quote));
      else
        json.key("averagePrice").null();
      json.field("fees", amount_text(order.fees, quote));
    });
  }
  /// Where the fills of an order go.
  PortfolioId destination(OrderId order, AccountId account) const {
    const auto* assigned = after_.portfolios.assigned_to_last(order);
    return assigned ? assigned->portfolio : portfolio::default_portfolio(account);
  }
  template <class WriteRest>
  void publish_portfolio_event(PortfolioId id, AccountId account, InstrumentId instrument,
                               std::string_view change, WriteRest write_rest) {
    const UserId user = owner(account);
    emit("PortfolioUpdated", id.value, {user}, instrument, [&](JsonWriter& json) {
      json.field("portfolioId", std::to_string(id.value));
      if (user.value != 0)
        json.field("userId", std::to_string(user.value));
      else
        json.key("userId").null();
      json.field("walletId", std::to_string(account.value)).field("change", change);
      write_rest(json);
    });
  }
  /// `quantity` is what the portfolio owns of the symbol's base asset.
  void publish_holding(PortfolioId id, AccountId account, const instruments::Instrument& instrument,
                       std::string_view change) {
    if (after_.ledger.account(account)->kind == ledger::AccountKind::system) return;
    publish_portfolio_event(id, account, instrument.id, change, [&](JsonWriter& json) {
      json.field("product", instrument.symbol)
          .field("symbol", instrument.symbol)
          .field("quantity", amount_text(holding_of(after_, id, account, instrument.base),
                                         *after_.instruments.asset(instrument.base)));
    });
  }
  void publish_transfer(AccountId account, AssetId asset, std::string_view change) {
    for (const auto& listed : after_.instruments.instruments())
      if (listed.base == asset)
        return publish_holding(portfolio::default_portfolio(account), account, listed, change);
  }
  void publish_portfolio(PortfolioId id, AccountId account, std::string_view change,
                         std::string_view name, std::optional<portfolio::ReliefMethod> method) {
    publish_portfolio_event(id, account, {}, change, [&](JsonWriter& json) {
      if (method)
        json.field("name", name).field("method", boost::describe::enum_to_string(*method, "fifo"));
      json.key("product").null().key("symbol").null().key("quantity").null();
    });
  }

  UserId owner(AccountId account) const { return after_.ledger.account(account)->owner; }

  static void write_order(JsonWriter& json, OrderId order, UserId user,
                          const instruments::Instrument& instrument) {
    json.field("orderId", std::to_string(order.value))
        .field("userId", std::to_string(user.value))
        .field("product", instrument.symbol)
        .field("symbol", instrument.symbol);
  }
  static void write_price(JsonWriter& json, std::string_view name, Price price,
                          const instruments::Instrument& instrument) {
    if (price.value != 0)
      json.field(name, price_text(price, instrument));
    else
      json.key(name).null();
  }
  static void write_size(JsonWriter& json, Quantity quantity, Price price,
                         const instruments::Instrument& instrument) {
    json.field("quantity", quantity_text(quantity, instrument));
    write_price(json, "price", price, instrument);
  }

  const Moment at_;
  const flows::Venue& after_;
  const OpenUserName& open_user_name_;
  std::vector<PublishedEvent> out_;
};

}  // namespace

std::vector<PublishedEvent> published(const flows::AnyEvent& any, Moment at,
                                      const flows::Venue& after,
                                      const OpenUserName& open_user_name) {
  Publisher publisher(at, after, open_user_name);
  std::visit(
      [&](const auto& event) {
        if constexpr (requires { publisher.publish(event); }) publisher.publish(event);
      },
      any);
  return publisher.take();
}

std::vector<std::string> published_events(EventType type, ByteView payload, Sequence sequence,
                                          Timestamp time, const flows::Venue& after,
                                          const OpenUserName& open_user_name) {
  std::vector<std::string> texts;
  flows::decode_event(type, payload, [&](const auto& event) {
    for (PublishedEvent& each : published(event, {sequence, time}, after, open_user_name))
      texts.push_back(std::move(each.text));
  });
  return texts;
}

}  // namespace rialto::projections
