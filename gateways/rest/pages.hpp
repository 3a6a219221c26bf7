// Lists: ?symbol= &walletId= &limit= &before= in, {"items":[…],"next":…} out. Newest first; `next`
// is what to send as `before` for the following page, null on the last one.
//
// Pure functions; any thread.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "gateways/rest/front_desk.hpp"
#include "gateways/rest/numbers.hpp"
#include "platform/net/json_writer.hpp"
#include "projections/history/history.hpp"

namespace rialto::rest {

struct ListQuery {
  AccountId account;  // the caller's, or the wallet named by walletId
  bool account_named = false;
  std::optional<InstrumentId> instrument;
  projections::Page page;
};

/// 400 for a limit outside 1 to 1000 or a malformed cursor, 404 for an unknown symbol and for a
/// wallet that is neither the caller's nor an administrator's to see.
Parsed<ListQuery> list_query(const net::Request&, const Caller&, const instruments::Instruments&);
/// limit and before alone.
Parsed<projections::Page> page_query(const net::Request&);

/// The whole answer; `write(JsonWriter&, row)` writes one item. `next` 0: no further page.
template <class Rows, class Write>
net::Response list_response(const Rows& rows, std::uint64_t next, Write write) {
  net::Response response;
  net::JsonWriter json(response.body);
  json.begin_object().key("items").begin_array();
  for (const auto& row : rows) write(json, row);
  json.end_array();
  if (next != 0)
    json.field("next", std::to_string(next));
  else
    json.key("next").null();
  json.end_object();
  return response;
}

}  // namespace rialto::rest
