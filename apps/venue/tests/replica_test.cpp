// A replica that is too slow: it leaves the frames in memory behind, catches up from the files, and
// comes back, while the venue goes on.
#include <gtest/gtest.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <future>

#include "apps/venue/host.hpp"
#include "platform/eventlog/chain.hpp"

namespace rialto::apps {
namespace {

eventlog::ChainHead digest(const flows::Venue& venue) {
  Bytes bytes;
  BinaryWriter writer(bytes);
  venue.save(writer);
  return eventlog::sha256(bytes);
}

std::size_t resident_bytes() {
  std::ifstream file("/proc/self/statm");
  std::size_t all = 0;
  std::size_t resident = 0;
  file >> all >> resident;
  return resident * static_cast<std::size_t>(::sysconf(_SC_PAGESIZE));
}

class SlowReplica : public ::testing::Test {
 protected:
  void SetUp() override {
    settings_.directory = testing::TempDir() + "rialto_replica_test";
    std::filesystem::remove_all(settings_.directory);
    // Of which the frames in memory hold as much.
    settings_.segment_bytes = 128 << 10;
    settings_.alarm = [this](const std::string& line) { alarms_.push_back(line); };
    start();
    for (int i = 0; i < 3; ++i) ask(ledger::OpenAccount{ledger::AccountKind::system, {}});
    ask(instruments::RegisterAsset{"USD", 2});
    account_ = ask(ledger::OpenAccount{ledger::AccountKind::customer, {}}).account;
  }
  void TearDown() override {
    host_.reset();
    std::filesystem::remove_all(settings_.directory);
  }
  void start() {
    auto host = Host::open(settings_);
    ASSERT_TRUE(host) << host.error();
    host_ = std::move(*host);
    recovered_ = digest(host_->recovered());
    host_->start();
  }
  flows::Reply ask(flows::Command command) {
    std::promise<flows::Reply> promise;
    host_->submit(std::move(command), {},
                  [&](const flows::Reply& reply) { promise.set_value(reply); });
    return promise.get_future().get();
  }
  /// Credits, as many at a time as the venue takes; the last event of the last one.
  Sequence pay_in(std::uint64_t times) {
    for (std::uint64_t done = 1; done < times; ++done) {
      if (done % 1'000 == 0)
        ask(ledger::CreditAccount{account_, {1}, {1}, {}, 0});
      else
        host_->submit(ledger::CreditAccount{account_, {1}, {1}, {}, 0}, {}, {});
    }
    return ask(ledger::CreditAccount{account_, {1}, {1}, {}, 0}).sequence;
  }
  /// Until released, the replica's thread is busy with a read.
  std::promise<void> hold_replica() {
    std::promise<void> release;
    std::promise<void> held;
    host_->read([&held, gate = release.get_future()](const projections::Replica&) {
      held.set_value();
      gate.wait();
    });
    held.get_future().wait();
    return release;
  }
  struct Shown {
    Sequence position;
    eventlog::ChainHead state;
  };
  Shown show() {
    std::promise<Shown> promise;
    host_->read([&](const projections::Replica& replica) {
      promise.set_value({replica.position(), digest(replica.venue())});
    });
    return promise.get_future().get();
  }

  HostSettings settings_;
  std::unique_ptr<Host> host_;
  AccountId account_;
  eventlog::ChainHead recovered_;
  std::vector<std::string> alarms_;
};

TEST_F(SlowReplica, catches_up_from_closed_segments_and_returns_to_memory) {
  auto release = hold_replica();
  pay_in(20'000);
  const Sequence before = host_->standing().replica;
  EXPECT_LT(before.value + 20'000, host_->standing().acknowledged.value + 10) << "it was held";
  release.set_value();
  const Sequence last = pay_in(10);
  const Shown shown = show();
  EXPECT_GE(shown.position, last);
  EXPECT_GE(host_->standing().replica_detours, 1u) << "it was never too far behind";
  const auto detours = host_->standing().replica_detours;
  for (int i = 0; i < 20; ++i) {
    const Sequence next = pay_in(2);
    EXPECT_GE(show().position, next);
  }
  EXPECT_EQ(host_->standing().replica_detours, detours) << "it is back in memory";
  const auto state = show().state;
  host_.reset();
  std::filesystem::remove_all(settings_.directory + "/snapshots");
  start();
  EXPECT_EQ(recovered_, state) << "what it folded on the way is what the log says";
  EXPECT_TRUE(alarms_.empty()) << alarms_.front();
}

TEST_F(SlowReplica, takes_a_snapshot_that_fell_due_while_it_was_behind) {
  host_.reset();
  settings_.snapshot_events = 3'000;
  start();
  auto release = hold_replica();
  pay_in(10'000);
  const Sequence snapshot = host_->standing().snapshot;
  release.set_value();
  const auto state = show().state;
  EXPECT_GT(host_->standing().snapshot, snapshot);
  EXPECT_LT(host_->standing().snapshot, host_->standing().acknowledged) << "where it fell due";
  EXPECT_GE(host_->standing().replica_detours, 1u);
  host_.reset();
  start();
  EXPECT_EQ(recovered_, state);
  EXPECT_TRUE(alarms_.empty()) << alarms_.front();
}

TEST_F(SlowReplica, keeps_no_memory_for_what_it_missed) {
  pay_in(5'000);
  show();
  auto release = hold_replica();
  const std::size_t before = resident_bytes();
  const Sequence from = host_->standing().acknowledged;
  pay_in(100'000);
  // Some 50 bytes each, so kept it would be 5 MB.
  EXPECT_GT(host_->standing().acknowledged.value, from.value + 90'000);
  EXPECT_LT(resident_bytes(), before + (1 << 20));
  release.set_value();
  show();
}

}  // namespace
}  // namespace rialto::apps
