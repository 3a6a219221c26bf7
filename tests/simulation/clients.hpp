// The clients of a simulated venue: many accounts and one operator's desk, sending whatever may
// happen, nonsense, retries and duplicates included. They know what replies and the feed told them.
#pragma once

#include <deque>
#include <map>
#include <optional>
#include <vector>

#include "flows/commands.hpp"
#include "tests/simulation/feed.hpp"
#include "tests/simulation/random.hpp"

namespace rialto::simulation {

struct Request {
  flows::Command command;
  UserId actor;
};

class Clients {
 public:
  explicit Clients(Random& random) : random_(random) {}

  /// What the operator sends before the first trade; all of it must succeed.
  std::vector<Request> opening();
  /// The next thing somebody does.
  Request next(Timestamp now);

  void follow(const FeedStep& step);
  /// The client of this command never heard what became of it: it will ask again.
  void left_in_doubt(const Request& request);

 private:
  struct Trader {
    AccountId account;
    UserId user;
  };
  struct OwnOrder {
    OrderId order;
    AccountId account;
    Fingerprint key;
    Side side{};
    std::int64_t price{};
    std::int64_t quantity{};
  };
  struct Market {
    InstrumentId instrument;
    std::int64_t mid;
    std::int64_t spread;
    std::int64_t lots;  // typical order size
  };

  Request place(Timestamp now);
  void shape(orders::PlaceOrder& order, Market& market, Timestamp now);
  void spoil(orders::PlaceOrder& order);
  Request amend();
  Request cancel();
  Request transfer();
  Request operate();
  Request use_session();
  Request manage_users();
  Request manage_people();
  Request change_trade();
  Request manage_portfolios();
  portfolio::PortfolioId some_portfolio(AccountId);
  std::optional<Request> due();
  instruments::Rules rules();
  Fingerprint fresh_key() { return {random_.below(~std::uint64_t{0}), ++serial_}; }
  const Trader& someone() { return random_.pick(traders_); }
  const OwnOrder* some_order();
  void shrink(OrderId order, Quantity by);
  void finance(AccountId account);
  void send_later(std::size_t steps, flows::Command command);

  Random& random_;
  std::vector<Trader> traders_;
  std::vector<OwnOrder> open_;
  std::vector<OwnOrder> closed_;  // some of them
  std::deque<Request> sent_;      // keyed ones, for duplicates
  std::deque<Request> doubtful_;
  std::multimap<std::uint64_t, flows::Command> planned_;  // by when: undoing halts and blocks
  std::deque<corrections::SeenTrade> trades_;             // some, as they were last seen
  std::vector<Market> markets_;
  std::vector<UserId> users_;
  std::uint64_t serial_ = 0;
  std::uint64_t clock_ = 0;
  std::uint64_t user_serial_ = 0;
  std::uint32_t user_ref_ = 0;
};

/// One line for people: "place buy limit 12 @ 5000 …".
std::string describe(const flows::Command& command);
std::string describe(const flows::Reply& reply);

}  // namespace rialto::simulation
