#include "platform/net/router.hpp"

#include <array>
#include <utility>

#include "core/assert.hpp"
#include "platform/net/error_body.hpp"

namespace rialto::net {
namespace {
constexpr std::string_view exposed_headers =
    "ETag, RateLimit-Limit, RateLimit-Remaining, RateLimit-Reset, Retry-After, X-Request-Id, "
    "X-Sequence";
constexpr std::string_view request_headers =
    "Authorization, Content-Type, Idempotency-Key, If-None-Match, Last-Event-ID, X-API-Key, "
    "X-Consistency-Token, X-Signature, X-Timestamp";
}  // namespace

struct Router::Node {
  std::array<Handler, 7> handlers;  // by Method, without `other`
  std::array<std::uint32_t, 7> routes{};
  std::vector<std::pair<std::string, std::unique_ptr<Node>>> literals;
  std::unique_ptr<Node> parameter;
  std::unique_ptr<Node> rest;

  bool terminal() const {
    for (const Handler& handler : handlers)
      if (handler) return true;
    return false;
  }

  Node& literal(std::string_view segment) {
    for (auto& [name, child] : literals)
      if (name == segment) return *child;
    literals.emplace_back(segment, std::make_unique<Node>());
    return *literals.back().second;
  }

  Node& child(std::string_view segment) {
    if (!segment.starts_with('{')) return literal(segment);
    RIALTO_ASSERT(segment.ends_with('}'));
    std::unique_ptr<Node>& place = segment.ends_with("...}") ? rest : parameter;
    if (!place) place = std::make_unique<Node>();
    return *place;
  }

  std::string allowed_methods() const {
    std::string text;
    for (std::size_t i = 0; i < handlers.size(); ++i) {
      const auto method = static_cast<Method>(i);
      const bool by_get = method == Method::head && handlers[static_cast<std::size_t>(Method::get)];
      if (!handlers[i] && !by_get && method != Method::options) continue;
      if (!text.empty()) text += ", ";
      text += method_text(method);
    }
    return text;
  }
};

Router::Router() : root_(std::make_unique<Node>()) {}
Router::~Router() = default;

void Router::add(Method method, std::string_view pattern, Handler handler) {
  RIALTO_ASSERT(pattern.starts_with('/'));
  RIALTO_ASSERT(method != Method::other && method != Method::head);
  Node* node = root_.get();
  std::size_t parameters = 0;
  for (std::string_view rest = pattern; !rest.empty();) {
    rest.remove_prefix(1);  // the slash
    const std::string_view segment = rest.substr(0, rest.find('/'));
    rest.remove_prefix(segment.size());
    if (segment.starts_with('{')) ++parameters;
    node = &node->child(segment);
  }
  RIALTO_ASSERT(parameters <= path_parameters_max);
  Handler& place = node->handlers[static_cast<std::size_t>(method)];
  RIALTO_ASSERT(!place);
  place = std::move(handler);
  node->routes[static_cast<std::size_t>(method)] = static_cast<std::uint32_t>(routes_.size());
  routes_.push_back({method, std::string(pattern)});
}

void Router::allow_origins(const std::vector<std::string>& origins) {
  for (const std::string& name : origins) {
    Response lines;  // add_header keeps control characters out
    lines.add_header("Access-Control-Allow-Origin", name);
    lines.add_header("Access-Control-Expose-Headers", exposed_headers);
    if (name != "*") lines.add_header("Vary", "Origin");
    origins_.push_back({name, lines.header_lines});
  }
}

std::string_view Router::origin_lines(const Request& request) const {
  const auto origin = request.header("Origin");
  if (!origin) return {};
  for (const Origin& allowed : origins_)
    if (allowed.name == *origin || allowed.name == "*") return allowed.lines;
  return {};
}

bool Router::preflight(const Request& request, const Node& node, Responder& responder) const {
  if (request.method != Method::options || !request.header("Access-Control-Request-Method"))
    return false;
  Response response{.status = Status::no_content};
  response.add_header("Access-Control-Allow-Methods", node.allowed_methods());
  response.add_header("Access-Control-Allow-Headers", request_headers);
  response.add_header("Access-Control-Max-Age", "600");
  responder.respond(std::move(response));
  return true;
}

Router::Match Router::find(const Node& node, std::string_view path, std::size_t parameters,
                           Request& request) const {
  if (path.empty()) return {node.terminal() ? &node : nullptr, parameters};
  path.remove_prefix(1);
  const std::string_view segment = path.substr(0, path.find('/'));
  const std::string_view rest = path.substr(segment.size());
  for (const auto& [name, child] : node.literals) {
    if (name != segment) continue;
    if (const Match match = find(*child, rest, parameters, request); match.node != nullptr)
      return match;
    break;
  }
  if (node.parameter && !segment.empty()) {
    request.parameters[parameters] = segment;
    const Match match = find(*node.parameter, rest, parameters + 1, request);
    if (match.node != nullptr) return match;
  }
  if (node.rest) {
    request.parameters[parameters] = path;
    return {node.rest.get(), parameters + 1};
  }
  return {};
}

bool Router::decode_parameters(Request& request, std::size_t count) {
  decoded_.clear();
  decoded_.reserve(path_parameters_max);  // the views below must stay where they are
  for (std::size_t i = 0; i < count; ++i) {
    std::string_view& parameter = request.parameters[i];
    if (parameter.find('%') == std::string_view::npos) continue;
    auto text = percent_decode(parameter);
    if (!text) return false;
    decoded_.push_back(std::move(*text));
    parameter = decoded_.back();
  }
  return true;
}

void Router::route(Request& request, Responder responder) {
  std::string_view cors;
  if (!origins_.empty()) {
    cors = origin_lines(request);
    responder.add_header_lines(cors.empty() ? "Vary: Origin\r\n" : cors);
  }
  const Match match =
      request.path.starts_with('/') ? find(*root_, request.path, 0, request) : Match{};
  if (match.node == nullptr) {
    responder.respond(error_response(Status::not_found, "no_such_path", "there is nothing here"));
    return;
  }
  if (!decode_parameters(request, match.parameters)) {
    responder.respond(
        error_response(Status::bad_request, "malformed_path", "a percent escape is broken"));
    return;
  }
  if (!cors.empty() && preflight(request, *match.node, responder)) return;
  const Method method = request.method == Method::head ? Method::get : request.method;
  if (method != Method::other) {
    const Handler& handler = match.node->handlers[static_cast<std::size_t>(method)];
    if (handler) {
      request.route = match.node->routes[static_cast<std::size_t>(method)];
      handler(request, std::move(responder));
      return;
    }
  }
  Response response;
  if (method == Method::options)
    response.status = Status::no_content;
  else
    response = error_response(Status::method_not_allowed, "method_not_allowed",
                              "this path does not take this method");
  response.add_header("Allow", match.node->allowed_methods());
  responder.respond(std::move(response));
}

}  // namespace rialto::net
