// Method and path to handler. Routes are added at start-up; routing itself neither allocates nor
// locks (except where a path parameter is percent-encoded). One thread. Paths match exactly: letter
// case counts and a trailing slash is another path. A literal segment is preferred to a
// {parameter}.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "platform/net/message.hpp"
#include "platform/net/responder.hpp"

namespace rialto::net {

class Router {
 public:
  using Handler = std::function<void(const Request&, Responder)>;

  Router();
  ~Router();
  Router(const Router&) = delete;
  Router& operator=(const Router&) = delete;

  /// `pattern`: "/api/orders/{id}". A "{rest...}" at the end takes the rest of the path, slashes
  /// included. REQUIRES: no such route yet, at most path_parameters_max parameters.
  void add(Method method, std::string_view pattern, Handler handler);

  /// Calls the matching handler, or answers 404, 405 (with Allow) or, to OPTIONS, 204 with Allow.
  /// HEAD goes to the GET handler; the server leaves the body out.
  void route(Request& request, Responder responder);

  /// Origins ("https://example.org") whose pages may read the answers; "*": all (NET-10). Without
  /// any, nothing but the venue's own pages may. Preflights are answered here. Once, at start.
  void allow_origins(const std::vector<std::string>& origins);

  struct Route {
    Method method;
    std::string pattern;
  };
  /// All that were added, in their order.
  const std::vector<Route>& routes() const { return routes_; }

 private:
  struct Node;
  struct Match {
    const Node* node = nullptr;
    std::size_t parameters = 0;
  };
  Match find(const Node& node, std::string_view path, std::size_t parameters,
             Request& request) const;
  bool decode_parameters(Request& request, std::size_t count);
  bool preflight(const Request& request, const Node& node, Responder& responder) const;
  /// The prepared lines for this request's Origin; empty where there is none or it is not allowed.
  std::string_view origin_lines(const Request& request) const;

  struct Origin {
    std::string name;
    std::string lines;
  };
  std::unique_ptr<Node> root_;
  std::vector<std::string>
      decoded_;  // what this request's parameters view, where decoding was needed
  std::vector<Route> routes_;
  std::vector<Origin> origins_;
};

}  // namespace rialto::net
