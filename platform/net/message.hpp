// HTTP requests and answers as the rest of the program sees them: plain values, no Asio, no Beast.
//
// A Request is a set of views into its connection's buffer. It lives for the duration of the
// handler call only: whoever answers later copies what it needs. A Response owns its text and may
// cross threads.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "core/strong.hpp"

namespace rialto::net {

/// Names a request in its answer (X-Request-Id), in log lines and in the journal; grows.
using RequestId = StrongId<struct RequestIdTag, std::uint64_t>;

enum class Method : std::uint8_t { get, head, post, put, patch, remove, options, other };

/// "GET" for get, "DELETE" for remove; "other" for what no route can name.
std::string_view method_text(Method method);

/// The status codes that this program sends (RFC 9110, RFC 6585).
enum class Status : std::uint16_t {
  ok = 200,
  created = 201,
  accepted = 202,
  no_content = 204,
  not_modified = 304,
  bad_request = 400,
  unauthorized = 401,
  forbidden = 403,
  not_found = 404,
  method_not_allowed = 405,
  request_timeout = 408,
  conflict = 409,
  content_too_large = 413,
  unsupported_media_type = 415,
  unprocessable = 422,
  too_many_requests = 429,
  header_too_large = 431,
  internal_error = 500,
  not_implemented = 501,
  unavailable = 503,
};

/// The reason phrase: "Not Found".
std::string_view reason_text(Status status);

enum class ContentType : std::uint8_t {
  json,
  text,
  html,
  css,
  javascript,
  svg,
  metrics,
  event_stream,
  csv
};
std::string_view content_type_text(ContentType type);

struct HeaderField {
  std::string_view name;
  std::string_view value;
};

inline constexpr std::size_t path_parameters_max = 4;

struct Request {
  Method method = Method::other;
  std::string_view path;   // as sent, not percent-decoded, without the query
  std::string_view query;  // without '?'
  std::string_view body;   // complete; chunks joined
  std::string_view peer;   // the client's address, without port
  bool from_loopback = false;
  RequestId id{};
  std::uint32_t route = 0;  // the place of its route in Router::routes(); filled by Router
  std::span<const HeaderField> headers;
  /// What the matching route's {braces} stood for, in order, percent-decoded; filled by Router.
  std::string_view parameters[path_parameters_max];

  /// The first header of that name, letter case ignored. Linear in the number of headers.
  std::optional<std::string_view> header(std::string_view name) const;
  /// The first query parameter of that name, decoded ('+' is a space); "a" in "?a&b" is empty text.
  /// A value with a broken %-escape counts as absent.
  std::optional<std::string> query_parameter(std::string_view name) const;
};

struct Response {
  Status status = Status::ok;
  ContentType type = ContentType::json;
  std::string body{};
  std::string header_lines{};  // complete "Name: value\r\n" lines beyond those the server writes

  /// Appends a header; control characters in the value (which could start a header of their own)
  /// are dropped.
  void add_header(std::string_view name, std::string_view value);
};

/// "%20" and friends to bytes; nothing where an escape is broken. '+' is kept.
std::optional<std::string> percent_decode(std::string_view text);

}  // namespace rialto::net
