#include "projections/notifications/inbox.hpp"

#include <gtest/gtest.h>
#include <rapidcheck.h>

#include <filesystem>

#include "flows/tests/followed_engine.hpp"

namespace rialto::projections {
namespace {

using notifications::Kind;

constexpr AccountId alice{4}, bob{5};
constexpr UserId alice_user{1}, bob_user{2};

const OpenField open_plainly = [](Fingerprint, std::string_view, std::string_view sealed) {
  return std::string(sealed);
};

class Desk {
 public:
  Desk() {
    remove();
    open();
    venue.listeners.push_back([this](auto& event, Sequence sequence, Timestamp time, auto& after) {
      if (sequence > inbox->kept()) inbox->follow(event, {sequence, time}, after);
    });
    flows::open_small_venue(venue);
  }
  ~Desk() {
    inbox.reset();
    remove();
  }
  void open() {
    inbox.reset();
    auto opened = Inbox::open(path);
    EXPECT_TRUE(opened) << opened.error();
    inbox = std::move(*opened);
  }
  void remove() {
    for (const char* end : {"", "-wal", "-shm"}) std::filesystem::remove(path + end);
  }
  void tell_again() {
    venue.replay([&](auto& event, Sequence sequence, Timestamp time, auto& after) {
      if (sequence > inbox->kept()) inbox->follow(event, {sequence, time}, after);
    });
  }
  void place(AccountId account, Side side, std::int64_t price, std::int64_t quantity) {
    orders::PlaceOrder order;
    order.account = account;
    order.instrument = {1};
    order.side = side;
    order.price = {price};
    order.quantity = {quantity};
    venue.run(order);
  }
  std::vector<std::string> told(UserId user, InboxFilter filter = {}, Page page = {}) {
    std::vector<std::string> lines;
    for (const InboxEntry& entry : inbox->list(user, filter, page)) {
      const NoticeText text =
          text_of(entry.event, entry.id.kind, user, venue.replica, open_plainly);
      lines.push_back(text.title + ": " + text.message);
    }
    return lines;
  }

  flows::FollowedEngine venue;
  std::unique_ptr<Inbox> inbox;
  const std::string path =
      ::testing::TempDir() + "rialto_inbox_" + std::to_string(::getpid()) + ".db";
};

TEST(NoticeIds, are_read_back) {
  const NoticeId id{{41}, Kind::trades, {7}};
  EXPECT_EQ(to_text(id), "41-trades-7");
  EXPECT_EQ(parse_notice_id("41-trades-7"), id);
  for (const char* text : {"", "41", "41-trades", "41-7", "x-trades-7", "41-news-7", "41-trades-",
                           "-1-trades-7", "99999999999999999999-trades-7"})
    EXPECT_FALSE(parse_notice_id(text)) << text;
}

TEST(Inbox, tells_each_party_its_side) {
  Desk desk;
  desk.place(bob, Side::sell, 100, 10);
  desk.place(alice, Side::buy, 100, 10);
  const auto alices = desk.told(alice_user, {}, {0, 4});
  EXPECT_EQ(alices,
            (std::vector<std::string>{"Trade 1 done: ABC +10", "Trade 1 done: XYZ -1000, ABC +10",
                                      "Trade 1 done: bought 10 ABC-XYZ at 100",
                                      "Order 2 placed: buy 10 ABC-XYZ at 100"}));
  EXPECT_EQ(desk.told(bob_user, {.kind = Kind::wallet}, {0, 1}),
            (std::vector<std::string>{"Trade 1 done: XYZ +1000, ABC -10"}));
  desk.venue.run(notifications::PostMessage{bob_user, alice_user, "hello", "there"});
  EXPECT_EQ(desk.told(bob_user, {}, {0, 1}), (std::vector<std::string>{"hello: there"}));
}

// NOTIFICATIONS-2
TEST(Inbox, keeps_what_was_wanted_then) {
  Desk desk;
  notifications::Preferences chosen;
  chosen.in_app = {};
  desk.venue.run(notifications::SetPreferences{alice_user, chosen});
  const std::size_t before = desk.told(alice_user).size();
  desk.venue.run(ledger::CreditAccount{alice, {1}, {5}, {}, 0});
  EXPECT_EQ(desk.told(alice_user).size(), before);
  desk.venue.run(notifications::PostMessage{alice_user, alice_user, "m", "always arrives"});
  EXPECT_EQ(desk.told(alice_user).size(), before + 1);
  chosen.in_app.add(Kind::wallet);
  desk.venue.run(notifications::SetPreferences{alice_user, chosen});
  desk.venue.run(ledger::DebitAccount{alice, {1}, {5}, {}, 0});
  EXPECT_EQ(desk.told(alice_user, {}, {0, 1}),
            (std::vector<std::string>{"Wallet debited: XYZ -5"}));
  const auto all = desk.told(alice_user);
  desk.inbox->clear();
  desk.tell_again();
  EXPECT_EQ(desk.told(alice_user), all) << "a rebuild decides alike";
}

TEST(Inbox, knows_what_was_read_and_forgets_who_left) {
  Desk desk;
  const InboxEntry newest = desk.inbox->list(alice_user, {}, {0, 1}).at(0);
  const std::size_t unread = desk.inbox->unread(alice_user);
  desk.venue.run(notifications::MarkRead{alice_user, newest.id.cause, newest.id.kind, true});
  EXPECT_TRUE(desk.inbox->find(newest.id)->read);
  EXPECT_EQ(desk.inbox->unread(alice_user), unread - 1);
  EXPECT_EQ(desk.inbox->list(alice_user, {.unread_only = true}, {}).size(), unread - 1);
  desk.venue.run(notifications::MarkRead{alice_user, newest.id.cause, newest.id.kind, false});
  EXPECT_FALSE(desk.inbox->find(newest.id)->read);
  EXPECT_FALSE(desk.inbox->find({newest.id.cause, Kind::trades, alice_user}));
  for (const std::uint32_t asset : {1u, 2u, 3u})
    desk.venue.run(flows::SetBalance{alice, {asset}, {}});
  desk.venue.run(identity::DeleteUser{alice_user});
  EXPECT_TRUE(desk.told(alice_user).empty());
}

TEST(Inbox, holds_the_newest_of_a_flood) {
  Desk desk;
  for (std::size_t i = 0; i < Inbox::most_of_one_user + 100; ++i)
    desk.venue.run(ledger::CreditAccount{alice, {1}, {1}, {}, 0});
  EXPECT_LE(desk.inbox->pending(), Inbox::most_of_one_user + 20);
  const auto all = desk.inbox->list(alice_user, {}, {0, 5'000});
  EXPECT_EQ(all.size(), Inbox::most_of_one_user);
  EXPECT_EQ(all.front().id.cause, desk.venue.engine.last());
  ASSERT_TRUE(desk.inbox->store(desk.venue.engine.last(), true));
  desk.venue.run(ledger::CreditAccount{alice, {1}, {1}, {}, 0});
  EXPECT_EQ(desk.inbox->list(alice_user, {}, {0, 5'000}).size(), Inbox::most_of_one_user);
}

// NOTIFICATIONS-1
TEST(Inbox, records_each_cause_once_through_kills_and_rebuilds) {
  EXPECT_TRUE(rc::check([](const std::vector<std::uint8_t>& deeds) {
    Desk desk;
    for (const std::uint8_t deed : deeds) {
      switch (deed % 6) {
        case 0:
          desk.place(bob, Side::sell, 100, 1 + deed);
          break;
        case 1:
          desk.place(alice, Side::buy, 100, 1 + deed);
          break;
        case 2:
          desk.venue.run(ledger::CreditAccount{alice, {1}, {deed + 1}, {}, 0});
          break;
        case 3:
          RC_ASSERT(desk.inbox->store(desk.venue.engine.last(), deed % 2 == 0).has_value());
          break;
        case 4:  // killed: what was not stored is told again
          desk.open();
          desk.tell_again();
          break;
        default:
          desk.told(alice_user);  // reading changes nothing
      }
    }
    const auto ids = [&] {
      std::vector<std::string> all;
      for (const UserId user : {alice_user, bob_user})
        for (const auto& entry : desk.inbox->list(user, {}, {0, 10'000}))
          all.push_back(to_text(entry.id));
      return all;
    };
    const auto found = ids();
    RC_ASSERT(std::set(found.begin(), found.end()).size() == found.size());
    desk.inbox->clear();
    desk.tell_again();
    RC_ASSERT(ids() == found);
    // Pages put together are the whole.
    std::vector<std::string> paged;
    Page page{0, 3};
    for (;;) {
      const auto part = desk.inbox->list(alice_user, {}, page);
      for (const auto& entry : part) paged.push_back(to_text(entry.id));
      if (part.size() < page.limit) break;
      page.before = Inbox::cursor(part.back());
    }
    std::vector<std::string> alices(found.begin(),
                                    found.begin() + static_cast<std::ptrdiff_t>(paged.size()));
    RC_ASSERT(paged == alices);
  }));
}

}  // namespace
}  // namespace rialto::projections
