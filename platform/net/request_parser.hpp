// Bytes to a Request: Beast's incremental parser behind a face that the connection can hold by
// value. Internal to platform/net.
//
// Headers (and a body that arrived in one piece) stay in the connection's buffer and are kept as
// offsets from the message's first byte, because the buffer may move between reads.
#pragma once

#include <boost/beast/http/basic_parser.hpp>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "platform/net/message.hpp"
#include "platform/net/server.hpp"

namespace rialto::net {

class RequestParser final : private boost::beast::http::basic_parser<true> {
 public:
  enum class Outcome : std::uint8_t { need_more, complete, failed };
  struct Failure {
    Status status;
    std::string_view code;
    std::string_view message;
  };

  /// The vectors and strings of the last parser are handed on, so that they keep their capacity.
  struct Storage {
    struct Piece {
      std::uint32_t offset;
      std::uint32_t size;
    };
    struct Field {
      Piece name;
      Piece value;
    };
    std::vector<Field> fields;
    std::vector<HeaderField> views;
    std::string body;
  };

  RequestParser(const ServerLimits& limits, Storage& storage);

  /// Parses on. `message` is all that is buffered of this message, `parsed` how much of it went
  /// through here already; it is advanced.
  Outcome put(std::string_view message, std::size_t& parsed);

  bool header_complete() const { return is_header_done(); }
  /// Bytes of start line and headers. REQUIRES: header_complete().
  std::size_t header_size() const { return header_size_; }
  bool wants_continue() const { return wants_continue_; }
  bool keep_alive() const { return boost::beast::http::basic_parser<true>::keep_alive(); }
  bool http_1_0() const { return version_ < 11; }
  const Failure& failure() const { return failure_; }

  /// Fills in all but peer and id. REQUIRES: complete; `message` as in the last put.
  void fill(Request& request, std::string_view message);

 private:
  using Piece = Storage::Piece;
  using Text = boost::beast::string_view;
  using Error = boost::beast::error_code;

  void on_request_impl(boost::beast::http::verb, Text, Text, int, Error&) override;
  void on_response_impl(int, Text, int, Error&) override;
  void on_field_impl(boost::beast::http::field, Text, Text, Error&) override;
  void on_header_impl(Error&) override;
  void on_body_init_impl(const boost::optional<std::uint64_t>&, Error&) override;
  std::size_t on_body_impl(Text, Error&) override;
  void on_chunk_header_impl(std::uint64_t, Text, Error&) override;
  std::size_t on_chunk_body_impl(std::uint64_t, Text, Error&) override;
  void on_finish_impl(Error&) override;

  bool inside(Text text) const;
  Piece piece(Text text) const;
  void fail(const Error& error);

  const ServerLimits& limits_;
  Storage& storage_;
  const char* start_ = nullptr;  // of the message, during put
  std::size_t buffered_ = 0;
  std::size_t header_size_ = 0;
  std::uint64_t body_size_ = 0;  // announced
  Piece target_{};
  Piece body_in_place_{};
  bool whole_body_in_place_ = false;
  bool wants_continue_ = false;
  Method method_ = Method::other;
  int version_ = 11;
  Failure failure_{};
};

}  // namespace rialto::net
