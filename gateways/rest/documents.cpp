#include "gateways/rest/documents.hpp"

#include <algorithm>
#include <array>

#include "platform/net/error_body.hpp"

namespace rialto::rest {

extern const std::string_view docs_html;
extern const std::string_view docs_css;
extern const std::string_view docs_js;

namespace {

// The page runs its own two files and reads its own origin; no other may frame it.
constexpr std::string_view page_policy =
    "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src 'self'; "
    "base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

void show_page(const net::Request&, net::Responder responder) {
  net::Response response{.type = net::ContentType::html, .body = std::string(docs_html)};
  response.add_header("Content-Security-Policy", page_policy);
  response.add_header("Referrer-Policy", "no-referrer");
  responder.respond(std::move(response));
}

void show_file(const net::Request& request, net::Responder responder) {
  const std::string_view name = request.parameters[0];
  if (name == "page.css")
    return responder.respond({.type = net::ContentType::css, .body = std::string(docs_css)});
  if (name == "page.js")
    return responder.respond({.type = net::ContentType::javascript, .body = std::string(docs_js)});
  responder.respond(
      net::error_response(net::Status::not_found, "no_such_path", "there is nothing here"));
}

}  // namespace

void DocumentRoutes::add_to(net::Router& router) {
  router.add(net::Method::get, "/openapi.json", [](const net::Request&, net::Responder responder) {
    responder.respond({.body = std::string(openapi_json)});
  });
  router.add(net::Method::get, "/docs", show_page);
  router.add(net::Method::get, "/docs/{file}", show_file);
}

}  // namespace rialto::rest
