// Orders on their way into the venue and back as an answer: what POST /api/orders and the buys and
// sells of portfolios share.
//
// Answers are made on the venue's or the replica's thread.
#pragma once

#include "gateways/rest/front_desk.hpp"
#include "gateways/rest/order_requests.hpp"
#include "projections/history/history.hpp"
#include "projections/portfolio/holdings.hpp"

namespace rialto::rest {

/// Submits the order and answers 201 with it, or with the refusal. `user` owns the account. A named
/// lot is looked at first: lot_not_found, lot_too_small; should it be used up by then, the sale
/// goes on by the portfolio's method.
void submit_order(gateways::VenuePort&, net::Responder, OrderRequest, UserId user,
                  const flows::Origin&, const projections::Holdings*);

net::Response order_response(net::Status, const projections::OrderRecord&,
                             const instruments::Instruments&);
/// A refused order with the limit it broke.
net::Response order_refusal(const Rejection&, const orders::PlaceOrder&,
                            const instruments::Instruments&);
/// The whole order, read behind the step that touched it.
void answer_with_order(gateways::VenuePort&, net::Responder, OrderId, net::Status, Sequence,
                       const projections::Holdings*);
/// Which portfolio and lot the order named, as far as the holdings know.
void find_assignment(projections::OrderRecord&, const projections::Holdings*);

}  // namespace rialto::rest
