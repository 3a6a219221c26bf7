#include "flows/venue.hpp"

#include "flows/registry.hpp"

namespace rialto::flows {

bool Venue::replay(EventType type, ByteView payload, Timestamp now) {
  return decode_event(type, payload, [&](const auto& event) { evolve(event, now); });
}

void Venue::save(BinaryWriter& out) const {
  calendar.save(out);
  identity.save(out);
  instruments.save(out);
  ledger.save(out);
  orders.save(out);
  matching.save(out);
}

bool Venue::load(ByteView bytes) {
  BinaryReader in(bytes);
  calendar.load(in);
  identity.load(in);
  instruments.load(in);
  ledger.load(in);
  orders.load(in);
  matching.load(in);
  return !in.failed() && in.at_end();
}

}  // namespace rialto::flows
