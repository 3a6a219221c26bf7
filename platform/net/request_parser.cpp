#include "platform/net/request_parser.hpp"

#include <boost/beast/http/error.hpp>

namespace rialto::net {

namespace http = boost::beast::http;

namespace {

Method method_of(http::verb verb) {
  switch (verb) {
    case http::verb::get:
      return Method::get;
    case http::verb::head:
      return Method::head;
    case http::verb::post:
      return Method::post;
    case http::verb::put:
      return Method::put;
    case http::verb::patch:
      return Method::patch;
    case http::verb::delete_:
      return Method::remove;
    case http::verb::options:
      return Method::options;
    default:
      return Method::other;
  }
}

// "http://host/path" (which a client of a proxy sends) to "/path".
std::string_view origin_form(std::string_view target) {
  if (!target.starts_with("http://")) return target;
  const std::size_t slash = target.find('/', 7);
  return slash == std::string_view::npos ? "/" : target.substr(slash);
}

}  // namespace

RequestParser::RequestParser(const ServerLimits& limits, Storage& storage)
    : limits_(limits), storage_(storage) {
  header_limit(limits.header_bytes_max);
  body_limit(limits.body_bytes_max);
  eager(false);  // stop after the header once, to learn its size
  storage_.fields.clear();
  storage_.body.clear();
}

RequestParser::Outcome RequestParser::put(std::string_view message, std::size_t& parsed) {
  start_ = message.data();
  buffered_ = message.size();
  while (parsed < message.size() && !is_done()) {
    const bool in_header = !is_header_done();
    Error error;
    parsed += http::basic_parser<true>::put(
        boost::asio::const_buffer(message.data() + parsed, message.size() - parsed), error);
    if (in_header && is_header_done()) {
      header_size_ = parsed;
      eager(true);
    }
    if (error == http::error::need_more) break;
    if (error) {
      fail(error);
      return Outcome::failed;
    }
  }
  // Beast counts the start line apart from the fields: the sum is checked here.
  const std::size_t header_bytes = is_header_done() ? header_size_ : message.size();
  if (header_bytes > limits_.header_bytes_max) {
    fail(http::make_error_code(http::error::header_limit));
    return Outcome::failed;
  }
  return is_done() ? Outcome::complete : Outcome::need_more;
}

void RequestParser::fail(const Error& error) {
  if (error == http::error::header_limit)
    failure_ = {Status::header_too_large, "header_too_large",
                "the request's headers are too large"};
  else if (error == http::error::body_limit)
    failure_ = {Status::content_too_large, "body_too_large", "the request's body is too large"};
  else
    failure_ = {Status::bad_request, "malformed_http", "the request is not valid HTTP/1.1"};
}

bool RequestParser::inside(Text text) const {
  return text.data() >= start_ && text.data() + text.size() <= start_ + buffered_;
}

RequestParser::Piece RequestParser::piece(Text text) const {
  return {static_cast<std::uint32_t>(text.data() - start_),
          static_cast<std::uint32_t>(text.size())};
}

void RequestParser::on_request_impl(http::verb verb, Text, Text target, int version, Error&) {
  method_ = method_of(verb);
  target_ = piece(target);
  version_ = version;
}

void RequestParser::on_response_impl(int, Text, int, Error&) {}

void RequestParser::on_field_impl(http::field field, Text name, Text value, Error& error) {
  if (is_header_done()) return;  // a chunked body's trailer must not pass for a header
  // A folded value lives in a buffer of the parser's own. Folding is obsolete, and RFC 9112
  // section 5.2 has servers refuse it.
  if (!value.empty() && !inside(value)) {
    error = http::make_error_code(http::error::bad_value);
    return;
  }
  if (field == http::field::expect) wants_continue_ = boost::beast::iequals(value, "100-continue");
  storage_.fields.push_back({piece(name), value.empty() ? Piece{} : piece(value)});
}

void RequestParser::on_header_impl(Error&) {}

void RequestParser::on_body_init_impl(const boost::optional<std::uint64_t>& size, Error&) {
  body_size_ = size.value_or(0);
}

std::size_t RequestParser::on_body_impl(Text body, Error&) {
  if (storage_.body.empty() && body.size() == body_size_) {
    body_in_place_ = piece(body);
    whole_body_in_place_ = true;
  } else {
    storage_.body.append(body.data(), body.size());
  }
  return body.size();
}

void RequestParser::on_chunk_header_impl(std::uint64_t, Text, Error&) {}

std::size_t RequestParser::on_chunk_body_impl(std::uint64_t, Text body, Error&) {
  storage_.body.append(body.data(), body.size());
  return body.size();
}

void RequestParser::on_finish_impl(Error&) {}

void RequestParser::fill(Request& request, std::string_view message) {
  const auto view = [message](Piece at) { return message.substr(at.offset, at.size); };
  const std::string_view target = origin_form(view(target_));
  const std::size_t question = target.find('?');
  request.method = method_;
  request.path = target.substr(0, question);
  request.query = question == std::string_view::npos ? "" : target.substr(question + 1);
  request.body = whole_body_in_place_ ? view(body_in_place_) : std::string_view{storage_.body};
  storage_.views.clear();
  for (const Storage::Field& field : storage_.fields)
    storage_.views.push_back({view(field.name), view(field.value)});
  request.headers = storage_.views;
}

}  // namespace rialto::net
