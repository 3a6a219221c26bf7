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
  sessions.save(out);
  portfolios.save(out);
  accounts.save(out);
  corrections.save(out);
  notifications.save(out);
  api_keys.save(out);
}

bool Venue::load(ByteView bytes) {
  BinaryReader in(bytes);
  calendar.load(in);
  identity.load(in);
  instruments.load(in);
  ledger.load(in);
  orders.load(in);
  matching.load(in);
  terms_.clear();
  for (const auto& listed : instruments.instruments()) keep_terms(listed.id);
  sessions.load(in);
  // A snapshot of an older version ends before one of these.
  accounts = {};
  corrections = {};
  notifications = {};
  if (!in.at_end()) portfolios.load(in);
  if (!in.at_end()) {
    accounts.load(in);
    corrections.load(in);
    notifications.load(in);
  }
  if (!in.at_end()) api_keys.load(in);
  return !in.failed() && in.at_end();
}

void Venue::keep_terms(InstrumentId id) {
  const instruments::Instrument& listed = *instruments.instrument(id);
  terms_.resize(std::max<std::size_t>(terms_.size(), id.value));
  terms_[id.value - 1] = {
      listed.id,           listed.base,   listed.quote, listed.quote_per_tick_lot,
      listed.base_per_lot, listed.halted, listed.rules};
}

}  // namespace rialto::flows
