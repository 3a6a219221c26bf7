// The people behind accounts, as step flows.
#pragma once

#include "flows/step.hpp"

namespace rialto::flows {

/// Opens the account where there is none, adds its details and pays in its opening balance; all or
/// nothing. Where the details exist already, the reply names the account.
Reply register_account(Step&, const accounts::RegisterAccount&);
Reply change_contact(Step&, const accounts::ChangeContact&);
Reply change_address(Step&, const accounts::ChangeAddress&);

}  // namespace rialto::flows
