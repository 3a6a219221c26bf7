// The other end of the wire: one session of OUCH 5.0 over SoupBinTCP, as a client has it. For the
// load generator, tests, and programs that have nothing of their own. One thread; the socket does
// not block, so that one thread can serve several of them.
#pragma once

#include <expected>
#include <string>

#include "gateways/ouch/messages.hpp"
#include "gateways/ouch/soup.hpp"

namespace rialto::ouch {

class Client {
 public:
  /// `host` is a numeric IPv4 address. The error is a sentence.
  static std::expected<Client, std::string> connect(const std::string& host, std::uint16_t port);
  Client(Client&& other) noexcept;
  Client& operator=(Client&&) = delete;
  ~Client();

  /// Waits for the answer. `sequence`: the first message wanted, 0 for none of the past. The
  /// sequence number of the next message to come.
  std::expected<std::uint64_t, std::string> log_in(std::string_view user_name,
                                                   std::string_view password,
                                                   std::uint64_t sequence = 0);

  /// Puts a request with its appendage (options.hpp) behind what is to be sent.
  template <class Message>
  void add(const Message& message, ByteView appendage = {}) {
    const std::size_t at = out_.size();
    const std::size_t size = message_size<Message>() + appendage.size();
    out_.resize(at + packet_header + size);
    std::byte* end = write_message(
        write_packet_header(out_.data() + at, PacketType::unsequenced, size), message);
    std::copy(appendage.begin(), appendage.end(), end);
  }
  void add_packet(PacketType type) { append_packet(out_, type); }
  /// Bytes as they are, for those who want to be wrong.
  void add_raw(ByteView bytes) { out_.insert(out_.end(), bytes.begin(), bytes.end()); }
  /// Sends as much as the socket takes; false: the connection is gone.
  bool send();
  bool all_sent() const { return out_sent_ == out_.size(); }

  /// Reads what has arrived, waiting for it up to `wait_ms`; false: the connection is gone.
  bool receive(int wait_ms);
  /// The next whole packet that was received; valid until receive(). Counts sequenced ones.
  std::optional<Packet> next();
  /// Number of the next sequenced message.
  std::uint64_t next_sequence() const { return next_sequence_; }
  int descriptor() const { return socket_; }

 private:
  explicit Client(int socket);

  int socket_;
  Bytes out_;
  std::size_t out_sent_ = 0;
  Bytes in_;
  std::size_t in_used_ = 0;
  std::size_t in_read_ = 0;
  std::uint64_t next_sequence_ = 0;
};

}  // namespace rialto::ouch
