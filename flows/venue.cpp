#include "flows/venue.hpp"

#include "flows/registry.hpp"

namespace rialto::flows {

bool Venue::replay(ByteView block, Timestamp now) {
  bool known = true;
  const bool parsed = each_event(block, [&](EventType type, ByteView payload) {
    known = known && decode_event(type, payload, [&](const auto& event) { evolve(event, now); });
  });
  return parsed && known;
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
