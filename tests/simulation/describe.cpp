// The trace of a run in words: enough to understand a failure without a debugger.
#include <fmt/format.h>
#include <boost/describe/enum_to_string.hpp>

#include "tests/simulation/clients.hpp"

namespace rialto::simulation {
namespace {

template <class Enum>
const char* name(Enum value) {
  return boost::describe::enum_to_string(value, "?");
}

std::string line(const orders::PlaceOrder& c) {
  return fmt::format(
      "account {} places {} {} {} {} on instrument {}: {} lots at {}, stop {}, display {}, "
      "expires {}{}, key {}",
      c.account.value, name(c.side), name(c.type), name(c.time_in_force),
      name(c.self_trade_prevention), c.instrument.value, c.quantity.value, c.price.value,
      c.stop_price.value, c.display.value, c.expire_time.value, c.post_only ? ", post-only" : "",
      c.key.low);
}
std::string line(const orders::AmendOrder& c) {
  return fmt::format("account {} amends order {}: {} lots at {}, stop {} (0: as before)",
                     c.account.value, c.order.value, c.quantity.value_or(Quantity{}).value,
                     c.price.value_or(Price{}).value, c.stop_price.value_or(Price{}).value);
}
std::string line(const orders::CancelOrder& c) {
  return fmt::format("account {} cancels order {}, key {}", c.account.value, c.order.value,
                     c.key.low);
}
std::string line(const orders::CancelAllOrders& c) {
  return fmt::format("account {} cancels all on instrument {}", c.account.value,
                     c.instrument.value);
}
std::string line(const orders::BlockTrading& c) {
  return fmt::format("block account {}", c.account.value);
}
std::string line(const orders::UnblockTrading& c) {
  return fmt::format("unblock account {}", c.account.value);
}
std::string line(const ledger::CreditAccount& c) {
  return fmt::format("credit account {} with {} of asset {}, key {}", c.account.value,
                     c.amount.value, c.asset.value, c.key.low);
}
std::string line(const ledger::DebitAccount& c) {
  return fmt::format("debit account {} by {} of asset {}, key {}", c.account.value, c.amount.value,
                     c.asset.value, c.key.low);
}
std::string line(const flows::SetBalance& c) {
  return fmt::format("set account {} to {} of asset {}", c.account.value, c.balance.value,
                     c.asset.value);
}
std::string line(const ledger::OpenAccount& c) {
  return fmt::format("open a {} account", name(c.kind));
}
std::string line(const flows::OpenWallet& c) {
  return fmt::format("open a wallet for user {}", c.user.value);
}
std::string line(const ledger::CloseAccount& c) {
  return fmt::format("close account {}", c.account.value);
}
std::string line(const ledger::SetShortLimit& c) {
  return fmt::format("account {} may be short of {} of asset {}", c.account.value, c.limit.value,
                     c.asset.value);
}
std::string line(const identity::RegisterUser& c) {
  return fmt::format("register person {}", c.person.low);
}
std::string line(const identity::UpdateUser& c) {
  return fmt::format("update user {}", c.user.value);
}
std::string line(const identity::DeleteUser& c) {
  return fmt::format("delete user {}", c.user.value);
}
std::string line(const instruments::RegisterAsset& c) {
  return "register asset " + c.code;
}
std::string line(const instruments::ListInstrument& c) {
  return "list " + c.symbol;
}
std::string line(const instruments::ChangeRules& c) {
  return fmt::format("change the rules of instrument {}: fees {}/{}, collar {}", c.instrument.value,
                     c.rules.maker_fee.value, c.rules.taker_fee.value, c.rules.collar_ppm);
}
std::string line(const instruments::HaltInstrument& c) {
  return fmt::format("halt instrument {}", c.instrument.value);
}
std::string line(const instruments::ResumeInstrument& c) {
  return fmt::format("resume instrument {}", c.instrument.value);
}
std::string line(const flows::AdvanceClock&) {
  return "advance the clock";
}
std::string line(const sessions::OpenSession& c) {
  return fmt::format("open a session of user {}", c.user.value);
}
std::string line(const sessions::RevokeSession& c) {
  return fmt::format("revoke session {}", c.session.value);
}
std::string line(const sessions::RefuseOrder& c) {
  return fmt::format("refuse {} of session {}", c.user_ref, c.session.value);
}
std::string line(const sessions::CancelSessionOrders& c) {
  return fmt::format("cancel the orders of session {}", c.session.value);
}
std::string line(const sessions::SwitchOrderEntry& c) {
  return fmt::format("switch order entry of session {} {}", c.session.value,
                     c.enabled ? "on" : "off");
}
std::string line(const accounts::RegisterAccount& c) {
  return fmt::format("register the account of user {} with {} of asset {}, key {}", c.user.value,
                     c.open_balance.value, c.asset.value, c.key.low);
}
std::string line(const accounts::ChangeContact& c) {
  return fmt::format("change the contact of account {}", c.account.value);
}
std::string line(const accounts::ChangeAddress& c) {
  return fmt::format("change the address of account {}", c.account.value);
}
std::string line(const corrections::EnterTrade& c) {
  return fmt::format("enter a trade of {} and {} on instrument {}: {} lots at {}, key {}",
                     c.buyer.value, c.seller.value, c.instrument.value, c.quantity.value,
                     c.price.value, c.key.low);
}
std::string line(const corrections::CorrectTrade& c) {
  return fmt::format("correct trade {}.{}: {} lots at {} (0: as before)", c.trade.trade.value,
                     c.trade.seen, c.quantity.value_or(Quantity{}).value,
                     c.price.value_or(Price{}).value);
}
std::string line(const corrections::BustTrade& c) {
  return fmt::format("bust trade {}.{}", c.trade.trade.value, c.trade.seen);
}
std::string line(const notifications::SetPreferences& c) {
  return fmt::format("set the preferences of user {}", c.user.value);
}
std::string line(const notifications::PostMessage& c) {
  return fmt::format("send user {} a message", c.user.value);
}
std::string line(const notifications::MarkRead& c) {
  return fmt::format("user {} has read what event {} said", c.user.value, c.cause.value);
}
std::string line(const flows::PlaceAssignedOrder& c) {
  return fmt::format("{}, into portfolio {}, lot {}", line(c.order), c.assignment.portfolio.value,
                     c.assignment.lot.value);
}
std::string line(const portfolio::CreatePortfolio& c) {
  return fmt::format("create a portfolio of account {}", c.account.value);
}
std::string line(const portfolio::ChangePortfolio& c) {
  return fmt::format("change portfolio {}", c.portfolio.value);
}
std::string line(const portfolio::DeletePortfolio& c) {
  return fmt::format("delete portfolio {}", c.portfolio.value);
}
std::string line(const apikeys::CreateApiKey& c) {
  return fmt::format("create an API key of user {}", c.user.value);
}
std::string line(const apikeys::RevokeApiKey& c) {
  return fmt::format("revoke API key {}", c.key.value);
}

}  // namespace

std::string describe(const flows::Command& command) {
  return std::visit([](const auto& c) { return line(c); }, command);
}

std::string describe(const flows::Reply& reply) {
  if (reply.rejection) return fmt::format("refused: {}", reply.rejection->code);
  std::string text = fmt::format("done, event {}", reply.sequence.value);
  if (reply.repeated) text = "done before";
  if (reply.order.order.value != 0)
    text += fmt::format(", order {} {} {}/{}", reply.order.order.value, name(reply.order.status),
                        reply.order.filled.value, reply.order.quantity.value);
  return text;
}

}  // namespace rialto::simulation
