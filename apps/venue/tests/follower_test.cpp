// A read model that hangs on the replica: hears every event once and in order, whatever happens
// between, and holds nobody back when it cannot store.
#include <gtest/gtest.h>

#include <filesystem>
#include <future>

#include "apps/venue/host.hpp"

namespace rialto::apps {
namespace {

/// Remembers what it was told; what it has "stored" survives the host, like a database would.
class Listener final : public projections::Follower {
 public:
  std::string_view name() const override { return "listener"; }
  Sequence kept() const override { return kept_; }
  void restore(const flows::Venue&, Sequence position) override {
    restored_at = position;
    heard.erase(heard.begin() + static_cast<std::ptrdiff_t>(kept_.value), heard.end());
  }
  void before(const flows::AnyEvent&, projections::Moment at, const flows::Venue& state) override {
    announced = at.sequence;
    owned_before = owned(state);
  }
  void follow(const flows::AnyEvent& event, projections::Moment at,
              const flows::Venue& after) override {
    EXPECT_EQ(announced, at.sequence);
    heard.push_back(at.sequence.value);
    if (const auto* credit = std::get_if<ledger::AccountCredited>(&event)) {
      EXPECT_EQ(owned_before + credit->amount.value, owned(after));
    }
  }
  std::size_t pending() const override { return heard.size() - kept_.value; }
  std::expected<void, std::string> store(Sequence position, bool) override {
    ++asked_to_store;
    if (broken) return std::unexpected("its disk is gone");
    EXPECT_EQ(position.value, heard.size());
    kept_ = position;
    return {};
  }

  static std::int64_t owned(const flows::Venue& venue) {
    const ledger::Account* account = venue.ledger.account({4});
    return account ? venue.ledger.balance({4}, {1}).owned.value : 0;
  }

  std::vector<std::uint64_t> heard;
  Sequence announced;
  Sequence restored_at;
  std::int64_t owned_before = 0;
  int asked_to_store = 0;
  bool broken = false;

 private:
  Sequence kept_;
};

class Following : public ::testing::Test {
 protected:
  void SetUp() override {
    directory_ = testing::TempDir() + "rialto_follower_test";
    std::filesystem::remove_all(directory_);
  }
  void TearDown() override {
    host_.reset();
    std::filesystem::remove_all(directory_);
  }
  void start() {
    HostSettings settings;
    settings.directory = directory_;
    settings.followers = {&listener_};
    settings.alarm = [this](const std::string& line) { alarms_.push_back(line); };
    auto host = Host::open(std::move(settings));
    ASSERT_TRUE(host) << host.error();
    host_ = std::move(*host);
    host_->start();
  }
  flows::Reply ask(flows::Command command) {
    std::promise<flows::Reply> promise;
    host_->submit(std::move(command), {},
                  [&](const flows::Reply& reply) { promise.set_value(reply); });
    const flows::Reply reply = promise.get_future().get();
    acknowledged_ = reply.sequence;
    return reply;
  }
  void open_accounts() {
    for (int i = 0; i < 3; ++i) ask(ledger::OpenAccount{ledger::AccountKind::system, {}});
    ask(instruments::RegisterAsset{"USD", 2});
    ask(ledger::OpenAccount{ledger::AccountKind::customer, {}});
  }
  void pay_in() { ask(ledger::CreditAccount{{4}, {1}, {5}, {}, 0}); }
  /// By the time a read answers, all that was acknowledged has been told, each event once.
  void expect_all_heard() {
    std::promise<void> promise;
    host_->read([&](const projections::Replica&) { promise.set_value(); });
    promise.get_future().get();
    ASSERT_EQ(listener_.heard.size(), acknowledged_.value);
    for (std::size_t i = 0; i < listener_.heard.size(); ++i) ASSERT_EQ(listener_.heard[i], i + 1);
  }

  std::string directory_;
  Listener listener_;
  Sequence acknowledged_;
  std::vector<std::string> alarms_;
  std::unique_ptr<Host> host_;
};

TEST_F(Following, HearsEveryEventOnceAndInOrderOverARestart) {
  start();
  open_accounts();
  pay_in();
  expect_all_heard();
  host_.reset();
  EXPECT_EQ(listener_.kept(), acknowledged_);
  start();
  EXPECT_EQ(listener_.restored_at, acknowledged_);  // the snapshot of the end
  pay_in();
  expect_all_heard();
  EXPECT_TRUE(alarms_.empty());
}

TEST_F(Following, OneThatComesLaterIsToldEverything) {
  start();
  open_accounts();
  host_.reset();
  listener_ = Listener();
  start();
  EXPECT_EQ(listener_.restored_at, Sequence{});  // the snapshot is beyond what it knows
  expect_all_heard();
}

TEST_F(Following, OneThatCannotStoreIsNotAskedAgainAndHoldsNobodyBack) {
  start();
  open_accounts();
  host_.reset();
  const Sequence stored = acknowledged_;
  start();
  listener_.broken = true;
  listener_.asked_to_store = 0;
  pay_in();
  expect_all_heard();
  host_.reset();
  EXPECT_EQ(listener_.asked_to_store, 1);
  ASSERT_EQ(alarms_.size(), 1u);
  EXPECT_NE(alarms_[0].find("listener is not being stored: its disk is gone"), std::string::npos);
  listener_.broken = false;
  start();
  EXPECT_EQ(listener_.restored_at, stored);  // no snapshot is beyond what it kept
  expect_all_heard();
}

}  // namespace
}  // namespace rialto::apps
