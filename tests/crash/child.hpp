// A venue in a process of its own, under concurrent load, to be killed. It tells its parent through
// a pipe what it recovered and every answer it gave.
#pragma once

#include <sys/types.h>

#include <array>
#include <deque>
#include <string>
#include <vector>

#include "flows/commands.hpp"
#include "flows/venue.hpp"
#include "platform/eventlog/chain.hpp"

namespace rialto::crash {

struct Message {
  enum class Kind : std::uint32_t { recovered, answered, refused_to_start };
  Kind kind{};
  std::uint64_t number{};        // answered: of the request
  eventlog::ChainHead state;     // recovered: digest of the state's bytes
  flows::Reply reply;            // answered; a refusal's code is in `text`
  std::array<char, 200> text{};  // a refusal, or why it would not start
  std::string_view told() const { return text.data(); }
};
static_assert(sizeof(Message) <= 4096, "a pipe takes it whole");

struct Load {
  std::uint64_t opened{};                // how many of opening()'s requests are done
  std::uint64_t first{};                 // each thread goes on from first + thread × 2^20
  std::vector<std::uint64_t> ask_again;  // numbers whose answers were not heard, or were
  std::uint64_t replica_sleeps_for{};    // answers; then it has to catch up from the files
};

/// Digest of a canonical state.
eventlog::ChainHead state_digest(const flows::Venue& venue);

class Child {
 public:
  /// Forks. REQUIRES: this process has no other threads.
  Child(const std::string& directory, const Load& load);
  /// kill -9, if that was not done.
  ~Child();
  Child(const Child&) = delete;

  /// Takes messages for so long; false when the child has ended by itself.
  bool listen(std::int64_t microseconds);
  /// Until it has recovered, or refused to start; false when neither comes within ten seconds.
  bool await_start();
  /// kill -9 now; then takes what is still in the pipe.
  void kill();
  const std::deque<Message>& messages() const { return messages_; }

 private:
  bool receive();
  pid_t pid_ = -1;
  int pipe_ = -1;
  std::vector<std::byte> pending_;
  std::deque<Message> messages_;  // replies point into their message
};

}  // namespace rialto::crash
