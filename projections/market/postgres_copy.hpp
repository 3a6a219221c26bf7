// Copies what the market's follower has stored into PostgreSQL: database market_data (prices,
// candles, trades, reports) and clearing_data (balances, depository, settlement reports).
//
// A thread of its own, which reads the follower's SQLite file: neither the replica nor trading ever
// waits for a server, and while one is away what it lacks lies on the disk. Each round is one
// transaction on either side, the position included (COPY-1), so that a database is always the
// exact state behind some event.
#pragma once

#include <chrono>
#include <condition_variable>
#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <thread>

#include "core/types.hpp"
#include "platform/sql/connection.hpp"

namespace rialto::projections {

class PostgresCopy {
 public:
  struct Settings {
    std::string url;     // of the server: postgresql://user@host:port/
    std::string source;  // the follower's SQLite file
    /// A server that went away, and that it is back; any thread. Once for each, not each try.
    std::function<void(const std::string&)> alarm = [](const std::string&) {};
    std::chrono::milliseconds first_pause{500};  // after a failure; doubled up to the longest
    std::chrono::milliseconds longest_pause{30'000};
    bool anew = false;  // drop what the databases hold, and copy all of it again
    /// Before each commit, on the copy's thread; tests kill themselves here.
    std::function<void(std::string_view database)> before_commit = [](std::string_view) {};
  };

  explicit PostgresCopy(Settings);
  /// Stops without finishing: the next one goes on from there.
  ~PostgresCopy();
  PostgresCopy(const PostgresCopy&) = delete;
  PostgresCopy& operator=(const PostgresCopy&) = delete;

  /// Any thread: the source has stored more.
  void notice();
  /// Waits until both databases have come that far; false when the time is over before.
  bool wait_for(Sequence position, std::chrono::milliseconds most);
  /// What both databases have.
  Sequence position() const;

 private:
  struct Target;
  void run(std::stop_token);
  /// The error of the database, or of the source.
  sql::Done copy(Target&);
  sql::Done connect(Target&);
  sql::Done transfer(Target&, sql::Connection& source);
  void note(Target&, const sql::Done&);

  Settings settings_;
  mutable std::mutex mutex_;
  std::condition_variable_any changed_;
  bool noticed_ = true;                 // guarded by mutex_
  std::unique_ptr<Target> targets_[2];  // their connections guarded by mutex_
  std::chrono::milliseconds pause_{};   // the copy's thread
  std::jthread thread_;                 // last: it uses all of the above
};

}  // namespace rialto::projections
