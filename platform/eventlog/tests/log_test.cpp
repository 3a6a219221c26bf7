#include "platform/eventlog/log.hpp"

#include <thread>

#include "platform/eventlog/tests/log_fixture.hpp"
#include "platform/storage/posix_files.hpp"

namespace rialto::eventlog {
namespace {

using storage::FaultyFileSystem;

TEST(StepWriterTest, a_batch_is_one_frame_and_reads_back_as_it_was_written) {
  StepWriter steps({11});
  write_step(steps, 3, 5);
  write_step(steps, 1, 0);
  std::vector<std::uint64_t> numbers;
  std::vector<std::uint64_t> firsts;
  const FrameView frame(steps.frames());
  EXPECT_EQ(frame.bytes().size() % frame_alignment, 0u);
  EXPECT_EQ(frame.header().first, Sequence{11});
  EXPECT_EQ(frame.last(), Sequence{14});
  for (const StepView& step : frame.steps()) {
    const std::uint64_t first = step.first().value;
    firsts.push_back(first);
    const Step& origin = step.origin();
    EXPECT_EQ(origin.actor.value, first + 1);
    EXPECT_EQ(origin.session.value, first + 2);
    EXPECT_EQ(origin.command, (Fingerprint{first, 3}));
    EXPECT_EQ(origin.correlation.value, first + 4);
    EXPECT_EQ(origin.time.value, static_cast<std::int64_t>(first));
    for (const EventView& event : step.events()) {
      numbers.push_back(event.sequence.value);
      EXPECT_EQ(event.time, origin.time);
      EXPECT_EQ(BinaryReader(event.payload).read<Noted>().number, event.sequence.value);
    }
  }
  std::uint64_t flat = 10;
  for (const EventView& event : frame.events()) EXPECT_EQ(event.sequence.value, ++flat);
  EXPECT_EQ(flat, 14u);
  EXPECT_EQ(firsts, (std::vector<std::uint64_t>{11, 14}));
  EXPECT_EQ(numbers, (std::vector<std::uint64_t>{11, 12, 13, 14}));
  EXPECT_EQ(steps.next(), Sequence{15});
}

TEST(StepWriterTest, steps_without_events_leave_nothing) {
  StepWriter steps({1});
  steps.begin_step({});
  steps.end_step();
  EXPECT_TRUE(steps.frames().empty());
  steps.begin_step({});
  steps.abandon_step();
  EXPECT_TRUE(steps.frames().empty());
  EXPECT_EQ(steps.next(), Sequence{1});
  write_step(steps, 1, 3);
  const std::size_t size = steps.frames().size();
  steps.begin_step({});
  steps.end_step();
  EXPECT_EQ(steps.frames().size(), size) << "nor behind another step";
}

TEST(StepWriterTest, fields_that_say_nothing_take_no_room) {
  StepWriter steps({1});
  steps.begin_step({.time = {5}});
  steps.append_encoded(noted_type, Bytes(3));
  steps.end_step();
  EXPECT_EQ(steps.frames().size(), sizeof(FrameHeader) + 16);  // 5 + 6 + 3, padded
  steps.begin_step({.time = {5}, .actor = {7}});
  steps.append_encoded(noted_type, Bytes(3));
  steps.end_step();
  EXPECT_EQ(steps.frames().size(), sizeof(FrameHeader) + 40);  // as much again and an actor, padded
  std::vector<std::uint64_t> actors;
  for (const StepView& step : FrameView(steps.frames()).steps()) {
    EXPECT_EQ(step.origin().time, Timestamp{5});
    actors.push_back(step.origin().actor.value);
  }
  EXPECT_EQ(actors, (std::vector<std::uint64_t>{0, 7}));
}

TEST(Checksum, is_castagnoli) {
  const std::string_view digits = "123456789";
  EXPECT_EQ(crc32c(std::as_bytes(std::span(digits))), 0xE3069283u);
  // Long input takes another way: RFC 3720's 32 zeros, and a sum over both ways that must agree.
  EXPECT_EQ(crc32c(Bytes(32)), 0x8A9136AAu);
  Bytes longer(1025);
  for (std::size_t i = 0; i < longer.size(); ++i) longer[i] = static_cast<std::byte>(i * 37);
  std::uint32_t sum = 0xffffffff;
  for (const std::byte byte : longer) {
    sum ^= std::to_integer<std::uint32_t>(byte);
    for (int bit = 0; bit < 8; ++bit) sum = sum & 1 ? sum >> 1 ^ 0x82F63B78u : sum >> 1;
  }
  EXPECT_EQ(crc32c(longer), ~sum);
}

TEST(LogTest, what_was_committed_is_there_after_reopening) {
  FaultyFileSystem files(1);
  {
    auto log = must_open(files);
    EXPECT_EQ(log->last(), Sequence{0});
    for (int i = 0; i < 10; ++i) commit_step(*log, 2);
    EXPECT_EQ(log->durable(), Sequence{20});
    EXPECT_EQ(log->acknowledged(), Sequence{20});
  }
  Seen seen;
  auto log = reopen(files, seen);
  ASSERT_TRUE(log) << describe(log.error());
  EXPECT_EQ(seen.steps.size(), 10u);
  EXPECT_EQ(seen.last, 20u);
  EXPECT_EQ((*log)->last(), Sequence{20});
  commit_step(**log);
  EXPECT_EQ((*log)->durable(), Sequence{21});
}

TEST(LogTest, recovery_after_a_snapshot_shows_only_the_tail) {
  FaultyFileSystem files(1);
  auto log = must_open(files);
  for (int i = 0; i < 2000; ++i) commit_step(*log, 2, 100);
  EXPECT_GT(log->segment().value, 5u);
  log.reset();
  Seen seen;
  log = *Log::open(files, log_directory, small_segments(),
                   {.after = {3990}, .visitor = seen.visitor()});
  EXPECT_EQ(seen.steps.front().first, 3991u);
  EXPECT_EQ(seen.last, 4000u);
  log.reset();
  const auto beyond = Log::open(files, log_directory, small_segments(), {.after = {4001}});
  ASSERT_FALSE(beyond);
  EXPECT_EQ(beyond.error().error, LogError::ends_early);
}

TEST(LogTest, a_batch_that_does_not_fit_any_more_begins_the_next_segment) {
  FaultyFileSystem files(1);
  auto log = must_open(files);
  StepWriter steps({1});
  for (int batch = 0; batch < 10; ++batch) {
    for (int i = 0; i < 90; ++i) write_step(steps, 1, 300);
    ASSERT_TRUE(log->append(steps.frames()));
    ASSERT_TRUE(log->commit({1}));
    steps.clear();
  }
  EXPECT_GE(log->segment().value, 6u);
  log.reset();
  Seen seen;
  ASSERT_TRUE(reopen(files, seen));
  EXPECT_EQ(seen.last, 900u);
}

TEST(LogTest, a_batch_beyond_a_segment_is_refused_whole) {
  FaultyFileSystem files(1);
  auto log = must_open(files);
  StepWriter steps({1});
  write_step(steps, 1, 70 << 10);
  const auto refused = log->append(steps.frames());
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().error, LogError::too_large);
  commit_step(*log);
  EXPECT_EQ(log->last(), Sequence{1});
}

TEST(LogTest, one_process_at_a_time) {
  FaultyFileSystem files(1);
  auto log = must_open(files);
  auto second = Log::open(files, log_directory, small_segments());
  ASSERT_FALSE(second);
  EXPECT_EQ(second.error().error, LogError::locked);
}

TEST(LogTest, a_visitor_that_refuses_an_event_refuses_the_log) {
  FaultyFileSystem files(1);
  auto log = must_open(files);
  for (int i = 0; i < 3; ++i) commit_step(*log);
  log.reset();
  const auto refused = Log::open(
      files, log_directory, small_segments(),
      {.after = {}, .visitor = [](const FrameView& f) { return f.header().first.value < 2; }});
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().error, LogError::refused_by_reader);
  EXPECT_EQ(refused.error().place.sequence, Sequence{2});
}

TEST(LogTest, interval_syncs_when_the_interval_has_passed) {
  FaultyFileSystem files(1);
  Options options = small_segments();
  options.durability = {DurabilityMode::interval, 1000};
  auto log = must_open(files, options);
  StepWriter steps({1});
  const auto commit_at = [&](std::int64_t now) {
    write_step(steps, 1, 10);
    EXPECT_TRUE(log->append(steps.frames()));
    steps.clear();
    return *log->commit({now});
  };
  EXPECT_EQ(commit_at(10), Sequence{1});
  EXPECT_EQ(log->durable(), Sequence{0});
  EXPECT_EQ(commit_at(1010), Sequence{2});
  EXPECT_EQ(log->durable(), Sequence{2});
  EXPECT_EQ(commit_at(1020), Sequence{3});
  EXPECT_EQ(log->durable(), Sequence{2});
  ASSERT_TRUE(log->sync({1030}));
  EXPECT_EQ(log->durable(), Sequence{3});
}

TEST(LogTest, works_on_a_real_disk_directly_and_through_the_cache) {
  for (const bool direct : {true, false}) {
    const std::string directory = testing::TempDir() + "rialto_log_test";
    auto& files = storage::posix_files();
    if (const auto names = files.list(directory)) {
      for (const auto& name : *names) ASSERT_TRUE(files.remove(storage::join(directory, name)));
    }
    Options options = small_segments();
    options.direct = direct;
    {
      auto log = Log::open(files, directory, options);
      ASSERT_TRUE(log) << describe(log.error());
      // Segments are prepared on another thread while this one fills them.
      std::jthread preparing([&] {
        for (int i = 0; i < 200; ++i) EXPECT_TRUE((*log)->prepare_next(16 << 10));
      });
      for (int i = 0; i < 300; ++i) {
        commit_step(**log, 3, 100);
        EXPECT_EQ((*log)->intake(), Intake::open);
      }
      preparing.join();
      ASSERT_TRUE((*log)->seal({5}));
    }
    Seen seen;
    auto log = Log::open(files, directory, options, {.after = {}, .visitor = seen.visitor()});
    ASSERT_TRUE(log) << describe(log.error());
    EXPECT_EQ(seen.last, 900u);
    EXPECT_EQ(seen.steps.size(), 300u);
  }
}

}  // namespace
}  // namespace rialto::eventlog
