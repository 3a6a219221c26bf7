// What the log's tests share: small segments on a faulty disk, and events whose content follows
// from their number, so that any surviving event can be checked.
#pragma once

#include <gtest/gtest.h>

#include "platform/eventlog/log.hpp"
#include "platform/eventlog/step_writer.hpp"
#include "platform/storage/faulty_files.hpp"

namespace rialto::eventlog {

struct Noted {
  std::uint64_t number{};
  std::string text;
};
BOOST_DESCRIBE_STRUCT(Noted, (), (number, text))

inline constexpr EventType noted_type{7};
inline const std::string log_directory = "log";

inline Noted noted(std::uint64_t number, std::size_t text_size) {
  return {number, std::string(text_size, static_cast<char>('a' + number % 26))};
}

inline Options small_segments() {
  Options options;
  options.segment_bytes = 64 << 10;
  options.reserve_bytes = 16 << 10;
  options.min_free_bytes = 0;
  options.log_id = {1, 2};
  return options;
}

/// One step of `events` events of `text_size` letters each.
inline void write_step(StepWriter& steps, std::uint32_t events, std::size_t text_size) {
  const std::uint64_t first = steps.next().value;
  steps.begin_step({.time = {static_cast<std::int64_t>(first)},
                    .actor = {first + 1},
                    .session = {first + 2},
                    .command = {first, 3},
                    .correlation = {first + 4}});
  for (std::uint32_t i = 0; i < events; ++i) steps.append(noted_type, noted(first + i, text_size));
  steps.end_step();
}

/// Appends and commits one step, which must succeed.
inline void commit_step(Log& log, std::uint32_t events = 1, std::size_t text_size = 20) {
  StepWriter steps({log.last().value + 1});
  write_step(steps, events, text_size);
  const auto appended = log.append(steps.frames());
  ASSERT_TRUE(appended) << describe(appended.error());
  const auto committed = log.commit({1});
  ASSERT_TRUE(committed) << describe(committed.error());
}

/// What recovery showed: each step's first event and event count. Contents are checked on the way.
struct Seen {
  std::vector<std::pair<std::uint64_t, std::uint32_t>> steps;
  std::uint64_t last = 0;

  FrameVisitor visitor() {
    return [this](const FrameView& frame) {
      for (const StepView& step : frame.steps())
        steps.emplace_back(step.first().value, step.event_count());
      for (const EventView& event : frame.events()) {
        BinaryReader reader(event.payload);
        const auto value = reader.read<Noted>();
        EXPECT_EQ(event.type, noted_type);
        EXPECT_EQ(event.sequence.value, last == 0 ? event.sequence.value : last + 1);
        EXPECT_EQ(value.number, event.sequence.value);
        EXPECT_EQ(value.text, noted(value.number, value.text.size()).text);
        last = event.sequence.value;
      }
      return true;
    };
  }
};

inline Result<std::unique_ptr<Log>> reopen(storage::FileSystem& files, Seen& seen,
                                           Options options = small_segments()) {
  return Log::open(files, log_directory, options, {.after = {}, .visitor = seen.visitor()});
}

/// A log that opens, or a failed test.
inline std::unique_ptr<Log> must_open(storage::FileSystem& files,
                                      Options options = small_segments()) {
  auto log = Log::open(files, log_directory, options);
  if (!log) {
    ADD_FAILURE() << describe(log.error());
    return nullptr;
  }
  return std::move(*log);
}

inline std::string segment_path(std::uint32_t number) {
  return storage::join(log_directory, segment_name({number}));
}

inline Bytes load(storage::FileSystem& files, const std::string& path) {
  auto content = storage::read_file(files, path);
  EXPECT_TRUE(content) << path;
  return content.value_or(Bytes{});
}

/// Overwrites part of a file behind the log's back, durably.
inline void patch(storage::FileSystem& files, const std::string& path, std::uint64_t offset,
                  ByteView bytes) {
  auto file = files.open(path, storage::Access::read_write);
  ASSERT_TRUE(file && (*file)->write_at(offset, bytes) && (*file)->datasync());
}

/// Where each frame of a segment begins, and where the last one ends.
inline std::vector<std::uint64_t> frame_offsets(const Bytes& segment) {
  std::vector<std::uint64_t> offsets{frames_begin};
  while (true) {
    const auto size = claimed_frame_bytes(ByteView(segment).subspan(offsets.back()));
    if (size == 0) return offsets;
    offsets.push_back(offsets.back() + size);
  }
}

}  // namespace rialto::eventlog
