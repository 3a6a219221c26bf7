// The notifications of every user, newest first: a follower that keeps, for each cause, the event
// itself; words are made when somebody reads. A user keeps the newest `most_of_one_user` causes.
//
// Used on the replica's thread only. What waits to be stored is bounded per user as well, so a
// flood of orders of one user costs memory writes, not disk writes.
#pragma once

#include <deque>
#include <expected>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include <boost/unordered/unordered_flat_map.hpp>

#include "projections/follower.hpp"
#include "projections/history/history.hpp"
#include "projections/notifications/notices.hpp"
#include "projections/store/followed_store.hpp"

namespace rialto::projections {

struct InboxEntry {
  NoticeId id;
  Timestamp time;
  bool read = false;
  flows::AnyEvent event;
};

struct InboxFilter {
  bool unread_only = false;
  std::optional<notifications::Kind> kind{};
};

class Inbox final : public Follower {
 public:
  static constexpr std::size_t most_of_one_user = 1'000;

  /// The error is a sentence for the operator.
  static std::expected<std::unique_ptr<Inbox>, std::string> open(const std::string& path);

  std::string_view name() const override { return "notifications"; }
  Sequence kept() const override { return store_.kept(); }
  void follow(const flows::AnyEvent&, Moment, const flows::Venue& after) override;
  std::size_t pending() const override { return pending_ + store_.pending(); }
  std::expected<void, std::string> store(Sequence position, bool durably) override;
  void clear() override;

  /// Newest first, older than `before` as given by cursor().
  std::vector<InboxEntry> list(UserId, const InboxFilter&, Page) const;
  std::optional<InboxEntry> find(const NoticeId&) const;
  std::size_t unread(UserId) const;
  /// What to send as `before` for the page behind this entry.
  static std::uint64_t cursor(const InboxEntry&);

 private:
  struct Row {
    Sequence cause;
    Timestamp time;
    notifications::Kinds kinds;
    EventType type;
    Bytes payload;
  };

  explicit Inbox(FollowedStore store) : store_(std::move(store)) {}
  bool prepare();
  void mark(const notifications::NotificationMarked&);
  void forget(UserId);
  /// Rows that wait are written, so that they are found. Logically nothing changes.
  void write(UserId) const;
  void write_all() const;
  void write(UserId, std::deque<Row>&) const;

  mutable FollowedStore store_;
  mutable boost::unordered_flat_map<UserId, std::deque<Row>, std::hash<UserId>> waiting_;
  mutable std::size_t pending_ = 0;
  sqlite::Prepared insert_;
  sqlite::Prepared prune_;
  sqlite::Prepared list_;
  sqlite::Prepared find_;
  sqlite::Prepared unread_;
  sqlite::Prepared mark_;
  sqlite::Prepared forget_;
};

}  // namespace rialto::projections
