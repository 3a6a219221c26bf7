// A client for tests: sends requests, and shows what it is told as short lines of text.
//
//   A 1 buy 5 @ 100.00 live     accepted          E 1 2 @ 100.00 A #7   executed, maker
//   U 1>2 4 @ 99.00             replaced          C 2 3 U               canceled, reason
//   J 3 0x17                    rejected          S S                   system event
#pragma once

#include <string>
#include <vector>

#include "gateways/ouch/client.hpp"

namespace rialto::ouch::test {

/// One message in the words above; `bytes` begin with its type.
std::string text_of(ByteView bytes);

class Trader {
 public:
  Trader(std::uint16_t port, const std::string& user_name, const std::string& password,
         std::uint64_t sequence = 0);

  /// Why the log-in failed; empty if it did not.
  const std::string& refusal() const { return refusal_; }
  std::uint64_t first_sequence() const { return first_sequence_; }

  template <class Message>
  void request(const Message& message, ByteView appendage = {}) {
    client_->add(message, appendage);
    (void)client_->send();
  }
  void buy(std::uint32_t user_ref, std::uint32_t lots, double dollars) {
    enter(user_ref, 'B', lots, dollars);
  }
  void sell(std::uint32_t user_ref, std::uint32_t lots, double dollars) {
    enter(user_ref, 'S', lots, dollars);
  }
  /// A limit order of AAPL-USD.
  EnterOrder order(std::uint32_t user_ref, char side, std::uint32_t lots, double dollars) const;

  /// The next sequenced message, or why there is none: "(silence)", "(closed)", "(end of session)".
  std::string told();
  /// The next `count` of them.
  std::vector<std::string> told(std::size_t count);
  /// What comes until the connection ends.
  std::vector<std::string> told_to_the_end();
  /// Unsequenced answers come in between; the last one.
  const Bytes& unsequenced() const { return unsequenced_; }
  /// Sequenced messages as they came, with type.
  const std::vector<Bytes>& messages() const { return messages_; }
  std::size_t heartbeats() const { return heartbeats_; }
  Client& client() { return *client_; }

 private:
  void enter(std::uint32_t user_ref, char side, std::uint32_t lots, double dollars);

  std::optional<Client> client_;
  std::string refusal_;
  std::uint64_t first_sequence_ = 0;
  Bytes unsequenced_;
  std::vector<Bytes> messages_;
  std::size_t heartbeats_ = 0;
};

}  // namespace rialto::ouch::test
