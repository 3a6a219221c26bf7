// Users, wallets and money, as step flows.
#pragma once

#include "flows/step.hpp"

namespace rialto::flows {

/// A new user gets a wallet in the same step.
Reply register_user(Step&, const identity::RegisterUser&);
Reply update_user(Step&, const identity::UpdateUser&);
/// Refused while the user's account holds funds or has open orders; closes the account.
Reply delete_user(Step&, const identity::DeleteUser&);
Reply open_wallet(Step&, const OpenWallet&);
Reply open_account(Step&, const ledger::OpenAccount&);
/// Refused unless the account is empty and has no open orders.
Reply close_account(Step&, const ledger::CloseAccount&);
Reply credit(Step&, const ledger::CreditAccount&);
Reply debit(Step&, const ledger::DebitAccount&);
Reply set_balance(Step&, const SetBalance&);
Reply set_short_limit(Step&, const ledger::SetShortLimit&);

}  // namespace rialto::flows
