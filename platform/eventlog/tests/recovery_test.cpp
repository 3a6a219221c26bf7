// What opening does with every kind of flaw. LOG-1 to LOG-4.
#include "platform/eventlog/tests/log_fixture.hpp"

namespace rialto::eventlog {
namespace {

using storage::FaultyFileSystem;

/// `steps` single commits of one event each, then the process is gone: no seal behind the last one.
void make_log(FaultyFileSystem& files, int steps, bool sealed = false) {
  auto log = must_open(files);
  for (int i = 0; i < steps; ++i) commit_step(*log);
  if (sealed) {
    const auto done = log->seal({99});
    ASSERT_TRUE(done) << describe(done.error());
  }
}

void expect_corrupt(FaultyFileSystem& files, const Place& place, const std::string& what) {
  Seen seen;
  const auto log = reopen(files, seen);
  ASSERT_FALSE(log) << what;
  EXPECT_EQ(log.error().error, LogError::corrupt) << what;
  EXPECT_EQ(log.error().place, place) << what << ": " << describe(log.error());
}

void expect_cut_to(FaultyFileSystem& files, std::uint64_t last, const std::string& what) {
  Seen seen;
  auto log = reopen(files, seen);
  ASSERT_TRUE(log) << what << ": " << describe(log.error());
  EXPECT_EQ(seen.last, last) << what;
  commit_step(**log, 2);
  log->reset();
  Seen again;
  ASSERT_TRUE(reopen(files, again)) << what;
  EXPECT_EQ(again.last, last + 2) << what;
}

TEST(Recovery, a_last_frame_torn_at_any_byte_is_cut) {
  enum class Tear { zeros, garbage, end_of_file };
  for (const Tear tear : {Tear::zeros, Tear::garbage, Tear::end_of_file}) {
    for (std::uint64_t at = 0;; ++at) {
      FaultyFileSystem files(1);
      make_log(files, 3);
      const Bytes before = load(files, segment_path(1));
      const auto offsets = frame_offsets(before);
      ASSERT_EQ(offsets.size(), 4u);
      const std::uint64_t cut = offsets[2] + at;
      if (cut == offsets[3]) break;
      if (tear == Tear::end_of_file) {
        ASSERT_TRUE((*files.open(segment_path(1), storage::Access::read_write))->truncate(cut));
      } else {
        const std::byte with{tear == Tear::zeros ? std::uint8_t{0} : std::uint8_t{0xA5}};
        patch(files, segment_path(1), cut, Bytes(offsets[3] - cut, with));
      }
      // Padding lost to zeros is nothing lost.
      Bytes after = load(files, segment_path(1));
      after.resize(before.size());
      const bool whole = after == before && tear != Tear::end_of_file;
      expect_cut_to(files, whole ? 3 : 2, "cut at " + std::to_string(at));
      if (testing::Test::HasFailure()) return;
    }
  }
}

TEST(Recovery, a_flipped_bit_in_mid_log_is_corruption_with_its_place) {
  FaultyFileSystem files(1);
  make_log(files, 4);
  const auto offsets = frame_offsets(load(files, segment_path(1)));
  for (std::uint64_t at = offsets[1]; at < offsets[2]; ++at) {
    files.flip_bit(segment_path(1), at, static_cast<int>(at % 8));
    expect_corrupt(files, {{1}, offsets[1], {2}}, "byte " + std::to_string(at));
    files.flip_bit(segment_path(1), at, static_cast<int>(at % 8));
  }
  expect_cut_to(files, 4, "repaired");
}

TEST(Recovery, a_flipped_bit_in_the_last_frame_is_corruption_once_sealed) {
  FaultyFileSystem files(1);
  make_log(files, 3, true);
  const auto offsets = frame_offsets(load(files, segment_path(1)));
  ASSERT_EQ(offsets.size(), 5u);
  for (std::uint64_t at = offsets[2]; at < offsets[3]; ++at) {
    files.flip_bit(segment_path(1), at, 3);
    expect_corrupt(files, {{1}, offsets[2], {3}}, "byte " + std::to_string(at));
    files.flip_bit(segment_path(1), at, 3);
  }
}

TEST(Recovery, a_seal_makes_durable_what_no_commit_did) {
  FaultyFileSystem files(1);
  Options options = small_segments();
  options.durability.mode = DurabilityMode::none;
  auto log = must_open(files, options);
  commit_step(*log);
  EXPECT_EQ(log->durable(), Sequence{0});
  ASSERT_TRUE(log->seal({1}));
  EXPECT_EQ(log->durable(), Sequence{1});
  log.reset();
  files.flip_bit(segment_path(1), frames_begin + 100, 1);
  expect_corrupt(files, {{1}, frames_begin, {1}}, "sealed without a commit that synced");
}

TEST(Recovery, a_torn_seal_loses_nothing) {
  FaultyFileSystem files(1);
  make_log(files, 3, true);
  const auto offsets = frame_offsets(load(files, segment_path(1)));
  patch(files, segment_path(1), offsets[3] + 64, Bytes(64));
  expect_cut_to(files, 3, "torn seal");
}

TEST(Recovery, opening_seals_what_it_recovered) {
  FaultyFileSystem files(1);
  make_log(files, 2);
  must_open(files).reset();
  const auto offsets = frame_offsets(load(files, segment_path(1)));
  files.flip_bit(segment_path(1), offsets[1] + 100, 0);
  expect_corrupt(files, {{1}, offsets[1], {2}}, "last frame of a recovered log");
}

/// Three frames in one commit after one in its own; the first of the three is lost. Each is longer
/// than a block, so that remains lie in blocks that the next commit would not touch.
void make_torn_batch(FaultyFileSystem& files) {
  auto log = must_open(files);
  commit_step(*log);
  StepWriter steps({2});
  for (int i = 0; i < 3; ++i) {
    write_step(steps, 1, 6000);
    ASSERT_TRUE(log->append(steps.frames()));
    steps.clear();
  }
  ASSERT_TRUE(log->commit({1}));
  log.reset();
  const auto offsets = frame_offsets(load(files, segment_path(1)));
  ASSERT_EQ(offsets.size(), 5u);
  patch(files, segment_path(1), offsets[1], Bytes(offsets[2] - offsets[1]));
}

TEST(Recovery, later_frames_of_the_same_unfinished_write_prove_nothing) {
  FaultyFileSystem files(1);
  make_torn_batch(files);
  Seen seen;
  auto log = reopen(files, seen);
  ASSERT_TRUE(log) << describe(log.error());
  EXPECT_EQ(seen.last, 1u);
  EXPECT_GT((*log)->bytes_cut_at_open(), 0u);
}

TEST(Recovery, remains_of_an_unfinished_write_never_come_back) {
  FaultyFileSystem files(1);
  make_torn_batch(files);
  must_open(files).reset();
  const Bytes content = load(files, segment_path(1));
  const auto offsets = frame_offsets(content);
  ASSERT_EQ(offsets.size(), 3u) << "one step, one seal";
  for (std::uint64_t at = offsets.back(); at < content.size(); ++at)
    ASSERT_EQ(content[at], std::byte{}) << at;
}

TEST(Recovery, a_perfect_frame_of_another_log_is_not_accepted) {
  FaultyFileSystem files(1);
  FaultyFileSystem other(1);
  make_log(files, 1);
  Options options = small_segments();
  options.log_id = {1, 3};
  {
    auto log = must_open(other, options);
    for (int i = 0; i < 2; ++i) commit_step(*log);
  }
  const Bytes stale = load(other, segment_path(1));
  const auto offsets = frame_offsets(stale);
  patch(files, segment_path(1), offsets[1],
        ByteView(stale).subspan(offsets[1], offsets[2] - offsets[1]));
  expect_cut_to(files, 1, "a frame of another log");
}

TEST(Recovery, a_perfect_frame_of_another_segment_is_not_accepted) {
  FaultyFileSystem files(1);
  auto log = must_open(files);
  while (log->segment().value < 2) commit_step(*log, 1, 1000);
  const std::uint64_t last = log->last().value;
  log.reset();
  // The frame that would come next, stamped for segment 1.
  StepWriter steps({last + 1});
  write_step(steps, 1, 10);
  Bytes frame(steps.frames().begin(), steps.frames().end());
  stamp_frame(frame, {small_segments().log_id.low, {1}}, {last - 1});
  const auto offsets = frame_offsets(load(files, segment_path(2)));
  patch(files, segment_path(2), offsets.back(), frame);
  expect_cut_to(files, last, "a frame of segment 1 in segment 2");
}

TEST(Recovery, a_valid_frame_with_the_wrong_number_is_corruption) {
  FaultyFileSystem files(1);
  make_log(files, 2);
  StepWriter steps({5});
  write_step(steps, 1, 10);
  Bytes frame(steps.frames().begin(), steps.frames().end());
  stamp_frame(frame, {small_segments().log_id.low, {1}}, {1});
  const auto offsets = frame_offsets(load(files, segment_path(1)));
  patch(files, segment_path(1), offsets.back(), frame);
  expect_corrupt(files, {{1}, offsets.back(), {3}}, "event 5 after event 2");
}

TEST(Recovery, what_was_read_from_the_cache_is_durable_before_serving) {
  for (std::uint64_t seed = 1; seed <= 40; ++seed) {
    FaultyFileSystem files(seed);
    {
      auto log = must_open(files);
      commit_step(*log);
      StepWriter steps({2});
      write_step(steps, 2, 2000);
      ASSERT_TRUE(log->append(steps.frames()));
      files.fail_datasyncs(1);
      ASSERT_FALSE(log->commit({1}));
    }
    Seen seen;
    ASSERT_TRUE(reopen(files, seen));
    ASSERT_EQ(seen.last, 3u);
    files.crash();
    Seen again;
    ASSERT_TRUE(reopen(files, again));
    EXPECT_EQ(again.last, 3u) << "seed " << seed;
  }
}

TEST(Recovery, without_syncs_a_reopened_log_is_durable_too) {
  Options options = small_segments();
  options.durability.mode = DurabilityMode::none;
  for (std::uint64_t seed = 1; seed <= 40; ++seed) {
    FaultyFileSystem files(seed);
    {
      auto log = must_open(files, options);
      for (int i = 0; i < 90; ++i) commit_step(*log, 1, 1000);
      EXPECT_LT(log->durable(), log->last());
    }
    Seen seen;
    ASSERT_TRUE(reopen(files, seen, options));
    files.crash();
    Seen again;
    ASSERT_TRUE(reopen(files, again, options));
    EXPECT_EQ(again.last, 90u) << "seed " << seed;
  }
}

/// Three segments in use, the last with a few frames.
std::uint64_t make_three_segments(FaultyFileSystem& files) {
  auto log = must_open(files);
  while (log->segment().value < 3) commit_step(*log, 1, 3000);
  commit_step(*log);
  return log->last().value;
}

TEST(Recovery, a_missing_segment_is_corruption) {
  FaultyFileSystem files(1);
  make_three_segments(files);
  ASSERT_TRUE(files.remove(segment_path(2)));
  expect_corrupt(files, {{2}, 0, {}}, "segment 2 removed");
}

TEST(Recovery, a_closed_segment_that_ends_early_is_corruption) {
  FaultyFileSystem files(1);
  make_three_segments(files);
  const auto offsets = frame_offsets(load(files, segment_path(2)));
  const std::uint64_t last_frame = offsets[offsets.size() - 2];
  ASSERT_TRUE((*files.open(segment_path(2), storage::Access::read_write))->truncate(last_frame));
  Seen seen;
  const auto log = reopen(files, seen);
  ASSERT_FALSE(log);
  EXPECT_EQ(log.error().error, LogError::corrupt);
  EXPECT_EQ(log.error().place.segment, SegmentNumber{2});
  EXPECT_EQ(log.error().place.offset, last_frame);
}

TEST(Recovery, a_damaged_segment_header_is_corruption) {
  FaultyFileSystem files(1);
  make_three_segments(files);
  for (std::uint64_t at = 0; at < sizeof(SegmentHeader); ++at) {
    files.flip_bit(segment_path(3), at, static_cast<int>(at % 8));
    Seen seen;
    const auto log = reopen(files, seen);
    ASSERT_FALSE(log) << at;
    EXPECT_EQ(log.error().place.segment, SegmentNumber{3}) << at;
    files.flip_bit(segment_path(3), at, static_cast<int>(at % 8));
  }
}

TEST(Recovery, a_wiped_segment_header_is_corruption_while_its_frames_prove_it) {
  FaultyFileSystem files(1);
  const std::uint64_t last = make_three_segments(files);
  patch(files, segment_path(3), 0, Bytes(storage::sector_bytes));
  Seen seen;
  const auto log = reopen(files, seen);
  ASSERT_FALSE(log);
  EXPECT_EQ(log.error().error, LogError::corrupt);
  EXPECT_EQ(log.error().place.segment, SegmentNumber{3});
  EXPECT_LT(seen.last, last);
}

TEST(Recovery, a_newer_format_is_refused) {
  FaultyFileSystem files(1);
  make_log(files, 1);
  SegmentHeader header;
  const Bytes content = load(files, segment_path(1));
  std::memcpy(&header, content.data(), sizeof header);
  finish_header(header);
  header.format = segment_format + 1;
  header.checksum = crc32c(checksummed(header_bytes(header)));
  patch(files, segment_path(1), 0, header_bytes(header));
  Seen seen;
  const auto log = reopen(files, seen);
  ASSERT_FALSE(log);
  EXPECT_EQ(log.error().error, LogError::unknown_format);
}

TEST(Recovery, a_log_that_ends_before_a_known_event_is_refused) {
  FaultyFileSystem files(1);
  ASSERT_FALSE(Log::open(files, log_directory, small_segments(), {.after = {1}}));
  make_log(files, 3);
  const auto log = Log::open(files, log_directory, small_segments(), {.after = {4}});
  ASSERT_FALSE(log);
  EXPECT_EQ(log.error().error, LogError::ends_early);
  ASSERT_TRUE(Log::open(files, log_directory, small_segments(), {.after = {3}}));
}

TEST(Recovery, a_segment_cut_in_its_unused_part_grows_back) {
  FaultyFileSystem files(1);
  make_log(files, 3);
  ASSERT_TRUE((*files.open(segment_path(1), storage::Access::read_write))->truncate(9001));
  expect_cut_to(files, 3, "shortened file");
  EXPECT_EQ(load(files, segment_path(1)).size(), small_segments().segment_bytes);
}

TEST(Recovery, short_reads_change_nothing) {
  FaultyFileSystem files(1);
  const std::uint64_t last = make_three_segments(files);
  files.set_short_reads(true);
  expect_cut_to(files, last, "short reads");
}

}  // namespace
}  // namespace rialto::eventlog
