// The report stream of the public matching-engine harness over a ring of ours: created by the
// harness, filled by the engine in place, drained by the harness's own thread.
#pragma once

#include "bench/challenge/spsc_ring.hpp"
#include "matching_engine_api.h"

namespace rialto::challenge {

using Ring = SpscRing<me_report_t>;

/// The functions by which the harness makes, drains, flushes and destroys a Ring.
const me_transport_t* transport();

/// The next free slot of the ring; waits for the drainer while there is none.
inline me_report_t& claim(Ring& ring) {
  me_report_t* slot = ring.claim();
  while (slot == nullptr) {
    __builtin_ia32_pause();
    slot = ring.claim();
  }
  return *slot;
}

}  // namespace rialto::challenge
