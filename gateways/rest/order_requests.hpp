// Bodies of order requests to commands. Unknown fields are refused here: a misspelt "stopPrice"
// must not become an order without one.
#pragma once

#include <optional>
#include <string>

#include "contexts/instruments/instruments.hpp"
#include "flows/commands.hpp"
#include "gateways/rest/numbers.hpp"
#include "platform/net/json_reader.hpp"
#include "platform/security/keyed_index.hpp"

namespace rialto::rest {

/// An order and what it names of portfolios, if anything.
struct OrderRequest {
  orders::PlaceOrder order;
  portfolio::Assignment assignment;
};
/// REQUIRES: `fields` has no problem yet; whoever calls checks it (FrontDesk::complete) before
/// using the command. The key names (account, clientOrderId), the content everything else. With a
/// `side`, the path has named it and not the body.
Parsed<OrderRequest> parse_place_order(net::JsonFields& fields, AccountId,
                                       const instruments::Instruments&,
                                       const security::CommandNames&,
                                       std::optional<Side> side = std::nullopt);
/// Makes the request the account's: its key and content, where it has a client order id.
void assign_to(AccountId, OrderRequest&, const security::CommandNames&);
/// The header Idempotency-Key names an order that has no clientOrderId. The refusal of a bad one.
std::optional<net::Response> name_by_header(OrderRequest&, const net::Request&,
                                            const security::CommandNames&);
/// REST-4: the first field that no order has.
std::optional<std::string_view> unknown_in_order(const net::JsonFields&);

/// What an amendment says, still as text: its numbers mean something only beside the order's
/// instrument.
struct AmendmentText {
  std::optional<std::string> quantity;
  std::optional<std::string> price;
  std::optional<std::string> stop_price;
};
AmendmentText read_amendment(net::JsonFields& fields);
std::optional<std::string_view> unknown_in_amendment(const net::JsonFields&);
Parsed<orders::AmendOrder> parse_amendment(const AmendmentText&, AccountId, OrderId,
                                           const instruments::Instrument&);

/// 1 to 64 bytes without control characters.
bool is_client_order_id(std::string_view text);
Fingerprint client_order_key(const security::CommandNames&, AccountId,
                             std::string_view client_order_id);

}  // namespace rialto::rest
