// The simulator can fail: each broken part is noticed, and called what it is.
#include <gtest/gtest.h>

#include "tests/simulation/simulator.hpp"

namespace rialto::simulation {
namespace {

/// Runs with the broken part until a finding contains `expected`. What is found first depends on
/// the seed: a lost write, say, may show as a missing order or as a log that cannot be opened.
void expect_noticed(const std::function<Sabotage()>& broken, std::string_view expected,
                    std::uint64_t most_seeds = 40) {
  std::string instead = "nothing";
  for (std::uint64_t seed = 1; seed <= most_seeds; ++seed) {
    const Outcome outcome = Simulator(seed, broken()).run(400);
    if (outcome.passed()) continue;
    const bool named = std::ranges::any_of(outcome.findings, [&](const std::string& finding) {
      return finding.find(expected) != std::string::npos;
    });
    if (named) return;
    instead = outcome.findings.front();
  }
  FAIL() << "expected: " << expected << "; found: " << instead;
}

template <class Command>
Sabotage change_on_the_way_in(std::function<void(Command&)> change) {
  Sabotage sabotage;
  sabotage.on_the_way_in = [change](flows::Command& command) {
    if (auto* found = std::get_if<Command>(&command)) change(*found);
  };
  return sabotage;
}

// A disk that says "synced" one time in ten without having done it, for the log's files.
class LyingFile final : public storage::File {
 public:
  LyingFile(std::unique_ptr<storage::File> file, std::uint64_t& syncs)
      : file_(std::move(file)), syncs_(syncs) {}
  storage::Result<std::size_t> read_at(std::uint64_t offset,
                                       storage::MutableByteView into) override {
    return file_->read_at(offset, into);
  }
  storage::Result<void> write_at(std::uint64_t offset, ByteView bytes) override {
    return file_->write_at(offset, bytes);
  }
  storage::Result<void> allocate(std::uint64_t offset, std::uint64_t size) override {
    return file_->allocate(offset, size);
  }
  storage::Result<void> datasync() override {
    return ++syncs_ % 10 == 0 ? storage::Result<void>{} : file_->datasync();
  }
  storage::Result<std::uint64_t> size() override { return file_->size(); }
  storage::Result<void> truncate(std::uint64_t size) override { return file_->truncate(size); }

 private:
  std::unique_ptr<storage::File> file_;
  std::uint64_t& syncs_;
};

class LyingFiles final : public storage::FileSystem {
 public:
  explicit LyingFiles(storage::FileSystem& files) : files_(files) {}
  storage::Result<std::unique_ptr<storage::File>> open(const std::string& path,
                                                       storage::Access access,
                                                       storage::Caching caching) override {
    auto file = files_.open(path, access, caching);
    if (!file || path.find("/log/") == path.npos) return file;
    return std::make_unique<LyingFile>(std::move(*file), syncs_);
  }
  storage::Result<void> make_directory(const std::string& path) override {
    return files_.make_directory(path);
  }
  storage::Result<std::vector<std::string>> list(const std::string& directory) override {
    return files_.list(directory);
  }
  storage::Result<void> rename(const std::string& from, const std::string& to) override {
    return files_.rename(from, to);
  }
  storage::Result<void> remove(const std::string& path) override { return files_.remove(path); }
  storage::Result<void> sync_directory(const std::string& directory) override {
    return files_.sync_directory(directory);
  }
  storage::Result<std::uint64_t> free_space(const std::string& directory) override {
    return files_.free_space(directory);
  }
  storage::Result<std::unique_ptr<storage::FileLock>> lock(const std::string& path) override {
    return files_.lock(path);
  }

 private:
  storage::FileSystem& files_;
  std::uint64_t syncs_ = 0;
};

TEST(Sabotage, a_disk_that_lies_about_syncs) {
  const auto broken = [] {
    Sabotage sabotage;
    sabotage.disk = [](storage::FileSystem& files) { return std::make_unique<LyingFiles>(files); };
    return sabotage;
  };
  expect_noticed(broken, "was shown and is lost");
}

TEST(Sabotage, an_engine_that_loses_a_posting) {
  const auto broken = [] {
    Sabotage sabotage;
    sabotage.in_the_engine = [turns = 0](flows::Engine& engine) mutable {
      if (++turns == 50)
        engine.venue.ledger.evolve(ledger::AccountDebited{{4}, {1}, {1}, {}, 0}, {});
    };
    return sabotage;
  };
  expect_noticed(broken, "engine and replica differ");
}

TEST(Sabotage, a_replica_that_misreads_a_credit) {
  const auto broken = [] {
    Sabotage sabotage;
    sabotage.to_the_replica = [](Bytes& frames) {
      for (const auto& frame : eventlog::frames_in(frames))
        for (const auto& event : frame.events()) {
          if (event.type != EventType{22}) continue;  // AccountCredited
          const auto amount_at =
              static_cast<std::size_t>(event.payload.data() - frames.data()) + 12;
          frames[amount_at] ^= std::byte{1};
        }
    };
    return sabotage;
  };
  expect_noticed(broken, "owns");
}

TEST(Sabotage, a_credit_of_one_unit_too_much) {
  expect_noticed(
      [] { return change_on_the_way_in<ledger::CreditAccount>([](auto& c) { ++c.amount.value; }); },
      "owns");
}

TEST(Sabotage, a_gateway_that_loses_the_keys_of_transfers) {
  expect_noticed(
      [] { return change_on_the_way_in<ledger::CreditAccount>([](auto& c) { c.key = {}; }); },
      "done twice under one key");
}

TEST(Sabotage, a_gateway_that_loses_the_keys_of_orders) {
  expect_noticed(
      [] { return change_on_the_way_in<orders::PlaceOrder>([](auto& c) { c.key = {}; }); },
      "placed twice under one key");
}

TEST(Sabotage, a_price_one_tick_off) {
  const auto broken = [] {
    return change_on_the_way_in<orders::PlaceOrder>([](auto& c) {
      if (c.price.value > 1) ++c.price.value;
    });
  };
  expect_noticed(broken, "is not what was asked for");
}

TEST(Sabotage, an_amendment_that_is_not_what_was_asked) {
  const auto broken = [] {
    return change_on_the_way_in<orders::AmendOrder>([](auto& c) {
      if (c.quantity) ++c.quantity->value;
    });
  };
  expect_noticed(broken, "was not amended as asked");
}

TEST(Sabotage, a_fee_one_millionth_too_high) {
  const auto broken = [] {
    return change_on_the_way_in<instruments::ListInstrument>(
        [](auto& c) { ++c.rules.taker_fee.value; });
  };
  expect_noticed(broken, "the fee of order");
}

TEST(Sabotage, a_cancel_that_reaches_another_order) {
  const auto broken = [] {
    return change_on_the_way_in<orders::CancelOrder>([](auto& c) {
      if (c.order.value > 1) --c.order.value;
    });
  };
  expect_noticed(broken, "left half done");
}

TEST(Sabotage, a_kill_switch_that_is_not_connected) {
  const auto broken = [] {
    return change_on_the_way_in<orders::BlockTrading>([](auto& c) { c.account = {5}; });
  };
  expect_noticed(broken, "block");
}

TEST(Sabotage, a_reply_that_promises_what_was_refused) {
  const auto broken = [] {
    Sabotage sabotage;
    sabotage.on_the_way_out = [](const flows::Command& command, flows::Reply& reply) {
      if (std::holds_alternative<orders::PlaceOrder>(command)) reply.rejection.reset();
    };
    return sabotage;
  };
  expect_noticed(broken, "acknowledged and no step did it");
}

TEST(Sabotage, a_reply_that_hides_a_fill) {
  const auto broken = [] {
    Sabotage sabotage;
    sabotage.on_the_way_out = [](const flows::Command&, flows::Reply& reply) {
      reply.order.filled = {};
    };
    return sabotage;
  };
  expect_noticed(broken, "was answered as order");
}

}  // namespace
}  // namespace rialto::simulation
