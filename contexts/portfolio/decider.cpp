#include <algorithm>

#include "contexts/portfolio/portfolios.hpp"
#include "core/assert.hpp"

namespace rialto::portfolio {
namespace {

bool well_formed(std::string_view name) {
  return !name.empty() && name.size() <= Portfolios::longest_name &&
         std::none_of(name.begin(), name.end(), [](char c) {
           const auto byte = static_cast<unsigned char>(c);
           return byte < 0x20 || byte == 0x7f;
         });
}

std::size_t index_of(PortfolioId id) {
  return local_number(id) - first_further_portfolio;
}

}  // namespace

std::expected<PortfolioCreated, Reject> Portfolios::decide(const CreatePortfolio& command) const {
  if (!well_formed(command.name)) return std::unexpected(Reject::portfolio_name_malformed);
  if (further_.size() >= most_portfolios) return std::unexpected(Reject::too_many_portfolios);
  return PortfolioCreated{
      {first_further_portfolio + further_.size()}, command.account, command.name, command.method};
}

std::expected<PortfolioChanged, Reject> Portfolios::decide(const ChangePortfolio& command,
                                                           AccountId of_default) const {
  const Portfolio* found = further(command.portfolio);
  if (!found && !is_default(command.portfolio)) return std::unexpected(Reject::portfolio_not_found);
  const Portfolio now = found ? *found : default_of(of_default);
  const std::string& name = command.name ? *command.name : now.name;
  if (!well_formed(name)) return std::unexpected(Reject::portfolio_name_malformed);
  return PortfolioChanged{now.id, now.account, name, command.method.value_or(now.method)};
}

std::expected<PortfolioDeleted, Reject> Portfolios::decide(const DeletePortfolio& command) const {
  if (is_default(command.portfolio)) return std::unexpected(Reject::default_portfolio_must_stay);
  const Portfolio* found = further(command.portfolio);
  if (!found) return std::unexpected(Reject::portfolio_not_found);
  // PORTFOLIO-2: what is deleted is empty, and nothing can flow into it any more.
  bool holds = false;
  bool trades = false;
  each_position(found->id, [&](InstrumentId, const Position& position) {
    holds = holds || position.owned.value != 0;
    trades = trades || position.buying.value != 0 || position.selling.value != 0;
  });
  if (holds) return std::unexpected(Reject::portfolio_not_empty);
  if (trades) return std::unexpected(Reject::portfolio_has_open_orders);
  return PortfolioDeleted{found->id, found->account};
}

std::optional<Reject> Portfolios::refuse(const Assignment& assignment,
                                         const orders::PlaceOrder& order, bool may_be_short) const {
  const PortfolioId own_default = default_portfolio(order.account);
  const bool by_default = assignment.portfolio.value == 0 || assignment.portfolio == own_default;
  if (!by_default) {
    // PORTFOLIO-1: an order goes to a portfolio of its own account.
    const Portfolio* found = further(assignment.portfolio);
    if (!found || found->account != order.account) return Reject::portfolio_not_found;
  }
  if (assignment.lot.value != 0 && order.side == Side::buy) return Reject::lot_only_for_sales;
  return by_default ? std::nullopt
                    : refuse(assignment.portfolio, order.instrument, order.side, order.quantity,
                             may_be_short);
}

/// PORTFOLIO-3: a customer's further portfolio never sells more than it holds, and none leaves 18
/// digits. The default one may sell whatever the account holds, which is the ledger's to say.
std::optional<Reject> Portfolios::refuse(PortfolioId id, InstrumentId instrument, Side side,
                                         Quantity more, bool may_be_short) const {
  // An order that is no order is refused in better words elsewhere.
  if (more.value <= 0 || more.value > largest_number) return std::nullopt;
  const Position held = position(id, instrument);
  if (side == Side::buy) {
    if (more.value > largest_number - held.owned.value - held.buying.value)
      return Reject::portfolio_holds_too_much;
  } else if (more > held.owned - held.selling + Quantity{may_be_short ? largest_number : 0}) {
    return Reject::portfolio_holds_too_little;
  }
  return std::nullopt;
}

std::optional<Reject> Portfolios::refuse(const orders::OrderUpdated& update,
                                         bool may_be_short) const {
  const AssignedOrder* order = assigned(update.order);
  if (!order || is_default(order->portfolio)) return std::nullopt;
  return refuse(order->portfolio, order->instrument, order->side,
                update.quantity - order->filled - order->remaining, may_be_short);
}

void Portfolios::evolve(const PortfolioCreated& event) {
  RIALTO_ASSERT(index_of(event.portfolio) == further_.size());
  further_.push_back({event.portfolio, event.account, event.name, event.method, false});
  further_of_[event.account].push_back(event.portfolio);
}

void Portfolios::evolve(const PortfolioChanged& event) {
  Portfolio& changed = is_default(event.portfolio) ? changed_defaults_[event.account]
                                                   : further_.at(index_of(event.portfolio));
  changed = {event.portfolio, event.account, event.name, event.method, false};
}

void Portfolios::evolve(const PortfolioDeleted& event) {
  RIALTO_ASSERT(further(event.portfolio));
  further_[index_of(event.portfolio)].deleted = true;
  const auto first = positions_.lower_bound({event.portfolio, {}});
  auto last = first;
  while (last != positions_.end() && last->first.first == event.portfolio) ++last;
  positions_.erase(first, last);
}

void Portfolios::evolve(const OrderAssigned& event) {
  const auto [place, fresh] = assigned_.try_emplace(
      event.order,
      AssignedOrder{event.portfolio, event.lot, event.instrument, event.side, event.quantity, {}});
  RIALTO_ASSERT(fresh);
  if (!is_default(event.portfolio)) open(place->second) += event.quantity;
}

void Portfolios::evolve(const orders::OrderUpdated& event) {
  if (const AssignedOrder* order = assigned(event.order))
    resize(event.order, event.quantity - order->filled - order->remaining);
}

Portfolio Portfolios::default_of(AccountId account) const {
  const auto at = changed_defaults_.find(account);
  if (at != changed_defaults_.end()) return at->second;
  return {default_portfolio(account), account, std::string(default_name), ReliefMethod::fifo,
          false};
}

const Portfolio* Portfolios::further(PortfolioId id) const {
  if (is_default(id) || index_of(id) >= further_.size()) return nullptr;
  const Portfolio& found = further_[index_of(id)];
  return found.deleted ? nullptr : &found;
}

std::span<const PortfolioId> Portfolios::further_of(AccountId account) const {
  const auto at = further_of_.find(account);
  return at == further_of_.end() ? std::span<const PortfolioId>() : at->second;
}

ReliefMethod Portfolios::method(PortfolioId id) const {
  if (!is_default(id)) return further_.at(index_of(id)).method;
  if (changed_defaults_.empty()) return ReliefMethod::fifo;
  const auto at = changed_defaults_.find(AccountId{id.value});
  return at == changed_defaults_.end() ? ReliefMethod::fifo : at->second.method;
}

Position Portfolios::position(PortfolioId id, InstrumentId instrument) const {
  const auto at = positions_.find({id, instrument});
  return at == positions_.end() ? Position{} : at->second;
}

const AssignedOrder* Portfolios::assigned(OrderId order) const {
  if (assigned_.empty()) return nullptr;
  const auto at = assigned_.find(order);
  return at == assigned_.end() ? nullptr : &at->second;
}

const AssignedOrder* Portfolios::assigned_to_last(OrderId order) const {
  for (const Filled& filled : filled_)
    if (filled.id == order && order.value != 0) return &filled.order;
  return assigned(order);
}

Position& Portfolios::at(const AssignedOrder& order) {
  return positions_[{order.portfolio, order.instrument}];
}

Quantity& Portfolios::open(const AssignedOrder& order) {
  Position& position = at(order);
  return order.side == Side::buy ? position.buying : position.selling;
}

void Portfolios::fill(OrderId id, Quantity quantity, Filled& filled) {
  const auto found = assigned_.find(id);
  if (found == assigned_.end()) return;
  AssignedOrder& order = found->second;
  order.remaining -= quantity;
  order.filled += quantity;
  if (!is_default(order.portfolio)) {
    at(order).owned += order.side == Side::buy ? quantity : -quantity;
    open(order) -= quantity;
  }
  if (order.remaining.value != 0) return;
  filled = {id, order};
  assigned_.erase(found);
}

void Portfolios::end(OrderId id) {
  const auto found = assigned_.find(id);
  if (found == assigned_.end()) return;
  resize(id, -found->second.remaining);
  assigned_.erase(id);
}

void Portfolios::resize(OrderId id, Quantity change) {
  const auto found = assigned_.find(id);
  if (found == assigned_.end()) return;
  found->second.remaining += change;
  if (!is_default(found->second.portfolio)) open(found->second) += change;
}

void Portfolios::save(BinaryWriter& out) const {
  out.write(further_);
  out.write(static_cast<std::uint32_t>(changed_defaults_.size()));
  for (const auto& [account, changed] : changed_defaults_) out.write(changed);
  // One that has sold everything reads like one that never had anything.
  const auto live = [](const Position& position) {
    return position.owned.value != 0 || position.buying.value != 0 || position.selling.value != 0;
  };
  out.write(static_cast<std::uint32_t>(
      std::count_if(positions_.begin(), positions_.end(),
                    [&](const auto& entry) { return live(entry.second); })));
  for (const auto& [key, position] : positions_) {
    if (!live(position)) continue;
    out.write(key.first);
    out.write(key.second);
    out.write(position.owned);
    out.write(position.buying);
    out.write(position.selling);
  }
  std::map<OrderId, AssignedOrder> sorted(assigned_.begin(), assigned_.end());
  out.write(static_cast<std::uint32_t>(sorted.size()));
  for (const auto& [order, entry] : sorted) {
    out.write(order);
    out.write(entry);
  }
}

void Portfolios::load(BinaryReader& in) {
  *this = Portfolios();
  in.read_into(further_);
  for (const Portfolio& each : further_) further_of_[each.account].push_back(each.id);
  for (auto count = in.read<std::uint32_t>(); count > 0 && !in.failed(); --count) {
    const auto changed = in.read<Portfolio>();
    changed_defaults_[changed.account] = changed;
  }
  for (auto count = in.read<std::uint32_t>(); count > 0 && !in.failed(); --count) {
    const auto portfolio = in.read<PortfolioId>();
    const auto instrument = in.read<InstrumentId>();
    Position& position = positions_[{portfolio, instrument}];
    in.read_into(position.owned);
    in.read_into(position.buying);
    in.read_into(position.selling);
  }
  for (auto count = in.read<std::uint32_t>(); count > 0 && !in.failed(); --count) {
    const auto order = in.read<OrderId>();
    assigned_[order] = in.read<AssignedOrder>();
  }
}

}  // namespace rialto::portfolio
