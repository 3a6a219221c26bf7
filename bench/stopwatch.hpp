// Time as the benchmarks take it. On a machine that others use too, the time that this program had
// a core says more than the clock.
#pragma once

#include <chrono>
#include <ctime>

namespace rialto::bench {

enum class Of { thread, process };

class Stopwatch {
 public:
  explicit Stopwatch(Of of = Of::process) : of_(of), cpu_start_(used()) {}

  /// Seconds since it was made.
  double wall() const {
    return std::chrono::duration<double>(std::chrono::steady_clock::now() - start_).count();
  }
  /// Seconds of a core since then: of the calling thread, or of the whole process.
  double cpu() const { return used() - cpu_start_; }

 private:
  double used() const {
    timespec t{};
    ::clock_gettime(of_ == Of::thread ? CLOCK_THREAD_CPUTIME_ID : CLOCK_PROCESS_CPUTIME_ID, &t);
    return static_cast<double>(t.tv_sec) + static_cast<double>(t.tv_nsec) * 1e-9;
  }

  Of of_;
  std::chrono::steady_clock::time_point start_ = std::chrono::steady_clock::now();
  double cpu_start_;
};

}  // namespace rialto::bench
