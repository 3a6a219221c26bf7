// Stores made anew from the log hold equal rows; a venue that runs is left alone.
#include <gtest/gtest.h>

#include <filesystem>
#include <future>

#include "apps/rialto/projections.hpp"
#include "apps/rialto/read_models.hpp"
#include "apps/venue/host.hpp"

namespace rialto::apps {
namespace {

using projections::Candle;
using projections::MarketData;
using projections::Replica;
using projections::TradeRow;

/// What readers see.
struct Picture {
  std::vector<TradeRow> tape;
  std::vector<Candle> candles;
  std::vector<std::uint64_t> closed;  // orders
  std::vector<projections::ReportRow> reports;
  friend bool operator==(const Picture&, const Picture&) = default;
};

class Rebuilding : public ::testing::Test {
 protected:
  void SetUp() override {
    directory_ = testing::TempDir() + "rialto_projections_test";
    std::filesystem::remove_all(directory_);
  }
  void TearDown() override {
    stop();
    std::filesystem::remove_all(directory_);
  }
  void start() {
    auto models = ReadModels::open(directory_);
    ASSERT_TRUE(models) << models.error();
    models_.emplace(std::move(*models));
    HostSettings settings;
    settings.directory = directory_;
    settings.followers = models_->followers();
    auto host = Host::open(std::move(settings));
    ASSERT_TRUE(host) << host.error();
    host_ = std::move(*host);
    host_->start();
  }
  void stop() {
    host_.reset();
    models_.reset();
  }
  void ask(flows::Command command) {
    std::promise<void> promise;
    host_->submit(std::move(command), {}, [&](const flows::Reply& reply) {
      EXPECT_FALSE(reply.rejection);
      promise.set_value();
    });
    promise.get_future().get();
  }
  void trade() {
    for (int i = 0; i < 3; ++i) ask(ledger::OpenAccount{ledger::AccountKind::system, {}});
    ask(instruments::RegisterAsset{"USD", 2});
    ask(instruments::RegisterAsset{"B", 0});
    instruments::Rules rules;
    rules.max_quantity = {largest_number};
    rules.max_notional = {largest_number};
    rules.max_open_orders = 1'000;
    ask(instruments::ListInstrument{"B-USD", "B", "USD", {1, 2}, {1, 0}, rules});
    for (std::uint64_t account = 4; account < 6; ++account) {
      ask(ledger::OpenAccount{ledger::AccountKind::customer, {}});
      for (std::uint32_t asset = 1; asset < 3; ++asset)
        ask(ledger::CreditAccount{{account}, {asset}, {1'000'000}, {}, 0});
    }
    for (std::int64_t i = 1; i <= 40; ++i) {
      orders::PlaceOrder order;
      order.account = {4 + static_cast<std::uint64_t>(i % 2)};
      order.instrument = {1};
      order.side = i % 2 == 0 ? Side::buy : Side::sell;
      order.price = {100 + i % 7};
      order.quantity = {i};
      ask(order);
    }
  }
  Picture look() {
    std::promise<Picture> promise;
    host_->read([&](const Replica& replica) {
      Picture picture;
      picture.tape = models_->market->trades({1}, {});
      projections::CandleQuery query;
      query.interval = projections::Interval::second;
      picture.candles = models_->market->candles({1}, query, replica.now());
      for (const auto& order : replica.history()->orders({}, {}))
        picture.closed.push_back(order.order.id.value);
      for (std::uint64_t order = 1; order <= 40; ++order)
        for (const auto& report : models_->market->reports({order}))
          picture.reports.push_back(report);
      promise.set_value(std::move(picture));
    });
    return promise.get_future().get();
  }

  std::string directory_;
  std::optional<ReadModels> models_;
  std::unique_ptr<Host> host_;
};

TEST_F(Rebuilding, DeletedStoresComeBackWithEqualRows) {
  start();
  trade();
  const Picture before = look();
  ASSERT_FALSE(before.tape.empty());
  ASSERT_FALSE(before.closed.empty());
  stop();
  for (const ProjectionStatus& status : projection_status(directory_))
    std::filesystem::remove(status.path);
  for (const ProjectionStatus& status : projection_status(directory_))
    EXPECT_FALSE(status.position) << status.name;

  std::uint64_t done = 0;
  std::uint64_t total = 1;
  const auto rebuilt = rebuild_projections(directory_, {}, [&](std::uint64_t a, std::uint64_t b) {
    done = a;
    total = b;
  });
  ASSERT_TRUE(rebuilt) << rebuilt.error();
  EXPECT_EQ(rebuilt->size(), projection_names().size());
  EXPECT_EQ(done, total);
  for (const ProjectionStatus& status : projection_status(directory_)) {
    EXPECT_EQ(status.position, rebuilt->front().position) << status.name;
    EXPECT_GT(status.bytes, 0u);
  }
  start();
  EXPECT_EQ(look(), before);
}

TEST_F(Rebuilding, OneMayBeRebuiltAlone) {
  start();
  trade();
  const Picture before = look();
  stop();
  const auto history = std::filesystem::last_write_time(history_path(directory_));
  const auto rebuilt = rebuild_projections(directory_, {"market"}, {});
  ASSERT_TRUE(rebuilt) << rebuilt.error();
  ASSERT_EQ(rebuilt->size(), 1u);
  EXPECT_EQ(rebuilt->front().name, "market");
  EXPECT_TRUE(std::filesystem::exists(history_path(directory_)));
  EXPECT_GE(std::filesystem::last_write_time(history_path(directory_)), history);
  start();
  EXPECT_EQ(look(), before);
}

TEST_F(Rebuilding, AVenueThatRunsIsLeftAlone) {
  start();
  trade();
  const Picture before = look();
  const auto refused = rebuild_projections(directory_, {}, {});
  ASSERT_FALSE(refused);
  EXPECT_NE(refused.error().find("another process"), std::string::npos) << refused.error();
  EXPECT_EQ(look(), before);
  // Its stores can be looked at.
  for (const ProjectionStatus& status : projection_status(directory_))
    EXPECT_TRUE(status.position) << status.problem;
}

TEST_F(Rebuilding, NamesAndDirectoriesAreChecked) {
  EXPECT_FALSE(rebuild_projections(directory_, {}, {}));
  start();
  stop();
  const auto refused = rebuild_projections(directory_, {"nonsense"}, {});
  ASSERT_FALSE(refused);
  EXPECT_NE(refused.error().find("nonsense"), std::string::npos);
}

}  // namespace
}  // namespace rialto::apps
