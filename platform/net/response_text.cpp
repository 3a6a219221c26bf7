#include "platform/net/response_text.hpp"

#include <array>
#include <charconv>
#include <cstdio>
#include <functional>

namespace rialto::net {
namespace {

struct StartText {
  std::string ok_json = make(Status::ok, ContentType::json);
  std::string created_json = make(Status::created, ContentType::json);

  static std::string make(Status status, ContentType type) {
    std::string text = "HTTP/1.1 ";
    text += std::to_string(static_cast<int>(status));
    text += ' ';
    text += reason_text(status);
    text += "\r\nContent-Type: ";
    text += content_type_text(type);
    text += "\r\nX-Content-Type-Options: nosniff\r\n";
    // A page brings its own policy; nothing else has any business to load or to be framed.
    if (type != ContentType::html)
      text += "Content-Security-Policy: default-src 'none'; frame-ancestors 'none'\r\n";
    text += "Content-Length: ";
    return text;
  }
};

void append_start(std::string& out, const Response& response) {
  static const StartText ready;
  if (response.type == ContentType::json && response.status == Status::ok)
    out += ready.ok_json;
  else if (response.type == ContentType::json && response.status == Status::created)
    out += ready.created_json;
  else
    out += StartText::make(response.status, response.type);
}

void append_number(std::string& out, std::size_t number) {
  std::array<char, 20> digits;
  const auto end = std::to_chars(digits.data(), digits.data() + digits.size(), number).ptr;
  out.append(digits.data(), end);
}

}  // namespace

void append_response(std::string& out, const Response& response, Persistence persistence,
                     std::string_view date_line, bool without_body, RequestId id) {
  const bool bodiless =
      response.status == Status::no_content || response.status == Status::not_modified;
  if (bodiless) {
    out += "HTTP/1.1 ";
    append_number(out, static_cast<std::size_t>(response.status));
    out += ' ';
    out += reason_text(response.status);
    out += "\r\n";
  } else {
    append_start(out, response);
    append_number(out, response.body.size());
    out += "\r\n";
  }
  out += date_line;
  out += "X-Request-Id: ";
  append_number(out, id.value);
  out += "\r\n";
  out += response.header_lines;
  switch (persistence) {
    case Persistence::keep_alive:
      out += "\r\n";
      break;
    case Persistence::keep_alive_http_1_0:
      out += "Connection: keep-alive\r\n\r\n";
      break;
    case Persistence::close:
      out += "Connection: close\r\n\r\n";
      break;
  }
  if (!bodiless && !without_body) out += response.body;
}

std::string entity_tag(std::string_view body) {
  std::array<char, 64> text;
  const int size = std::snprintf(text.data(), text.size(), "\"%zx-%zx\"", body.size(),
                                 std::hash<std::string_view>{}(body));
  return {text.data(), static_cast<std::size_t>(size)};
}

bool names_tag(std::string_view if_none_match, std::string_view tag) {
  // The tag's quotes keep one from being found inside another; W/ before it does not matter here.
  return if_none_match == "*" || if_none_match.find(tag) != std::string_view::npos;
}

std::string date_line(std::time_t wall_clock) {
  std::tm utc{};
  gmtime_r(&wall_clock, &utc);
  std::array<char, 64>
      text;  // the C locale's names are the ones HTTP wants, and no program of ours sets another
  const std::size_t size =
      std::strftime(text.data(), text.size(), "Date: %a, %d %b %Y %H:%M:%S GMT\r\n", &utc);
  return {text.data(), size};
}

}  // namespace rialto::net
