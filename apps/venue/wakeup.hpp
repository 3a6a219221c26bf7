// Where the venue's thread sleeps: until another thread rings, a line's descriptor is readable, or
// the time has come. One thread waits, any thread rings.
#pragma once

#include <chrono>
#include <vector>

namespace rialto::apps {

class Wakeup {
 public:
  Wakeup();
  ~Wakeup();
  Wakeup(const Wakeup&) = delete;
  Wakeup& operator=(const Wakeup&) = delete;

  /// Adds a descriptor that wakes the sleeper when it is readable; before the first wait().
  void watch(int descriptor);
  void ring() const;
  /// Takes back every earlier ring. May return early.
  void wait(std::chrono::nanoseconds at_most);

 private:
  int bell_;
  std::vector<int> watched_;
};

}  // namespace rialto::apps
