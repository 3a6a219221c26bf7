// NET-4. Where answers and work from all threads meet: the server drains it on its own thread.
// Internal to platform/net.
//
// Shared by the server and all its responders, so it outlives both. Inside a handler (the server's
// thread, with the server on the stack) an answer goes straight to its connection; from anywhere
// else it waits here for the one wake-up that is posted per batch.
#pragma once

#include <functional>
#include <mutex>
#include <vector>

#include "platform/net/responder.hpp"

namespace rialto::net {

struct Answer {
  Ticket ticket;
  Response response;
};

class Inbox {
 public:
  using Deliver = std::function<void(Ticket, Response&&)>;
  using Wake = std::function<void()>;

  /// `deliver` runs on the server's thread, `wake` on any: it must get drain() called soon.
  Inbox(Deliver deliver, Wake wake) : deliver_(std::move(deliver)), wake_(std::move(wake)) {}

  void answer(Ticket ticket, Response&& response);
  void post(ServerThread::Work work);
  /// Server's thread: hands every waiting answer to its connection, and does the work.
  void drain();
  /// Server's thread: from now on answers and work are dropped, and neither function is called
  /// again.
  void close();
  /// Whether the calling thread is the server's, with the server on the stack.
  bool direct() const;

  void open_batch();
  void close_batch();

  /// Marks the server's thread as inside this inbox's server for the scope's life.
  class DirectScope {
   public:
    explicit DirectScope(Inbox& inbox);
    DirectScope(const DirectScope&) = delete;
    DirectScope& operator=(const DirectScope&) = delete;
    ~DirectScope();

   private:
    Inbox* outer_;
  };

 private:
  void wake_once();  // REQUIRES: mutex_ is held

  Deliver deliver_;
  std::mutex mutex_;
  Wake wake_;  // guarded by mutex_, as all below
  std::vector<Answer> waiting_;
  std::vector<ServerThread::Work> work_;
  int batches_open_ = 0;
  bool wakeup_posted_ = false;
  bool closed_ = false;
  // Server's thread only; kept for their capacity.
  std::vector<Answer> draining_;
  std::vector<ServerThread::Work> working_;
};

}  // namespace rialto::net
