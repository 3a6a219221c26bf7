// What this machine does at this moment with the plainest work: the yardstick of every other
// figure, which is judged as a ratio to one of these. One thread; names end in their unit.
//
// calibrate [--directory DIR] [--json FILE] [--quick]
#include <isa-l/crc.h>

#include <algorithm>
#include <chrono>
#include <cstring>
#include <numeric>
#include <random>
#include <vector>

#include <fmt/format.h>
#include <CLI/CLI.hpp>

#include "bench/figures.hpp"
#include "platform/storage/aligned_buffer.hpp"
#include "platform/storage/posix_files.hpp"

namespace {

using namespace rialto;
using Clock = std::chrono::steady_clock;

volatile std::uint64_t sink;  // a result that is used is a computation that is done

double since(Clock::time_point start) {
  return std::chrono::duration<double>(Clock::now() - start).count();
}

void report(std::string_view name, double value) {
  fmt::print("{:<44} {:12.2f}\n", name, value);
  bench::figures().add(name, value);
}

/// The best of some rounds, in seconds: what else runs on the machine only ever adds.
template <class Work>
double best_of(int rounds, Work&& work) {
  double best = 1e9;
  for (int i = 0; i < rounds; ++i) {
    const auto start = Clock::now();
    work();
    best = std::min(best, since(start));
  }
  return best;
}

/// Cache lines of which each names the next: one cycle through all (Sattolo's shuffle).
struct Line {
  std::uint64_t next;
  std::uint64_t filler[7];
};

std::vector<Line> cycle_of(std::size_t bytes) {
  std::vector<Line> lines(bytes / sizeof(Line));
  std::mt19937_64 random(7);
  std::vector<std::uint32_t> order(lines.size());
  std::iota(order.begin(), order.end(), 0u);
  for (std::size_t i = order.size() - 1; i > 0; --i) std::swap(order[i], order[random() % i]);
  for (std::size_t i = 0; i < order.size(); ++i) lines[i].next = order[i];
  return lines;
}

void measure_loads(const char* size, std::size_t bytes, std::size_t loads) {
  const std::vector<Line> lines = cycle_of(bytes);
  const double chased = best_of(3, [&] {
    std::uint64_t at = sink % lines.size();
    for (std::size_t i = 0; i < loads; ++i) at = lines[at].next;
    sink = at;
  });
  report(fmt::format("dependent load, {}, ns", size), chased / static_cast<double>(loads) * 1e9);
}

void measure_prefetched(std::size_t bytes, std::size_t loads) {
  const std::vector<Line> lines = cycle_of(bytes);
  constexpr std::size_t batch = 32;
  const double overlapped = best_of(3, [&] {
    std::mt19937_64 random(1);
    std::uint64_t sum = 0;
    std::size_t wanted[batch];
    for (std::size_t i = 0; i < loads; i += batch) {
      for (std::size_t& at : wanted) {
        at = random() % lines.size();
        __builtin_prefetch(&lines[at]);
      }
      for (const std::size_t at : wanted) sum += lines[at].next;
    }
    sink = sum;
  });
  report("prefetched load, 32 at once, 64 MiB, ns", overlapped / static_cast<double>(loads) * 1e9);
}

void measure_arithmetic() {
  constexpr std::size_t steps = 50'000'000;
  const double chain = best_of(3, [] {
    std::uint64_t x = sink | 1;
    for (std::size_t i = 0; i < steps; ++i) {
      x = x * 6'364'136'223'846'793'005 + 1'442'695'040'888'963'407;
      asm volatile("" : "+r"(x));
    }
    sink = x;
  });
  report("multiply and add, a chain, ns", chain / steps * 1e9);
}

void measure_bytes() {
  constexpr std::size_t size = 128 << 20;
  std::vector<unsigned char> from(size, 1);
  std::vector<unsigned char> to(size, 2);
  const double copied = best_of(5, [&] {
    std::memcpy(to.data(), from.data(), size);
    sink = to[sink % size];
  });
  report("memcpy, 128 MiB, GB/s", size / copied / 1e9);
  constexpr std::size_t small = 64 << 10;
  constexpr std::size_t times = 2'000;
  const double summed = best_of(5, [&] {
    unsigned crc = 0;
    for (std::size_t i = 0; i < times; ++i) crc = crc32_iscsi(from.data(), small, crc);
    sink = crc;
  });
  report("crc32c, 64 KiB, GB/s", static_cast<double>(small * times) / summed / 1e9);
}

/// The medians of single appends, past the page cache, into space that exists.
bool measure_disk(const std::string& directory, std::size_t rounds) {
  constexpr std::size_t page = 4096;
  auto& files = storage::posix_files();
  const std::string path = storage::join(directory, "calibration");
  auto file = files.open(path, storage::Access::create_new, storage::Caching::direct);
  if (!file || !(*file)->allocate(0, rounds * page)) return false;
  storage::AlignedBuffer zeros(page);
  std::memset(zeros.data(), 0, page);
  bool good = true;
  const auto once = [&](std::size_t i) {
    good = good && (*file)->write_at(i * page, {zeros.data(), page}) && (*file)->datasync();
  };
  for (std::size_t i = 0; i < rounds; ++i)
    good = good && (*file)->write_at(i * page, {zeros.data(), page}).has_value();
  good = good && (*file)->datasync().has_value();
  std::vector<double> us;
  for (std::size_t i = 0; i < rounds; ++i) {
    const auto start = Clock::now();
    once(i);
    us.push_back(since(start) * 1e6);
  }
  std::ranges::sort(us);
  report("4 KiB append + fdatasync, p50 us", us[us.size() / 2]);
  report("4 KiB append + fdatasync, p99 us", us[us.size() * 99 / 100]);
  return files.remove(path).has_value() && good;
}

}  // namespace

int main(int argc, char** argv) {
  std::string directory = ".";
  std::string json;
  bool quick = false;
  CLI::App app("what this machine does at this moment");
  app.add_option("--directory", directory, "on the disk that is to be measured");
  app.add_option("--json", json, "write the figures there");
  app.add_flag("--quick", quick);
  CLI11_PARSE(app, argc, argv);
  measure_loads("16 KiB", 16 << 10, 20'000'000);
  measure_loads("1 MiB", 1 << 20, 10'000'000);
  measure_loads("64 MiB", 64 << 20, 1'000'000);
  if (!quick) measure_loads("1 GiB", 1 << 30, 1'000'000);
  measure_prefetched(64 << 20, 3'200'000);
  measure_arithmetic();
  measure_bytes();
  if (!measure_disk(directory, quick ? 500 : 2'000)) {
    fmt::print(stderr, "the disk cannot be measured in {}\n", directory);
    return 1;
  }
  return bench::figures().write(json) ? 0 : 1;
}
