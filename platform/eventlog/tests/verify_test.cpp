// The chain and the auditor's view. LOG-2, LOG-7.
#include "platform/eventlog/verify.hpp"

#include <rapidcheck.h>

#include "platform/eventlog/tests/log_fixture.hpp"

namespace rialto::eventlog {
namespace {

using storage::FaultyFileSystem;

/// Three segments; the chain point after every step.
std::vector<ChainPoint> make_log(FaultyFileSystem& files) {
  std::vector<ChainPoint> points;
  auto log = must_open(files);
  while (log->segment().value < 3 || log->last().value % 21 != 0) {
    commit_step(*log, static_cast<std::uint32_t>(1 + log->last().value % 3), 700);
    points.push_back(log->chain_point());
  }
  EXPECT_TRUE(log->seal({9}));
  EXPECT_EQ(log->chain_point().head, points.back().head) << "a seal changed the chain";
  return points;
}

TEST(Verify, reports_what_is_there) {
  FaultyFileSystem files(1);
  const auto points = make_log(files);
  std::vector<std::pair<std::uint64_t, std::uint64_t>> progress;
  VerifyOptions options;
  options.progress = [&](std::uint64_t done, std::uint64_t total) {
    progress.emplace_back(done, total);
  };
  const auto report = verify(files, log_directory, options);
  ASSERT_TRUE(report) << describe(report.error());
  EXPECT_EQ(report->first, Sequence{1});
  EXPECT_EQ(report->last, points.back().sequence);
  EXPECT_EQ(report->events, points.back().sequence.value);
  EXPECT_EQ(report->frames, points.size());
  EXPECT_EQ(report->seals, 1u);
  EXPECT_EQ(report->segments, 3u);
  EXPECT_TRUE(report->sealed);
  EXPECT_EQ(report->torn_bytes, 0u);
  EXPECT_EQ(report->head.head, points.back().head);
  EXPECT_EQ(report->log_id, small_segments().log_id);
  ASSERT_FALSE(progress.empty());
  EXPECT_EQ(progress.back().first, progress.back().second);
}

TEST(Verify, every_exported_head_is_found_again_also_after_restarts) {
  FaultyFileSystem files(1);
  auto points = make_log(files);
  for (int restart = 0; restart < 3; ++restart) {
    auto log = must_open(files);
    EXPECT_EQ(log->chain_point().head, points.back().head);
    commit_step(*log, 2);
    points.push_back(log->chain_point());
  }
  for (const ChainPoint& point : points) {
    const auto report = verify(files, log_directory, {.exported = point});
    ASSERT_TRUE(report) << describe(report.error());
  }
}

/// Changes one byte of a frame's last event and makes its checksum fit again.
void forge(FaultyFileSystem& files, std::uint32_t segment, std::size_t frame) {
  Bytes content = load(files, segment_path(segment));
  const auto offsets = frame_offsets(content);
  const auto bytes =
      std::span(content).subspan(offsets[frame], offsets[frame + 1] - offsets[frame]);
  const FrameView view(bytes);
  ByteView last;
  for (const EventView& event : view.events()) last = event.payload;
  content[static_cast<std::size_t>(last.data() - content.data()) + last.size() - 1] ^= std::byte{1};
  stamp_frame(bytes, {view.header().log_tag, view.header().segment}, view.header().durable);
  patch(files, segment_path(segment), offsets[frame], bytes);
}

TEST(Verify, a_forged_frame_with_a_good_checksum_breaks_the_chain) {
  for (const std::uint32_t segment : {1u, 2u, 3u}) {
    FaultyFileSystem files(1);
    make_log(files);
    forge(files, segment, 2);
    const auto report = verify(files, log_directory);
    ASSERT_FALSE(report);
    EXPECT_EQ(report.error().error, LogError::corrupt);
    EXPECT_EQ(report.error().place.segment, SegmentNumber{segment});
  }
}

TEST(Verify, a_forged_log_without_seals_differs_from_the_exported_head) {
  FaultyFileSystem files(1);
  {
    auto log = must_open(files);
    for (int i = 0; i < 5; ++i) commit_step(*log);
  }
  const auto before = verify(files, log_directory);
  ASSERT_TRUE(before);
  forge(files, 1, 2);
  ASSERT_TRUE(verify(files, log_directory)) << "nothing inside the log can tell";
  const auto report = verify(files, log_directory, {.exported = before->head});
  ASSERT_FALSE(report);
  EXPECT_EQ(report.error().error, LogError::altered);
}

TEST(Verify, removed_frames_are_missed_by_the_exported_head) {
  FaultyFileSystem files(1);
  const auto points = make_log(files);
  const Bytes content = load(files, segment_path(3));
  const auto offsets = frame_offsets(content);
  const std::uint64_t from = offsets[offsets.size() - 3];  // the last step and the seal
  patch(files, segment_path(3), from, Bytes(offsets.back() - from));
  ASSERT_TRUE(verify(files, log_directory));
  const auto report = verify(files, log_directory, {.exported = points.back()});
  ASSERT_FALSE(report);
  EXPECT_EQ(report.error().error, LogError::ends_early);
}

TEST(Verify, names_the_first_bad_frame) {
  FaultyFileSystem files(1);
  make_log(files);
  const auto offsets = frame_offsets(load(files, segment_path(2)));
  files.flip_bit(segment_path(2), offsets[3] + 200, 5);
  files.flip_bit(segment_path(2), offsets[5] + 200, 5);
  const auto report = verify(files, log_directory);
  ASSERT_FALSE(report);
  EXPECT_EQ(report.error().error, LogError::corrupt);
  EXPECT_EQ(report.error().place.segment, SegmentNumber{2});
  EXPECT_EQ(report.error().place.offset, offsets[3]);
}

TEST(Verify, a_log_whose_old_segments_were_moved_away_verifies_from_there) {
  FaultyFileSystem files(1);
  const auto points = make_log(files);
  ASSERT_TRUE(files.remove(segment_path(1)));
  const auto report = verify(files, log_directory, {.exported = points.back()});
  ASSERT_TRUE(report) << describe(report.error());
  EXPECT_GT(report->first, Sequence{1});
}

TEST(Chain, heads_are_text_and_back) {
  const ChainHead head = sha256({});
  EXPECT_EQ(to_text(head), "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
  EXPECT_EQ(parse_chain_head(to_text(head)), head);
  EXPECT_FALSE(parse_chain_head("e3"));
  EXPECT_FALSE(parse_chain_head(std::string(64, 'g')));
}

TEST(Frame, any_flipped_bit_or_cut_is_noticed) {
  EXPECT_TRUE(rc::check("frames", [] {
    StepWriter steps({*rc::gen::inRange<std::uint64_t>(1, 1'000'000)});
    steps.begin_step({.time = {*rc::gen::arbitrary<std::int64_t>()},
                      .actor = {*rc::gen::arbitrary<std::uint64_t>()}});
    const auto sizes = *rc::gen::nonEmpty(
        rc::gen::container<std::vector<std::size_t>>(rc::gen::inRange<std::size_t>(0, 200)));
    for (const std::size_t size : sizes) steps.append_encoded({9}, Bytes(size, std::byte{0x5A}));
    steps.end_step();
    Bytes frame(steps.frames().begin(), steps.frames().end());
    const FrameIdentity identity{42, {7}};
    stamp_frame(frame, identity, {0});
    FrameView view;
    RC_ASSERT(check_frame(frame, identity, view) == FrameFault::none);
    std::vector<std::size_t> read;
    for (const EventView& event : view.events()) read.push_back(event.payload.size());
    RC_ASSERT(read == sizes);
    const auto cut = *rc::gen::inRange<std::size_t>(0, frame.size());
    RC_ASSERT(check_frame(ByteView(frame).first(cut), identity, view) != FrameFault::none);
    const auto bit = *rc::gen::inRange<std::size_t>(0, frame.size() * 8);
    frame[bit / 8] ^= static_cast<std::byte>(1 << bit % 8);
    RC_ASSERT(check_frame(frame, identity, view) != FrameFault::none);
  }));
}

}  // namespace
}  // namespace rialto::eventlog
