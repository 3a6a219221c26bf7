// A wallet's balances as the map that everything published shows: {"USD":"12.5","BTC":"1"}.
#pragma once

#include "contexts/instruments/instruments.hpp"
#include "contexts/ledger/ledger.hpp"
#include "platform/net/json_writer.hpp"

namespace rialto::projections {

/// USD first and always, then every asset the account ever had. `part`: what is owned, held, or may
/// be short.
void write_balances(net::JsonWriter&, const ledger::Ledger&, const ledger::Account&,
                    const instruments::Instruments&, Amount ledger::Balance::* part);

}  // namespace rialto::projections
