// What the log costs against the bare disk and the bare memory, in the same run.
//
// --benchmark_filter selects; files go to RIALTO_BENCH_DIR, or the working directory, on the disk
// that is to be measured.
#include <cstdlib>
#include <filesystem>

#include <benchmark/benchmark.h>

#include "platform/eventlog/log.hpp"
#include "platform/eventlog/step_writer.hpp"
#include "platform/eventlog/verify.hpp"
#include "platform/storage/posix_files.hpp"

namespace rialto::eventlog {
namespace {

/// An event of a trade's shape and size: fixed fields, 64 bytes of payload.
struct Traded {
  OrderId maker{};
  OrderId taker{};
  AccountId maker_account{};
  AccountId taker_account{};
  Price price{};
  Quantity quantity{};
  Amount maker_fee{};
  Amount taker_fee{};
};
BOOST_DESCRIBE_STRUCT(Traded, (),
                      (maker, taker, maker_account, taker_account, price, quantity, maker_fee,
                       taker_fee))

constexpr EventType traded_type{1};
constexpr std::uint32_t events_per_step = 4;

std::string fresh_directory() {
  const char* base = std::getenv("RIALTO_BENCH_DIR");
  const std::string directory = storage::join(base != nullptr ? base : ".", "log_bench_files");
  std::filesystem::remove_all(directory);
  return directory;
}

Options bench_options() {
  Options options;
  options.log_id = {1, 2};
  return options;
}

void write_step(StepWriter& steps, std::uint32_t events) {
  steps.begin_step({.time = {1}, .actor = {2}, .session = {3}, .command = {4, 5}});
  for (std::uint32_t i = 0; i < events; ++i) {
    const std::uint64_t number = steps.next().value;
    steps.append(traded_type,
                 Traded{{number}, {number + 1}, {7}, {8}, {4'213'377}, {100}, {3}, {-1}});
  }
  steps.end_step();
}

/// Whole steps of together at most `bytes`.
void fill_batch(StepWriter& steps, std::size_t bytes) {
  constexpr std::size_t step_bytes =
      largest_step_header_bytes + events_per_step * (event_header_bytes + 64);
  while (steps.frames().size() + step_bytes + sizeof(FrameHeader) <= bytes)
    write_step(steps, events_per_step);
}

void append_and_commit(benchmark::State& state) {
  const std::string directory = fresh_directory();
  auto log = Log::open(storage::posix_files(), directory, bench_options());
  if (!log) return state.SkipWithError(describe(log.error()).c_str());
  StepWriter steps({1});
  std::uint64_t events = 0;
  for (auto _ : state) {
    fill_batch(steps, static_cast<std::size_t>(state.range(0)));
    if (!(*log)->append(steps.frames()) || !(*log)->commit({1}))
      return state.SkipWithError("the log stopped");
    events = steps.next().value - 1;
    steps.clear();
    state.PauseTiming();
    // The wiring does this beside the path of an order.
    (*log)->hash_pending();
    (void)(*log)->prepare_next();
    state.ResumeTiming();
  }
  state.SetBytesProcessed(static_cast<std::int64_t>(state.iterations()) * state.range(0));
  state.counters["events/s"] =
      benchmark::Counter(static_cast<double>(events), benchmark::Counter::kIsRate);
  log->reset();
  std::filesystem::remove_all(directory);
}
BENCHMARK(append_and_commit)
    ->Arg(4 << 10)
    ->Arg(256 << 10)
    ->UseRealTime()
    ->Unit(benchmark::kMicrosecond);

/// The floor: the same bytes by pwrite and fdatasync into a preallocated file, past the page cache.
void bare_write_and_sync(benchmark::State& state) {
  const std::string directory = fresh_directory();
  auto& files = storage::posix_files();
  constexpr std::uint64_t file_bytes = 64 << 20;
  if (!files.make_directory(directory)) return state.SkipWithError("no directory");
  const std::string path = storage::join(directory, "floor");
  auto file = files.open(path, storage::Access::create_new, storage::Caching::direct);
  if (!file || !(*file)->allocate(0, file_bytes) || !(*file)->datasync())
    return state.SkipWithError("no direct access here");
  const auto size = static_cast<std::size_t>(state.range(0));
  storage::AlignedBuffer buffer(size);
  std::memset(buffer.data(), 1, size);
  std::uint64_t offset = 0;
  for (auto _ : state) {
    if (!(*file)->write_at(offset, {buffer.data(), size}) || !(*file)->datasync())
      return state.SkipWithError("the disk failed");
    offset = (offset + size) % file_bytes;
  }
  state.SetBytesProcessed(static_cast<std::int64_t>(state.iterations()) * state.range(0));
  std::filesystem::remove_all(directory);
}
BENCHMARK(bare_write_and_sync)
    ->Arg(4 << 10)
    ->Arg(256 << 10)
    ->UseRealTime()
    ->Unit(benchmark::kMicrosecond);

/// Reading a log of about 256 MB from the page cache: checksums only, then the chain too.
void read_log(benchmark::State& state) {
  const std::string directory = fresh_directory();
  auto& files = storage::posix_files();
  Options options = bench_options();
  options.durability.mode = DurabilityMode::none;
  std::uint64_t events = 0;
  {
    auto log = Log::open(files, directory, options);
    if (!log) return state.SkipWithError(describe(log.error()).c_str());
    StepWriter steps({1});
    std::uint64_t batches = 0;
    while ((*log)->segment().value < 5) {
      fill_batch(steps, 256 << 10);
      if (!(*log)->append(steps.frames()) || !(*log)->commit({1}))
        return state.SkipWithError("the log stopped");
      steps.clear();
      if (++batches % 16 == 0 && !(*log)->sync({1})) return state.SkipWithError("the log stopped");
    }
    events = (*log)->last().value;
  }
  std::int64_t bytes = 0;
  std::int64_t sum = 0;
  for (auto _ : state) {
    ReadOptions reading;
    reading.chain = state.range(0) != 0 ? ChainCheck::all : ChainCheck::none;
    auto reader = LogReader::open(files, directory, reading);
    while (reader) {
      const auto frame = reader->next();
      if (!frame) return state.SkipWithError(describe(frame.error()).c_str());
      if (!*frame) break;
      bytes += static_cast<std::int64_t>((*frame)->bytes().size());
      for (const EventView& event : (*frame)->events())
        sum += BinaryReader(event.payload).read<Traded>().price.value;
    }
  }
  benchmark::DoNotOptimize(sum);
  state.SetBytesProcessed(bytes);
  state.counters["events/s"] = benchmark::Counter(static_cast<double>(events * state.iterations()),
                                                  benchmark::Counter::kIsRate);
  std::filesystem::remove_all(directory);
}
BENCHMARK(read_log)->ArgName("chain")->Arg(0)->Arg(1)->UseRealTime()->Unit(benchmark::kMillisecond);

void encode_events(benchmark::State& state) {
  StepWriter steps({1});
  const auto events = static_cast<std::uint32_t>(state.range(0));
  for (auto _ : state) {
    write_step(steps, events);
    if (steps.frames().size() > 512 << 10) steps.clear();
  }
  state.SetItemsProcessed(static_cast<std::int64_t>(state.iterations()) * events);
}
BENCHMARK(encode_events)->ArgName("per_step")->Arg(1)->Arg(4)->Arg(64);

/// append() alone: copying, stamping and checksums, without the disk.
void checksum_and_hash(benchmark::State& state) {
  StepWriter steps({1});
  fill_batch(steps, 256 << 10);
  Bytes batch(steps.frames().begin(), steps.frames().end());
  Chain chain;
  for (auto _ : state) {
    if (state.range(0) == 0) {
      std::size_t at = 0;
      for (const FrameView& frame : frames_in(steps.frames())) {
        stamp_frame(std::span(batch).subspan(at, frame.bytes().size()), {2, {1}}, {0});
        at += frame.bytes().size();
      }
    } else {
      chain.extend(batch);
    }
  }
  benchmark::DoNotOptimize(batch.data());
  state.SetBytesProcessed(static_cast<std::int64_t>(state.iterations() * batch.size()));
}
BENCHMARK(checksum_and_hash)->ArgName("sha256")->Arg(0)->Arg(1)->Unit(benchmark::kMicrosecond);

}  // namespace
}  // namespace rialto::eventlog

BENCHMARK_MAIN();
