// Disks that fail or fill up. LOG-5, LOG-6.
#include "platform/eventlog/tests/log_fixture.hpp"

namespace rialto::eventlog {
namespace {

using storage::FaultyFileSystem;

void expect_stopped(Log& log) {
  StepWriter steps({log.last().value + 1});
  write_step(steps, 1, 10);
  const auto appended = log.append(steps.frames());
  ASSERT_FALSE(appended);
  EXPECT_EQ(appended.error().error, LogError::stopped);
  const auto committed = log.commit({2});
  ASSERT_FALSE(committed);
  EXPECT_EQ(committed.error().error, LogError::stopped);
  EXPECT_FALSE(log.sync({2}));
  EXPECT_FALSE(log.seal({2}));
  EXPECT_EQ(log.intake(), Intake::stopped);
}

TEST(Failure, after_a_failed_sync_nothing_is_appended_or_synced_again) {
  for (std::uint64_t seed = 1; seed <= 20; ++seed) {
    FaultyFileSystem files(seed);
    auto log = must_open(files);
    for (int i = 0; i < 5; ++i) commit_step(*log);
    StepWriter steps({6});
    write_step(steps, 1, 10);
    ASSERT_TRUE(log->append(steps.frames()));
    files.fail_datasyncs(1);
    const auto failed = log->commit({1});
    ASSERT_FALSE(failed);
    EXPECT_EQ(failed.error().error, LogError::io_failed);
    expect_stopped(*log);
    EXPECT_EQ(log->durable(), Sequence{5});
    EXPECT_EQ(log->acknowledged(), Sequence{5});
    files.crash();
    Seen seen;
    ASSERT_TRUE(reopen(files, seen));
    EXPECT_EQ(seen.last, 5u) << "a failed sync made something durable";
  }
}

TEST(Failure, after_a_failed_write_nothing_is_appended_again) {
  FaultyFileSystem files(3);
  auto log = must_open(files);
  for (int i = 0; i < 5; ++i) commit_step(*log);
  StepWriter steps({6});
  write_step(steps, 4, 1000);
  ASSERT_TRUE(log->append(steps.frames()));
  files.fail_writes(1);
  ASSERT_FALSE(log->commit({1}));
  expect_stopped(*log);
  log.reset();
  Seen seen;
  ASSERT_TRUE(reopen(files, seen));
  EXPECT_GE(seen.last, 5u);
}

TEST(Failure, a_log_reopened_on_a_full_disk_says_so_before_its_first_append) {
  FaultyFileSystem files(1);
  files.set_capacity((64 << 10) * 3 + 1000);
  {
    auto log = must_open(files);
    while (log->intake() == Intake::open && log->last().value < 10'000) {
      commit_step(*log, 1, 500);
      (void)log->prepare_next();
    }
    ASSERT_EQ(log->intake(), Intake::disk_full);
  }
  Seen seen;
  auto log = reopen(files, seen);
  ASSERT_TRUE(log);
  EXPECT_EQ((*log)->intake(), Intake::disk_full);
}

TEST(Failure, a_full_disk_closes_intake_while_a_reserve_is_left) {
  FaultyFileSystem files(1);
  files.set_capacity((64 << 10) * 3 + 1000);
  auto log = must_open(files);
  while (log->intake() == Intake::open && log->last().value < 10'000 && !HasFailure()) {
    commit_step(*log, 1, 500);
    (void)log->prepare_next();
  }
  ASSERT_EQ(log->intake(), Intake::disk_full);
  EXPECT_EQ(log->segment(), SegmentNumber{3});
  const std::uint64_t acknowledged = log->last().value;
  // What is decided already fits into the reserve.
  for (int i = 0; i < 10; ++i) commit_step(*log, 1, 500);
  // And when even that is used up, the refusal takes nothing and breaks nothing.
  Result<void> appended;
  while (appended) {
    ASSERT_TRUE(log->commit({1}));
    StepWriter steps({log->last().value + 1});
    write_step(steps, 1, 500);
    appended = log->append(steps.frames());
  }
  EXPECT_EQ(appended.error().error, LogError::disk_full);
  EXPECT_EQ(log->intake(), Intake::disk_full);
  ASSERT_TRUE(log->seal({1}));
  const std::uint64_t last = log->durable().value;
  EXPECT_GT(last, acknowledged);

  // Space comes back: so does intake, without a restart.
  files.set_capacity(~std::uint64_t{0});
  ASSERT_TRUE(log->prepare_next());
  EXPECT_EQ(log->intake(), Intake::open);
  commit_step(*log, 1, 500);
  log.reset();
  Seen seen;
  ASSERT_TRUE(reopen(files, seen));
  EXPECT_EQ(seen.last, last + 1);
}

TEST(Failure, some_of_the_disk_is_left_for_others) {
  FaultyFileSystem files(1);
  Options options = small_segments();
  options.min_free_bytes = 100 << 10;
  files.set_capacity(200 << 10);
  auto log = must_open(files, options);
  EXPECT_EQ(log->prepare_next().error().error, LogError::disk_full);
  EXPECT_EQ(log->intake(), Intake::open) << "there is room in this segment yet";
  files.set_capacity(300 << 10);
  EXPECT_TRUE(log->prepare_next());
}

TEST(Failure, a_log_on_a_full_disk_still_opens) {
  FaultyFileSystem files(1);
  files.set_capacity((64 << 10) * 2);
  auto log = must_open(files);
  while (log->intake() == Intake::open && log->last().value < 10'000 && !HasFailure()) {
    commit_step(*log, 1, 500);
    (void)log->prepare_next();
  }
  const std::uint64_t last = log->last().value;
  log.reset();
  Seen seen;
  auto again = reopen(files, seen);
  ASSERT_TRUE(again) << describe(again.error());
  EXPECT_EQ(seen.last, last);
}

TEST(Failure, a_new_log_needs_room_for_its_first_segment) {
  FaultyFileSystem files(1);
  files.set_capacity(32 << 10);
  const auto log = Log::open(files, log_directory, small_segments());
  ASSERT_FALSE(log);
  EXPECT_EQ(log.error().error, LogError::disk_full);
  EXPECT_EQ(files.used(), 0u);
}

TEST(Failure, the_next_segment_can_be_prepared_in_slices) {
  FaultyFileSystem files(1);
  auto log = must_open(files);
  for (int slice = 0; slice < 15; ++slice) {
    const auto ready = log->prepare_next(4096);
    ASSERT_TRUE(ready);
    EXPECT_FALSE(*ready);
  }
  EXPECT_TRUE(*log->prepare_next(4096));
  EXPECT_TRUE(log->next_ready());
  while (log->segment().value == 1) commit_step(*log, 1, 3000);
  EXPECT_FALSE(log->next_ready());
}

TEST(Failure, a_file_system_without_direct_access_is_served_through_the_cache) {
  FaultyFileSystem files(1);
  files.refuse_direct(true);
  {
    auto log = must_open(files);
    for (int i = 0; i < 100; ++i) commit_step(*log, 2, 1000);
  }
  files.crash();
  Seen seen;
  ASSERT_TRUE(reopen(files, seen));
  EXPECT_EQ(seen.last, 200u);
}

}  // namespace
}  // namespace rialto::eventlog
