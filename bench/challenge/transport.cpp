#include "bench/challenge/transport.hpp"

#include <algorithm>

namespace rialto::challenge {
namespace {

Ring& ring(void* handle) {
  return *static_cast<Ring*>(handle);
}

void* create(std::uint32_t capacity) {
  return new Ring(capacity);
}

int push(void* handle, const me_report_t* report) {
  me_report_t* const slot = ring(handle).claim();
  if (slot == nullptr) return 0;
  *slot = *report;
  ring(handle).commit();
  return 1;
}

std::uint32_t drain(void* handle, me_report_t* out, std::uint32_t most) {
  const auto reports = ring(handle).ready(most);
  std::ranges::copy(reports, out);
  ring(handle).release(reports.size());
  return static_cast<std::uint32_t>(reports.size());
}

void flush(void* handle) {
  ring(handle).publish();
}

void destroy(void* handle) {
  delete &ring(handle);
}

constexpr me_transport_t functions{create, push, drain, flush, destroy};

}  // namespace

const me_transport_t* transport() {
  return &functions;
}

}  // namespace rialto::challenge
