#include "platform/security/password_hasher.hpp"

#include <gtest/gtest.h>

#include <future>
#include <memory>

namespace rialto::security {
namespace {

using namespace std::chrono_literals;

class PasswordHasherTest : public testing::Test {
 protected:
  std::string hash(std::string password) {
    std::promise<std::string> made;
    EXPECT_TRUE(
        hasher_.hash(std::move(password), [&made](auto phc) { made.set_value(phc.value_or("")); }));
    return made.get_future().get();
  }
  bool verify(std::string password, std::string phc) {
    std::promise<bool> verified;
    EXPECT_TRUE(hasher_.verify(std::move(password), std::move(phc), [&verified](auto equal) {
      verified.set_value(equal.value_or(false));
    }));
    return verified.get_future().get();
  }

  PasswordHasher hasher_{HashCost::minimum()};
};

TEST_F(PasswordHasherTest, VerifiesTheRightPasswordOnly) {
  const std::string phc = hash("correct horse");
  EXPECT_TRUE(phc.starts_with("$argon2id$v=19$"));
  EXPECT_TRUE(verify("correct horse", phc));
  EXPECT_FALSE(verify("correct horsf", phc));
  EXPECT_FALSE(verify("", phc));
  EXPECT_FALSE(verify("correct horse", "not a hash"));
  EXPECT_FALSE(verify("correct horse", ""));
}

TEST_F(PasswordHasherTest, SaltsEveryHash) {
  EXPECT_NE(hash("same"), hash("same"));
}

TEST_F(PasswordHasherTest, TakesNulAndLongPasswords) {
  const std::string odd("a\0b", 3);
  EXPECT_TRUE(verify(odd, hash(odd)));
  EXPECT_FALSE(verify("a", hash(odd)));
  const std::string longest(4096, 'x');
  EXPECT_TRUE(verify(longest, hash(longest)));
}

// SECURITY-3
TEST(PasswordHasher, AnUnknownUserCostsAsMuchAsAKnownOne) {
  PasswordHasher hasher({2, std::size_t{16} << 20});
  const auto time_of = [&](auto start) {
    std::promise<bool> verified;
    const auto before = std::chrono::steady_clock::now();
    start([&verified](auto equal) { verified.set_value(*equal); });
    EXPECT_FALSE(verified.get_future().get());
    return std::chrono::steady_clock::now() - before;
  };
  std::promise<std::string> made;
  ASSERT_TRUE(hasher.hash("known", [&made](auto phc) { made.set_value(*phc); }));
  const std::string phc = made.get_future().get();
  const auto unknown = [&](auto done) { EXPECT_TRUE(hasher.verify_unknown("x", std::move(done))); };
  const auto known = [&](auto done) { EXPECT_TRUE(hasher.verify("x", phc, std::move(done))); };
  time_of(unknown);  // makes the decoy
  auto fastest_unknown = time_of(unknown);
  auto fastest_known = time_of(known);
  for (int i = 0; i < 5; ++i) {
    fastest_unknown = std::min(fastest_unknown, time_of(unknown));
    fastest_known = std::min(fastest_known, time_of(known));
  }
  EXPECT_GT(fastest_unknown * 2, fastest_known);
  EXPECT_GT(fastest_known * 2, fastest_unknown);
}

TEST(PasswordHasher, RefusesWhenItsQueueIsFull) {
  std::promise<void> entered, released;
  auto release = released.get_future().share();
  PasswordHasher hasher(HashCost::minimum(), 2);
  ASSERT_TRUE(hasher.hash("a", [&entered, release](auto) {
    entered.set_value();
    release.wait();
  }));
  entered.get_future().wait();  // the worker is busy from here on
  std::promise<void> second;
  EXPECT_TRUE(hasher.hash("b", [](auto) {}));
  EXPECT_TRUE(hasher.hash("c", [&second](auto) { second.set_value(); }));
  EXPECT_EQ(hasher.queued(), 2u);
  EXPECT_FALSE(hasher.hash("d", [](auto) { FAIL() << "refused, yet called"; }));
  EXPECT_FALSE(hasher.verify_unknown("d", [](auto) { FAIL() << "refused, yet called"; }));
  released.set_value();
  EXPECT_EQ(second.get_future().wait_for(10s), std::future_status::ready);
}

TEST(PasswordHasher, CallsBackWhatIsQueuedWhenItEnds) {
  std::promise<void> entered;
  int stopped = 0;
  std::promise<void> released;
  auto release = released.get_future().share();
  std::thread ending;
  {
    auto hasher = std::make_unique<PasswordHasher>(HashCost::minimum());
    ASSERT_TRUE(hasher->hash("a", [&entered, release](auto) {
      entered.set_value();
      release.wait();
    }));
    entered.get_future().wait();
    ASSERT_TRUE(hasher->hash("b", [&](auto phc) { stopped += phc.error() == HashError::stopped; }));
    ASSERT_TRUE(hasher->verify_unknown(
        "c", [&](auto equal) { stopped += equal.error() == HashError::stopped; }));
    // The end is announced before the worker is let go, so it cannot take another job.
    std::promise<void> announced;
    ending = std::thread([hasher = std::move(hasher), &announced]() mutable {
      hasher->stop_taking();
      announced.set_value();
      hasher.reset();
    });
    announced.get_future().wait();
  }
  released.set_value();
  ending.join();
  EXPECT_EQ(stopped, 2);
}

}  // namespace
}  // namespace rialto::security
