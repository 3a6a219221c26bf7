// The followers of the replica that handlers read, inside VenuePort::read only. Owned by apps; null
// where a venue runs without one: its paths are not there then.
#pragma once

namespace rialto::projections {
class EmailDesk;
class Holdings;
class Inbox;
class MarketData;
class Statements;
}  // namespace rialto::projections

namespace rialto::rest {

struct ReadModels {
  projections::MarketData* market = nullptr;
  const projections::Holdings* holdings = nullptr;
  const projections::Statements* statements = nullptr;
  const projections::Inbox* inbox = nullptr;
  const projections::EmailDesk* email_desk = nullptr;
};

}  // namespace rialto::rest
