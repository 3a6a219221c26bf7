// What goes out, made once and shared by everybody who gets it: a message knows how it reads in
// each encoding, and remembers the bytes once somebody wanted them.
//
// Server's thread only.
#pragma once

#include <array>
#include <cstdint>
#include <memory>
#include <string>

#include "platform/net/open_connection.hpp"

namespace rialto::stream {

enum class Encoding : std::uint8_t {
  json,         // WebSocket text frames
  server_sent,  // an event of text/event-stream
};
inline constexpr std::size_t encoding_count = 2;

class Message {
 public:
  virtual ~Message() = default;

  /// How much it holds, in rows: what is kept is bounded by it.
  virtual std::size_t rows() const = 0;
  /// As it goes over the wire; null where it says nothing in this encoding.
  const net::SharedBytes& as(Encoding encoding) const {
    auto& made = made_[static_cast<std::size_t>(encoding)];
    if (!made.tried) made = {make(encoding), true};
    return made.bytes;
  }

 protected:
  virtual net::SharedBytes make(Encoding) const = 0;

 private:
  struct Made {
    net::SharedBytes bytes;
    bool tried = false;
  };
  mutable std::array<Made, encoding_count> made_;
};

using MessagePointer = std::shared_ptr<const Message>;

}  // namespace rialto::stream
