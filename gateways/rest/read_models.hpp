// The followers of the replica that handlers read, inside VenuePort::read only. Owned by apps; null
// where a venue runs without one: its paths are not there then.
#pragma once

namespace rialto::projections {
class Holdings;
class MarketData;
}

namespace rialto::rest {

struct ReadModels {
  projections::MarketData* market = nullptr;
  const projections::Holdings* holdings = nullptr;
};

}  // namespace rialto::rest
