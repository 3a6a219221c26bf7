// The ring of recent frames: what is copied out of it is whole, in order and never overwritten.
#include "platform/eventlog/recent_frames.hpp"

#include <thread>

#include "platform/eventlog/tests/log_fixture.hpp"

namespace rialto::eventlog {
namespace {

using storage::FaultyFileSystem;

constexpr std::uint64_t ring_bytes = 64 << 10;

Bytes frame_of(Sequence first, std::size_t text_size) {
  StepWriter steps(first);
  write_step(steps, 1, text_size);
  const ByteView frame = steps.frames();
  return {frame.begin(), frame.end()};
}

TEST(RecentFrames, copies_whole_frames_up_to_the_end) {
  RecentFrames recent(ring_bytes);
  const Bytes frame = frame_of({1}, 100);
  for (std::uint64_t n = 1; n <= 10; ++n) recent.push(frame_of({n}, 100), {n});
  Bytes read;
  ASSERT_TRUE(recent.copy(0, frame.size() * 3 + 8, read));
  EXPECT_EQ(read.size(), frame.size() * 3) << "not a part of the fourth";
  EXPECT_EQ(Bytes(read.begin(), read.begin() + static_cast<std::ptrdiff_t>(frame.size())), frame);
  ASSERT_TRUE(recent.copy(read.size(), 1 << 20, read));
  EXPECT_EQ(read.size(), frame.size() * 7);
  ASSERT_TRUE(recent.copy(recent.end(), 1 << 20, read));
  EXPECT_TRUE(read.empty());
  EXPECT_EQ(recent.last(), Sequence{10});
}

TEST(RecentFrames, a_frame_larger_than_wanted_comes_whole) {
  RecentFrames recent(ring_bytes);
  recent.push(frame_of({1}, 20'000), {1});
  Bytes read;
  ASSERT_TRUE(recent.copy(0, 1, read));
  EXPECT_EQ(read, frame_of({1}, 20'000));
}

TEST(RecentFrames, what_was_overwritten_is_refused_and_the_rest_is_there) {
  RecentFrames recent(ring_bytes);
  std::vector<std::uint64_t> offsets;
  for (std::uint64_t n = 1; n <= 200; ++n) {
    offsets.push_back(recent.end());
    recent.push(frame_of({n}, 1'000), {n});
  }
  ASSERT_GT(recent.begin(), 0u);
  Bytes read;
  for (std::uint64_t n = 1; n <= 200; ++n) {
    const bool there = offsets[n - 1] >= recent.begin();
    ASSERT_EQ(recent.copy(offsets[n - 1], 1, read), there) << n;
    if (there) {
      EXPECT_EQ(FrameView(read).header().first, Sequence{n});
    }
  }
}

TEST(RecentFrames, a_reader_beside_the_writer_never_sees_half_a_frame) {
  RecentFrames recent(ring_bytes);
  constexpr std::uint64_t at_least = 20'000;
  std::atomic<bool> done = false;
  std::atomic<std::uint64_t> seen = 0;
  std::uint64_t lapped = 0;
  std::thread reader([&] {
    Bytes read;
    std::uint64_t at = 0;
    while (!done || at != recent.end()) {
      if (!recent.copy(at, 4'000, read)) {
        ++lapped;
        at = recent.end();
        continue;
      }
      at += read.size();
      for (const FrameView& frame : frames_in(read)) {
        const auto first = frame.header().first;
        // Sizes differ from frame to frame, so a wrong byte would not go unseen.
        ASSERT_TRUE(std::ranges::equal(frame.bytes(), frame_of(first, first.value % 700)));
        ++seen;
      }
    }
  });
  // On a busy machine the reader may come late: the writer goes on until it has seen something.
  std::uint64_t pushed = 0;
  while (pushed < at_least || seen == 0) {
    ++pushed;
    recent.push(frame_of({pushed}, pushed % 700), {pushed});
  }
  done = true;
  reader.join();
  EXPECT_TRUE(lapped > 0 || seen == pushed);
}

TEST(RecentFrames, the_log_shows_what_is_acknowledged_and_no_seals) {
  FaultyFileSystem files(1);
  auto log = must_open(files);
  StepWriter steps({1});
  write_step(steps, 2, 50);
  ASSERT_TRUE(log->append(steps.frames()));
  EXPECT_EQ(log->recent().end(), 0u) << "not durable yet";
  ASSERT_TRUE(log->commit({1}));
  EXPECT_EQ(log->recent().end(), steps.frames().size());
  ASSERT_TRUE(log->seal({2}));
  EXPECT_EQ(log->recent().end(), steps.frames().size());
  EXPECT_EQ(log->recent().last(), Sequence{2});
  steps.clear();
  files.fail_datasyncs(1);
  write_step(steps, 1, 50);
  ASSERT_TRUE(log->append(steps.frames()));
  EXPECT_FALSE(log->commit({3}));
  EXPECT_EQ(log->recent().last(), Sequence{2}) << "what failed is never shown";
}

TEST(RecentFrames, the_segment_that_is_written_is_whole_in_memory) {
  FaultyFileSystem files(1);
  auto log = must_open(files);
  for (int i = 0; i < 600; ++i) {
    commit_step(*log, 1, 700);
    const SegmentBegin newest = log->recent().newest_segment();
    ASSERT_EQ(newest.number, log->segment());
    ASSERT_GE(newest.offset, log->recent().begin());
    Bytes read;
    ASSERT_TRUE(log->recent().copy(newest.offset, 1, read));
    ASSERT_EQ(FrameView(read).header().first, newest.first);
  }
  EXPECT_GT(log->segment().value, 5u);
}

TEST(ChainMark, is_the_head_there_whoever_hashes_and_whenever) {
  FaultyFileSystem files(1);
  FaultyFileSystem other(1);
  auto log = must_open(files);
  auto prompt = must_open(other);
  for (int i = 0; i < 300; ++i) {
    commit_step(*log, 1, 500);
    commit_step(*prompt, 1, 500);
    const ChainPoint exact = prompt->chain_point();
    if (i % 7 == 0) {
      log->mark_chain_point();
      commit_step(*log, 1, 500);
      commit_step(*prompt, 1, 500);
      if (i % 2 == 0) std::thread([&] { log->hash_pending(1 + i * 10); }).join();
      const ChainPoint marked = log->marked_point();
      EXPECT_EQ(marked.sequence, exact.sequence);
      EXPECT_EQ(marked.head, exact.head) << i;
    }
  }
  EXPECT_EQ(log->chain_point().head, prompt->chain_point().head);
  EXPECT_GT(log->segment().value, 2u);
}

}  // namespace
}  // namespace rialto::eventlog
