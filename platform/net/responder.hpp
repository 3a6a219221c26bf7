// The promise of one answer, handed to a handler with its request.
//
// It may be kept for as long as the work takes and completed from any thread; it is safe after the
// client has gone or the server was closed (NET-3: the answer is then dropped). Dropped unanswered,
// it answers 500 (NET-2), so a client never waits for an answer that was forgotten.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>

#include "platform/net/message.hpp"

namespace rialto::net {

class Inbox;

/// Which request of which connection; the generation tells a reused place from its former tenant.
struct Ticket {
  std::uint32_t connection;
  std::uint32_t generation;
  std::uint64_t request;
};

class Responder {
 public:
  Responder(std::shared_ptr<Inbox> inbox, Ticket ticket)
      : inbox_(std::move(inbox)), ticket_(ticket) {}
  Responder(Responder&&) noexcept = default;
  Responder& operator=(Responder&& other) noexcept;
  ~Responder() { drop(); }

  /// REQUIRES: not answered before. From another thread than the server's this costs a lock and,
  /// unless a WakeupBatch is open or a wake-up is under way, one post.
  void respond(Response response);
  /// Complete "Name: value\r\n" lines that go with the answer, whoever gives it.
  void add_header_lines(std::string_view lines);
  bool answered() const { return inbox_ == nullptr; }

 private:
  void drop() noexcept;

  std::shared_ptr<Inbox> inbox_;
  Ticket ticket_;
  std::unique_ptr<std::string> header_lines_;  // none for most
};

/// While one is open, answers given on its thread say as of which position they were read:
/// "X-Sequence: 42".
class ReadingAsOf {
 public:
  explicit ReadingAsOf(std::uint64_t position);
  ReadingAsOf(const ReadingAsOf&) = delete;
  ReadingAsOf& operator=(const ReadingAsOf&) = delete;
  ~ReadingAsOf();

 private:
  std::uint64_t outer_;
};

/// The server's thread, for those who hand it work. Any thread; stays valid after the server.
class ServerThread {
 public:
  using Work = std::move_only_function<void()>;

  explicit ServerThread(std::shared_ptr<Inbox> inbox) : inbox_(std::move(inbox)) {}

  /// Whether the caller runs on it, inside a handler or inside posted work.
  bool here() const;
  /// Runs `work` there, soon: behind everything that is ready to be read by then, so that a handler
  /// can gather what a round brings. Answers given inside leave together, in one write for each
  /// connection. Dropped when the server is closed.
  void post(Work work) const;

 private:
  std::shared_ptr<Inbox> inbox_;
};

/// While one is open, answers from other threads gather; closing it wakes the server once for all
/// of them. For a thread that answers in batches.
class WakeupBatch {
 public:
  explicit WakeupBatch(std::shared_ptr<Inbox> inbox);
  WakeupBatch(const WakeupBatch&) = delete;
  WakeupBatch& operator=(const WakeupBatch&) = delete;
  ~WakeupBatch();

 private:
  std::shared_ptr<Inbox> inbox_;
};

}  // namespace rialto::net
