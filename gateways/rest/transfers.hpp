// Money in and out of an account: one reading of {amount, asset?} and Idempotency-Key for all the
// paths that move it.
//
// Pure translation; handlers run on the server's thread, answers where the port's callbacks run.
#pragma once

#include <functional>
#include <optional>

#include "contexts/ledger/contract.hpp"
#include "gateways/rest/front_desk.hpp"
#include "gateways/rest/numbers.hpp"

namespace rialto::rest {

enum class Direction : std::uint8_t { credit, debit };

/// The asset that `name` means, USD without one; 422 where there is none.
Parsed<const instruments::Asset*> find_asset(std::optional<std::string_view> name,
                                             const instruments::Instruments&);

/// The Idempotency-Key header, empty without one; 400 where it is longer than 255 bytes.
Parsed<std::string_view> idempotency_key(const net::Request&);

/// Moves what the body says; `done` answers for the sequence it was done by. Refusals are answered
/// here.
void move_money(FrontDesk&, const net::Request&, net::Responder, const Caller&, AccountId,
                Direction, std::move_only_function<void(net::Responder, Sequence)> done);

}  // namespace rialto::rest
