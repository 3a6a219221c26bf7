// TLS before a plain server: takes TLS connections, and hands each on as a socket that carries the
// plain bytes. The server, and whoever takes connections from it, know nothing of it.
//
// Runs on the io_context's one thread, as the server does. What goes through costs a copy and a
// pair of local sockets more than plain HTTP, which stays as it is. TLS 1.2 and 1.3.
#pragma once

#include <chrono>
#include <cstdint>
#include <expected>
#include <functional>
#include <memory>
#include <string>

#include "platform/net/server.hpp"

namespace rialto::net {

/// PEM files: the certificate with its chain, and its key.
struct TlsFiles {
  std::string certificate;
  std::string key;
};

struct TlsLimits {
  std::size_t connections_max = 10'000;  // further ones are closed at once
  std::chrono::milliseconds handshake_timeout{10'000};
};

class TlsFront {
 public:
  /// Listens as soon as it is made; `hand_on` takes the plain side of each connection whose
  /// handshake is done. The error is a sentence for the operator.
  static std::expected<std::unique_ptr<TlsFront>, std::string> open(
      boost::asio::io_context& io, const Endpoint& endpoint, const TlsFiles& files,
      TlsLimits limits, std::function<void(PlainConnection)> hand_on);
  /// Ends every connection.
  ~TlsFront();
  TlsFront(const TlsFront&) = delete;
  TlsFront& operator=(const TlsFront&) = delete;

  std::uint16_t port() const;
  /// Takes no more connections; those there are go on.
  void stop_accepting();

  struct State;

 private:
  explicit TlsFront(std::shared_ptr<State>);
  std::shared_ptr<State> state_;
};

/// A key and a certificate of its own name in `directory`, made where there are none and anew where
/// they have less than a month to live: for `localhost`, 127.0.0.1, ::1 and `host`. A browser will
/// ask whether to trust it. The error is a sentence for the operator.
std::expected<TlsFiles, std::string> self_signed(const std::string& directory,
                                                 const std::string& host);

}  // namespace rialto::net
