// A statement as JSON and as CSV: one line for each leg of each posting, with the balance behind
// it.
//
// Pure functions; the replica's thread.
#pragma once

#include "contexts/instruments/instruments.hpp"
#include "gateways/rest/account_requests.hpp"
#include "platform/net/message.hpp"
#include "projections/statements/statements.hpp"

namespace rialto::rest {

net::Response statement_json(AccountId, const projections::Period&, const projections::Statement&,
                             const instruments::Instruments&);
/// RFC 4180; the cursor of the next page, if there is one, in the header Next-Cursor.
net::Response statement_csv(const projections::Period&, const projections::Statement&,
                            const instruments::Instruments&);

}  // namespace rialto::rest
