// Portfolios: how an account's holdings are divided, and in which order its lots are sold.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include <boost/describe/class.hpp>
#include <boost/describe/enum.hpp>

#include "contexts/ledger/contract.hpp"
#include "contexts/orders/contract.hpp"
#include "core/rejection.hpp"
#include "core/types.hpp"

namespace rialto::portfolio {

/// Every account has a default portfolio, whose number is the account's own: it needs no event.
/// Further ones are numbered above all accounts.
using PortfolioId = StrongId<struct PortfolioIdTag, std::uint64_t>;
inline constexpr std::uint64_t first_further_portfolio = 1'000'000'001;
static_assert(first_further_portfolio > ledger::largest_account_number);
constexpr PortfolioId default_portfolio(AccountId account) {
  return {account.value};
}
constexpr bool is_default(PortfolioId portfolio) {
  return local_number(portfolio) < first_further_portfolio;
}

/// Names a lot within its portfolio: the number of the event that opened it.
using LotId = StrongId<struct LotIdTag, std::uint64_t>;

/// Which lots a sale uses up first, unless it names one.
BOOST_DEFINE_FIXED_ENUM_CLASS(ReliefMethod, std::uint8_t,
                              fifo,          // the oldest
                              lifo,          // the newest
                              average_cost)  // the oldest, at the average cost of all

// Commands.
struct CreatePortfolio {
  AccountId account;
  std::string name;  // 1 to 64 bytes, no control characters; not personal: stored as it is
  ReliefMethod method{};
};
/// Absent fields stay as they are.
struct ChangePortfolio {
  PortfolioId portfolio;
  std::optional<std::string> name;
  std::optional<ReliefMethod> method;
};
struct DeletePortfolio {
  PortfolioId portfolio;
};
/// Where an order's fills are to go; the order itself travels beside it (flows/commands.hpp).
struct Assignment {
  PortfolioId portfolio;  // none: the account's default
  LotId lot;              // of a sale: the lot to use up first; none: as the method says
};

// Events.
struct PortfolioCreated {
  PortfolioId portfolio;
  AccountId account;
  std::string name;
  ReliefMethod method{};
};
BOOST_DESCRIBE_STRUCT(PortfolioCreated, (), (portfolio, account, name, method))
/// Also of a default portfolio.
struct PortfolioChanged {
  PortfolioId portfolio;
  AccountId account;
  std::string name;
  ReliefMethod method{};
};
BOOST_DESCRIBE_STRUCT(PortfolioChanged, (), (portfolio, account, name, method))
struct PortfolioDeleted {
  PortfolioId portfolio;
  AccountId account;
};
BOOST_DESCRIBE_STRUCT(PortfolioDeleted, (), (portfolio, account))
/// Right behind the OrderCreated of an order that names a portfolio or a lot; orders that name
/// none have no such event and belong to the default portfolio.
struct OrderAssigned {
  OrderId order;
  AccountId account;
  PortfolioId portfolio;
  LotId lot;
  InstrumentId instrument;
  Side side{};
  Quantity quantity;
};
BOOST_DESCRIBE_STRUCT(OrderAssigned, (),
                      (order, account, portfolio, lot, instrument, side, quantity))

BOOST_DEFINE_FIXED_ENUM_CLASS(Reject, std::uint8_t, portfolio_not_found, portfolio_name_malformed,
                              default_portfolio_must_stay, portfolio_not_empty,
                              portfolio_has_open_orders, lot_only_for_sales,
                              portfolio_holds_too_little,
                              portfolio_holds_too_much,  // largest_number lots of one instrument
                              too_many_portfolios)

constexpr RejectKind kind(Reject reject) {
  switch (reject) {
    case Reject::portfolio_not_found:
      return RejectKind::not_found;
    case Reject::portfolio_name_malformed:
      return RejectKind::malformed;
    case Reject::default_portfolio_must_stay:
    case Reject::portfolio_not_empty:
    case Reject::portfolio_has_open_orders:
      return RejectKind::conflict;
    default:
      return RejectKind::business;
  }
}

}  // namespace rialto::portfolio
