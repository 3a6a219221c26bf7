// Damaged logs and snapshots, failing writes, full disks and wrong clocks, on a real disk.
#include <gtest/gtest.h>
#include <signal.h>
#include <sys/mount.h>
#include <sys/resource.h>

#include <algorithm>
#include <filesystem>
#include <fstream>

#include "tests/crash/directory.hpp"
#include "tests/crash/judge.hpp"
#include "tests/crash/stream.hpp"
#include "tests/crash/venue_on_disk.hpp"

namespace rialto::crash {
namespace {

namespace fs = std::filesystem;

/// A venue that was killed under load, at a moment when its last frames were not sealed.
eventlog::ChainHead leave_killed_venue(const std::string& directory) {
  Judge judge(directory);
  for (std::uint64_t life = 0; life < 50; ++life) {
    Child child(directory, {judge.opened(), first_load + (life << 24), {}});
    EXPECT_TRUE(child.await_start());
    EXPECT_TRUE(child.listen(60'000));
    child.kill();
    judge.after_kill(child.messages());
    EXPECT_TRUE(judge.content()) << judge.findings().front();
    if (!frames_of(directory).back().seal) break;
  }
  return state_digest(judge.replayed());
}

/// A venue that was idle when the power failed: sealed, and nothing written after.
eventlog::ChainHead leave_idle_venue(const std::string& directory) {
  Directory home;
  VenueOnDisk venue(home.path());
  venue.open_markets();
  venue.trade(60);
  EXPECT_TRUE(venue.await_seal());
  copy_venue(home.path(), directory);
  return venue.shown();
}

TEST(Torn, the_remains_of_an_unfinished_write_are_cut) {
  for (const std::uint64_t part : {40u, 96u, 200u, 511u}) {
    Directory directory;
    const auto before = leave_killed_venue(directory.path());
    const auto frames = frames_of(directory.path());
    const FrameOnDisk& last = frames.back();
    ASSERT_FALSE(last.seal);
    // The beginning of a frame that would have come next, as a power cut leaves it.
    Bytes remains = read_bytes(last.path, last.begin, std::min(part, (last.end - last.begin) / 2));
    overwrite(last.path, last.end, remains);
    VenueOnDisk venue(directory.path());
    ASSERT_TRUE(venue.open()) << venue.refusal();
    EXPECT_EQ(venue.recovered(), before);
    const auto reply = venue.ask(ledger::CreditAccount{{4}, {1}, {1}, {}, 0});
    EXPECT_FALSE(reply.rejection) << "and the log goes on";
  }
}

TEST(Torn, a_last_frame_that_lacks_a_sector_is_absent_as_a_whole) {
  Directory directory;
  leave_killed_venue(directory.path());
  const auto frames = frames_of(directory.path());
  const FrameOnDisk& last = frames.back();
  ASSERT_FALSE(last.seal);
  overwrite(last.path, last.end - 40, Bytes(40));
  Judge judge(directory.path());
  judge.after_kill({});
  ASSERT_TRUE(judge.content()) << judge.findings().front();
  EXPECT_EQ(judge.seen().value, last.first - 1);
  VenueOnDisk venue(directory.path());
  ASSERT_TRUE(venue.open()) << venue.refusal();
  EXPECT_EQ(venue.recovered(), state_digest(judge.replayed()));
}

/// Flips a bit in that frame; the venue must refuse and name segment, offset and event.
void expect_refused_with_place(const std::string& directory, const FrameOnDisk& frame) {
  flip_bit(frame.path, frame.begin + (frame.end - frame.begin) / 2, 3);
  {
    const VenueOnDisk venue(directory);
    ASSERT_FALSE(venue.open()) << "event " << frame.first;
    for (const std::string& part :
         {fmt::format("segment {}", frame.segment), fmt::format("offset {}", frame.begin),
          fmt::format("event {}", frame.first)})
      EXPECT_NE(venue.refusal().find(part), std::string::npos) << part << ": " << venue.refusal();
  }
  flip_bit(frame.path, frame.begin + (frame.end - frame.begin) / 2, 3);
}

TEST(FlippedBit, is_refused_with_its_place_wherever_it_lies) {
  Directory directory;
  const auto before = leave_idle_venue(directory.path());
  const auto frames = frames_of(directory.path());
  ASSERT_TRUE(frames.back().seal);
  ASSERT_GT(frames.size(), 60u);
  for (const std::size_t which : {std::size_t{0}, std::size_t{30}, frames.size() / 2})
    expect_refused_with_place(directory.path(), frames[which]);
  VenueOnDisk whole(directory.path());
  EXPECT_EQ(whole.recovered(), before) << "with the bit back, all is there";
}

TEST(FlippedBit, in_the_last_acknowledged_step_is_refused_once_the_idle_log_is_sealed) {
  Directory directory;
  const auto before = leave_idle_venue(directory.path());
  const auto frames = frames_of(directory.path());
  ASSERT_TRUE(frames.back().seal);
  const FrameOnDisk& last_step = frames[frames.size() - 2];
  ASSERT_FALSE(last_step.seal);
  expect_refused_with_place(directory.path(), last_step);
  VenueOnDisk whole(directory.path());
  EXPECT_EQ(whole.recovered(), before);
}

class DamagedSnapshot : public ::testing::Test {
 protected:
  /// Two snapshots, one per orderly stop.
  void SetUp() override {
    for (std::uint64_t life = 0; life < 2; ++life) {
      VenueOnDisk venue(directory.path());
      if (life == 0) venue.open_markets();
      venue.trade(40, 1'000 * (life + 1));
      before = venue.shown();
    }
    for (const auto& entry : fs::directory_iterator(directory.path() + "/snapshots"))
      snapshots.push_back(entry.path());
    std::ranges::sort(snapshots);
    ASSERT_EQ(snapshots.size(), 2u);
  }
  void expect_recovery(std::size_t passed_over) {
    const VenueOnDisk venue(directory.path());
    ASSERT_TRUE(venue.open()) << venue.refusal();
    EXPECT_EQ(venue.recovered(), before);
    const auto told = std::ranges::count_if(venue.alarms(), [](const std::string& line) {
      return line.find("passed over") != std::string::npos;
    });
    EXPECT_EQ(static_cast<std::size_t>(told), passed_over);
  }
  Directory directory;
  eventlog::ChainHead before;
  std::vector<std::string> snapshots;
};

TEST_F(DamagedSnapshot, a_flipped_bit_falls_back_to_the_snapshot_before) {
  flip_bit(snapshots.back(), 2'000, 5);
  expect_recovery(1);
}

TEST_F(DamagedSnapshot, a_cut_one_falls_back) {
  fs::resize_file(snapshots.back(), 700);
  expect_recovery(1);
}

TEST_F(DamagedSnapshot, with_none_left_whole_the_log_has_everything) {
  for (const std::string& snapshot : snapshots) flip_bit(snapshot, 100, 0);
  expect_recovery(2);
}

TEST_F(DamagedSnapshot, deleted_ones_are_not_missed) {
  fs::remove_all(directory.path() + "/snapshots");
  expect_recovery(0);
}

/// Until it is gone, no file of this process can be written any further than one byte.
class UnwritableDisk {
 public:
  UnwritableDisk() {
    ::signal(SIGXFSZ, SIG_IGN);
    ::getrlimit(RLIMIT_FSIZE, &before_);
    const rlimit none{1, before_.rlim_max};
    ::setrlimit(RLIMIT_FSIZE, &none);
  }
  ~UnwritableDisk() { ::setrlimit(RLIMIT_FSIZE, &before_); }

 private:
  rlimit before_{};
};

TEST(FailingWrite, stops_intake_for_good_and_leaves_reads_and_what_was_acknowledged) {
  Directory directory;
  eventlog::ChainHead before;
  {
    VenueOnDisk venue(directory.path());
    venue.open_markets();
    venue.trade(21);
    before = venue.shown();
    {
      const UnwritableDisk disk;
      const auto unknown = venue.place(Side::buy, 1);
      ASSERT_TRUE(unknown.rejection);
      EXPECT_EQ(unknown.rejection->code, "outcome_unknown");
    }
    // The disk works again; the venue must not believe it.
    const auto refused = venue.place(Side::buy, 2);
    ASSERT_TRUE(refused.rejection);
    EXPECT_EQ(refused.rejection->code, "intake_failed");
    EXPECT_EQ(venue.intake(), gateways::Intake::failed);
    EXPECT_EQ(venue.shown(), before) << "reads show what was acknowledged, and nothing else";
  }
  VenueOnDisk again(directory.path());
  ASSERT_TRUE(again.open()) << again.refusal();
  EXPECT_EQ(again.recovered(), before);
  EXPECT_FALSE(again.place(Side::buy, 1).repeated) << "nothing was done under that key";
  EXPECT_TRUE(again.place(Side::buy, 1).repeated);
}

/// A file system of its own, so that filling it disturbs nobody. Needs root.
class SmallDisk {
 public:
  SmallDisk() { mounted_ = ::mount("tmpfs", home_.path().c_str(), "tmpfs", 0, "size=48m") == 0; }
  ~SmallDisk() {
    if (mounted_) ::umount(home_.path().c_str());
  }
  bool mounted() const { return mounted_; }
  std::string venue() const { return home_.path() + "/venue"; }
  /// Leaves about so much room.
  void fill(std::uint64_t room) {
    const std::uint64_t size = fs::space(home_.path()).available - room;
    std::ofstream ballast(home_.path() + "/ballast", std::ios::binary);
    const std::string piece(1 << 16, 'x');
    for (std::uint64_t written = 0; written < size; written += piece.size()) ballast << piece;
  }
  void free() { fs::remove(home_.path() + "/ballast"); }

 private:
  Directory home_;
  bool mounted_ = false;
};

TEST(FullDisk, stops_intake_with_a_clear_code_and_goes_on_when_there_is_room) {
  SmallDisk disk;
  if (!disk.mounted()) GTEST_SKIP() << "a small file system needs the right to mount one";
  eventlog::ChainHead before;
  {
    VenueOnDisk venue(disk.venue());
    ASSERT_TRUE(venue.open()) << venue.refusal();
    venue.open_markets();
    disk.fill(16 << 20);  // what the log leaves to others
    std::uint64_t number = 0;
    flows::Reply reply;
    while (!reply.rejection && number < 20'000) {
      before = venue.shown();
      ++number;
      reply = venue.place(number % 2 == 0 ? Side::sell : Side::buy, number);
    }
    ASSERT_TRUE(reply.rejection) << "never full";
    EXPECT_EQ(reply.rejection->code, "intake_disk_full");
    EXPECT_EQ(venue.intake(), gateways::Intake::disk_full);
    EXPECT_EQ(venue.shown(), before) << "reads go on";
    disk.free();
    // It looks again every second; each refusal says to try later.
    const auto give_up = std::chrono::steady_clock::now() + std::chrono::seconds(20);
    while (reply.rejection && std::chrono::steady_clock::now() < give_up)
      reply = venue.place(number % 2 == 0 ? Side::sell : Side::buy, number);
    EXPECT_FALSE(reply.rejection) << "intake did not reopen";
    EXPECT_FALSE(reply.repeated) << "what was refused had been done";
    before = venue.shown();
  }
  const VenueOnDisk again(disk.venue());
  ASSERT_TRUE(again.open()) << again.refusal();
  EXPECT_EQ(again.recovered(), before);
}

TEST(WrongClock, two_hours_behind_the_log_is_refused_and_says_so) {
  Directory directory;
  {
    VenueOnDisk venue(directory.path());
    venue.open_markets();
  }
  auto behind = apps::system_time();
  const auto wall = behind.wall;
  behind.wall = [wall] { return wall() - 7'200'000'000'000; };
  const VenueOnDisk refused(directory.path(), behind);
  EXPECT_FALSE(refused.open());
  EXPECT_NE(refused.refusal().find("clock"), std::string::npos) << refused.refusal();
  auto ahead = apps::system_time();
  ahead.wall = [wall] { return wall() + 7'200'000'000'000; };
  const VenueOnDisk fine(directory.path(), ahead);
  EXPECT_TRUE(fine.open()) << fine.refusal();
}

}  // namespace
}  // namespace rialto::crash
