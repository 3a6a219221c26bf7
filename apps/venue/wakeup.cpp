#include "apps/venue/wakeup.hpp"

#include <cstdint>

#include <poll.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include "core/assert.hpp"

namespace rialto::apps {

Wakeup::Wakeup() : bell_(::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK)) {
  RIALTO_ASSERT(bell_ >= 0);  // no descriptors left at start-up: nothing else would work either
}

Wakeup::~Wakeup() {
  ::close(bell_);
}

void Wakeup::watch(int descriptor) {
  watched_.push_back(descriptor);
}

void Wakeup::ring() const {
  const std::uint64_t once = 1;
  // Full only after 2^64 rings that nobody took back: it rings already.
  (void)!::write(bell_, &once, sizeof once);
}

void Wakeup::wait(std::chrono::nanoseconds at_most) {
  std::vector<pollfd> polled;
  polled.reserve(watched_.size() + 1);
  polled.push_back({bell_, POLLIN, 0});
  for (const int descriptor : watched_) polled.push_back({descriptor, POLLIN, 0});
  const auto seconds = std::chrono::floor<std::chrono::seconds>(at_most);
  const timespec limit{seconds.count(), (at_most - seconds).count()};
  if (::ppoll(polled.data(), polled.size(), &limit, nullptr) <= 0) return;
  std::uint64_t rings = 0;
  (void)!::read(bell_, &rings, sizeof rings);
}

}  // namespace rialto::apps
