// A channel: its subscribers, and how far each of them is. Nothing is queued for a subscriber;
// each has a place in what the channel keeps anyway, and gets more when its connection has room.
//
// A pass serves everybody once, in slices, so that a channel of ten thousand subscribers holds up
// nobody else. What comes meanwhile waits for the next pass; that is how a loaded server conflates.
// Owned by Hub. Server's thread only.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "gateways/stream/message.hpp"

namespace rialto::stream {

class Channel;

/// Whoever gets a channel's messages: one connection.
class Receiver {
 public:
  virtual ~Receiver() = default;
  virtual Encoding encoding() const = 0;
  /// Whether more may be sent to it now; when there is room again, all its subscriptions are
  /// pumped.
  virtual bool room() const = 0;
  virtual void send(const net::SharedBytes&) = 0;
  virtual void flush() = 0;
  /// Ends the connection: it did not keep up, or what it reads is gone.
  virtual void cut_off(std::string_view code, std::string_view message) = 0;
};

/// One subscriber of one channel. Owned by the receiver; leaves its channel when destroyed.
class Subscription {
 public:
  Subscription(Channel& channel, Receiver& receiver) : channel_(channel), receiver_(receiver) {}
  virtual ~Subscription();
  Subscription(const Subscription&) = delete;
  Subscription& operator=(const Subscription&) = delete;

  Channel& channel() { return channel_; }
  Receiver& receiver() { return receiver_; }

 private:
  friend class Channel;
  Channel& channel_;
  Receiver& receiver_;
  static constexpr std::size_t nowhere = ~std::size_t{0};
  std::size_t place_ = nowhere;  // among the channel's, once it has joined
};

class Channel {
 public:
  virtual ~Channel() = default;

  /// Gives a subscriber what it has room for.
  virtual void pump(Subscription&) = 0;
  /// Before each pass: what is new is made into messages.
  virtual void refresh() = 0;
  /// Whether somebody might still miss something.
  virtual bool wants_pass() const = 0;

  void join(Subscription&);
  bool deserted() const { return subscriptions_.empty(); }
  std::size_t subscribers() const { return subscriptions_.size(); }

  bool in_pass() const { return next_ != none; }
  virtual void begin_pass();
  /// Serves at most `budget` subscribers and takes them off it; true when everybody was served.
  bool continue_pass(std::size_t& budget);

  bool queued = false;  // the hub's: a pass is wanted or under way

 protected:
  const std::vector<Subscription*>& subscriptions() const { return subscriptions_; }

 private:
  friend class Subscription;
  void leave(Subscription&);

  static constexpr std::size_t none = ~std::size_t{0};
  std::vector<Subscription*> subscriptions_;
  std::size_t next_ = none;  // of the pass
};

}  // namespace rialto::stream
