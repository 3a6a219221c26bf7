#include "gateways/rest/users.hpp"

#include <array>
#include <memory>

#include <boost/describe/enum_to_string.hpp>

#include "gateways/rest/answers.hpp"
#include "gateways/rest/pages.hpp"
#include "gateways/rest/person_fields.hpp"
#include "platform/net/error_body.hpp"

namespace rialto::rest {
namespace {

using identity::Roles;
using net::JsonWriter;
using net::Status;
using projections::Replica;

constexpr std::array<std::pair<std::string_view, Roles>, 3> role_names{
    {{"trader", Roles::trader},
     {"market_maker", Roles::market_maker},
     {"administrator", Roles::administrator}}};

std::vector<std::string> names_of(Roles roles) {
  std::vector<std::string> names;
  for (const auto& [name, role] : role_names)
    if (has(roles, role)) names.emplace_back(name);
  return names;
}

void write_roles(JsonWriter& json, Roles roles) {
  json.key("roles").begin_array();
  for (const auto& name : names_of(roles)) json.text(name);
  json.end_array();
}

/// The members of a profile, without its braces.
void write_profile(JsonWriter& json, const OpenProfile& profile) {
  json.field("userId", std::to_string(profile.user.value))
      .field("userName", profile.user_name)
      .field("email", profile.email);
  write_roles(json, profile.roles);
  if (profile.account.value != 0)
    json.field("walletId", std::to_string(profile.account.value));
  else
    json.key("walletId").null();
}

void write_tokens(JsonWriter& json, const security::TokenPair& pair) {
  json.field("accessToken", pair.access)
      .field("refreshToken", pair.refresh)
      .field("expiresIn", std::int64_t{pair.access_expires_in.count()})
      .field("tokenType", "Bearer");
}

net::Response tokens_response(const security::TokenPair& pair) {
  net::Response response;
  JsonWriter json(response.body);
  json.begin_object();
  write_tokens(json, pair);
  json.end_object();
  response.add_header("Cache-Control", "no-store");
  return response;
}

std::optional<net::Response> refuse_user_name(std::string_view text) {
  if (is_user_name(text)) return std::nullopt;
  return limit_response(Status::bad_request, "user_name_malformed", "userName", "64",
                        "1 to 64 letters, digits and . _ - @ + are needed");
}
std::optional<net::Response> refuse_email(std::string_view text) {
  if (is_email(text)) return std::nullopt;
  return limit_response(Status::bad_request, "email_malformed", "email", "254",
                        "an e-mail address such as name@example.org is needed");
}
std::optional<net::Response> refuse_password(std::string_view text) {
  if (text.size() >= password_bytes_min && text.size() <= password_bytes_max) return std::nullopt;
  return limit_response(
      Status::bad_request, "password_length", "password",
      std::to_string(text.size() < password_bytes_min ? password_bytes_min : password_bytes_max),
      "8 to 1024 bytes are needed");
}

Parsed<Roles> parse_roles(const net::JsonValue& array) {
  Roles roles = Roles::none;
  for (const net::JsonValue& element : array.children()) {
    const auto at = std::find_if(role_names.begin(), role_names.end(), [&](const auto& entry) {
      return element.kind() == net::JsonKind::text && entry.first == element.text();
    });
    if (at == role_names.end())
      return std::unexpected(field_response(Status::bad_request, "unknown_value", "roles",
                                            "roles are trader, market_maker and administrator"));
    roles = roles | at->second;
  }
  return roles;
}

net::Response wrong_login() {
  return net::error_response(Status::unauthorized, "wrong_user_name_or_password",
                             "the user name or the password is wrong");
}

net::Response no_such_user() {
  return not_found("user_not_found", "there is no such user");
}

net::Response hasher_busy() {
  net::Response response = net::error_response(Status::unavailable, "password_queue_full",
                                               "too many passwords are being checked; try again");
  response.add_header("Retry-After", "1");
  return response;
}

template <class Routes>
using Handler = void (Routes::*)(const net::Request&, net::Responder);

}  // namespace

void UserRoutes::add_to(net::Router& router) {
  const auto add = [&](net::Method method, std::string_view path, Handler<UserRoutes> handler) {
    router.add(method, path,
               [this, handler](const net::Request& request, net::Responder responder) {
                 (this->*handler)(request, std::move(responder));
               });
  };
  add(net::Method::post, "/api/users", &UserRoutes::enrol);
  add(net::Method::post, "/api/users/register", &UserRoutes::enrol);
  add(net::Method::post, "/api/users/login", &UserRoutes::login);
  add(net::Method::post, "/api/users/validate", &UserRoutes::validate);
  add(net::Method::post, "/api/users/refresh_token", &UserRoutes::refresh);
  add(net::Method::get, "/api/users/profile", &UserRoutes::show_own);
  add(net::Method::put, "/api/users/profile", &UserRoutes::change_own);
  add(net::Method::remove, "/api/users/profile", &UserRoutes::remove_own);
  add(net::Method::get, "/api/users", &UserRoutes::list);
  add(net::Method::get, "/api/users/{id}", &UserRoutes::show);
  add(net::Method::put, "/api/users/{id}", &UserRoutes::change);
  add(net::Method::remove, "/api/users/{id}", &UserRoutes::remove);
}

void UserRoutes::enrol(const net::Request& request, net::Responder responder) {
  if (!desk_.attempt("register", request, responder)) return;
  const auto body = desk_.body(request, responder);
  if (!body) return;
  net::JsonFields fields(*body);
  Applicant applicant{std::string(fields.text("userName")), std::string(fields.text("email")),
                      std::string(fields.text("password"))};
  if (!desk_.complete(fields, responder)) return;
  if (auto refused = refuse_user_name(applicant.user_name))
    return responder.respond(std::move(*refused));
  if (auto refused = refuse_email(applicant.email)) return responder.respond(std::move(*refused));
  if (auto refused = refuse_password(applicant.password))
    return responder.respond(std::move(*refused));

  const flows::Origin from{
      .actor = {}, .session = {}, .command = {}, .correlation = request.id.value};
  OpenProfile profile{{}, applicant.user_name, applicant.email, applicant.roles, {}};
  enrolment_.enrol(std::move(applicant), from,
                   [responder = std::move(responder), profile](const flows::Reply& reply) mutable {
                     if (reply.rejection) return responder.respond(refusal(*reply.rejection));
                     profile.user = reply.user;
                     profile.account = reply.account;
                     net::Response response{.status = Status::created};
                     JsonWriter json(response.body);
                     json.begin_object();
                     write_profile(json, profile);
                     json.field("sequence", reply.sequence.value).end_object();
                     responder.respond(std::move(response));
                   });
}

void UserRoutes::login(const net::Request& request, net::Responder responder) {
  const auto body = desk_.body(request, responder);
  if (!body) return;
  net::JsonFields fields(*body);
  const std::string user_name(fields.text("userName").substr(0, 65));
  std::string password(fields.text("password").substr(0, password_bytes_max + 1));
  if (!desk_.complete(fields, responder)) return;
  if (!desk_.attempt(security::normalised(user_name), request, responder)) return;

  const Fingerprint index = security_.blind_index.of(user_name_field, user_name);
  desk_.venue().read([this, index, password = std::move(password),
                      responder = std::make_shared<net::Responder>(std::move(responder))](
                         const Replica& replica) mutable {
    const identity::User* user = replica.venue().identity.user_by_name(index);
    const auto phc = user ? security_.credentials.find(user->credential)
                          : std::unexpected(security::StoreError::not_found);
    // The version read beside the credential: a password changed meanwhile ends this very token.
    const UserId id = user ? user->id : UserId{};
    const std::uint32_t version = user ? user->version : 0;
    const Roles roles = user ? user->roles : Roles::none;
    auto done = [this, responder, id, version,
                 roles](std::expected<bool, security::HashError> equal) {
      if (!equal) return responder->respond(hasher_busy());
      if (!*equal) return responder->respond(wrong_login());
      responder->respond(
          tokens_response(security_.tokens.issue(id, token_mark(version), names_of(roles))));
    };
    const bool queued = phc ? security_.hasher.verify(std::move(password), *phc, std::move(done))
                            : security_.hasher.verify_unknown(std::move(password), std::move(done));
    if (!queued) responder->respond(hasher_busy());
  });
}

void UserRoutes::validate(const net::Request& request, net::Responder responder) {
  if (!desk_.visitor(request, responder)) return;
  const auto body = desk_.body(request, responder);
  if (!body) return;
  net::JsonFields fields(*body);
  const auto token = fields.text("token");
  if (!desk_.complete(fields, responder)) return;
  const auto claims = security_.tokens.validate(token, security::TokenType::access);
  const auto live = claims ? desk_.venue().live_user((*claims)->user) : std::nullopt;
  const bool valid = live && (*claims)->credential == token_mark(live->version);
  net::Response response;
  JsonWriter json(response.body);
  json.begin_object().field("valid", valid);
  if (valid) {
    json.field("userId", std::to_string((*claims)->user.value));
    write_roles(json, live->roles);
  } else {
    json.field("reason", claims
                             ? "token_revoked"
                             : boost::describe::enum_to_string(claims.error(), "token_malformed"));
  }
  json.end_object();
  responder.respond(std::move(response));
}

void UserRoutes::refresh(const net::Request& request, net::Responder responder) {
  if (!desk_.visitor(request, responder)) return;
  const auto body = desk_.body(request, responder);
  if (!body) return;
  net::JsonFields fields(*body);
  const auto token = fields.text("refreshToken");
  if (!desk_.complete(fields, responder)) return;
  const auto claims = security_.tokens.validate(token, security::TokenType::refresh);
  if (!claims)
    return responder.respond(net::error_response(
        Status::unauthorized, boost::describe::enum_to_string(claims.error(), "token_malformed"),
        "a refresh token that is still good is needed; log in again"));
  const auto live = desk_.venue().live_user((*claims)->user);
  if (!live || (*claims)->credential != token_mark(live->version))
    return responder.respond(net::error_response(
        Status::unauthorized, "token_revoked",
        "the password or the roles have changed, or the user is gone; log in again"));
  responder.respond(tokens_response(
      security_.tokens.issue((*claims)->user, token_mark(live->version), names_of(live->roles))));
}

void UserRoutes::show_own(const net::Request& request, net::Responder responder) {
  if (const auto caller = desk_.caller(request, responder))
    show_user(caller->user, std::move(responder));
}

void UserRoutes::change_own(const net::Request& request, net::Responder responder) {
  if (const auto caller = desk_.caller(request, responder))
    change_user(caller->user, *caller, request, std::move(responder));
}

void UserRoutes::remove_own(const net::Request& request, net::Responder responder) {
  if (const auto caller = desk_.caller(request, responder))
    remove_user(caller->user, *caller, request, std::move(responder));
}

void UserRoutes::list(const net::Request& request, net::Responder responder) {
  const auto caller = desk_.administrator(request, responder);
  if (!caller) return;
  auto page = page_query(request);
  if (!page) return responder.respond(std::move(page.error()));
  desk_.venue().read(
      [this, responder = std::move(responder), page = *page](const Replica& replica) mutable {
        const auto& users = replica.venue().identity.users();
        std::vector<const identity::User*> rows;
        const std::uint64_t newest = users.size() + 1;
        std::uint64_t next = page.before == 0 ? newest : std::min(page.before, newest);
        while (next > 1 && rows.size() < page.limit)
          if (const auto& user = users[--next - 1]; !user.deleted) rows.push_back(&user);
        responder.respond(
            list_response(rows, next > 1 ? next : 0, [&](JsonWriter& json, const auto* user) {
              json.begin_object();
              write_profile(json, enrolment_.open(replica.venue(), *user));
              json.end_object();
            }));
      });
}

void UserRoutes::show(const net::Request& request, net::Responder responder) {
  const auto caller = desk_.caller(request, responder);
  if (!caller) return;
  const auto id = parse_id<UserId>(request.parameters[0]);
  if (!id || (*id != caller->user && !caller->administrator()))
    return responder.respond(no_such_user());
  show_user(*id, std::move(responder));
}

void UserRoutes::change(const net::Request& request, net::Responder responder) {
  const auto caller = desk_.administrator(request, responder);
  if (!caller) return;
  const auto id = parse_id<UserId>(request.parameters[0]);
  if (!id) return responder.respond(no_such_user());
  change_user(*id, *caller, request, std::move(responder));
}

void UserRoutes::remove(const net::Request& request, net::Responder responder) {
  const auto caller = desk_.administrator(request, responder);
  if (!caller) return;
  const auto id = parse_id<UserId>(request.parameters[0]);
  if (!id) return responder.respond(no_such_user());
  remove_user(*id, *caller, request, std::move(responder));
}

void UserRoutes::show_user(UserId id, net::Responder responder) {
  desk_.venue().read([this, id, responder = std::move(responder)](const Replica& replica) mutable {
    const identity::User* user = replica.venue().identity.user(id);
    if (!user) return responder.respond(no_such_user());
    net::Response response;
    JsonWriter json(response.body);
    json.begin_object();
    write_profile(json, enrolment_.open(replica.venue(), *user));
    json.end_object();
    responder.respond(std::move(response));
  });
}

void UserRoutes::change_user(UserId id, const Caller& caller, const net::Request& request,
                             net::Responder responder) {
  const auto body = desk_.body(request, responder);
  if (!body) return;
  net::JsonFields fields(*body);
  const auto copy = [&](std::string_view name) -> std::optional<std::string> {
    const auto text = fields.optional_text(name);
    return text ? std::optional<std::string>(*text) : std::nullopt;
  };
  ProfileChange change{copy("userName"), copy("email"), copy("password"), {}};
  const auto roles = fields.optional_array("roles");
  if (!desk_.complete(fields, responder)) return;
  std::optional<net::Response> refused;
  if (change.user_name) refused = refuse_user_name(*change.user_name);
  if (!refused && change.email) refused = refuse_email(*change.email);
  if (!refused && change.password) refused = refuse_password(*change.password);
  if (refused) return responder.respond(std::move(*refused));
  if (roles) {
    if (!caller.administrator())
      return responder.respond(net::error_response(Status::forbidden, "administrator_only",
                                                   "only an administrator may change roles"));
    const auto parsed = parse_roles(*roles);
    if (!parsed) return responder.respond(parsed.error());
    change.roles = *parsed;
  }
  // A changed password ends every token, this caller's too: new ones come with the answer.
  const bool tokens_due = change.password && id == caller.user;
  auto answer = [this, id, tokens_due,
                 responder = std::move(responder)](const flows::Reply& reply) mutable {
    if (reply.rejection) return responder.respond(refusal(*reply.rejection));
    desk_.venue().read([this, id, tokens_due, sequence = reply.sequence,
                        responder = std::move(responder)](const Replica& replica) mutable {
      const identity::User* user = replica.venue().identity.user(id);
      if (!user) return responder.respond(no_such_user());  // deleted right behind the change
      net::Response response;
      JsonWriter json(response.body);
      json.begin_object();
      write_profile(json, enrolment_.open(replica.venue(), *user));
      if (tokens_due)
        write_tokens(json,
                     security_.tokens.issue(id, token_mark(user->version), names_of(user->roles)));
      json.field("sequence", sequence.value).end_object();
      responder.respond(std::move(response));
    });
  };
  enrolment_.change(id, std::move(change), origin(caller, request), std::move(answer));
}

void UserRoutes::remove_user(UserId id, const Caller& caller, const net::Request& request,
                             net::Responder responder) {
  enrolment_.remove(id, origin(caller, request),
                    [id, responder = std::move(responder)](const flows::Reply& reply) mutable {
                      if (reply.rejection) return responder.respond(refusal(*reply.rejection));
                      net::Response response;
                      JsonWriter(response.body)
                          .begin_object()
                          .field("userId", std::to_string(id.value))
                          .field("deleted", true)
                          .field("sequence", reply.sequence.value)
                          .end_object();
                      responder.respond(std::move(response));
                    });
}

}  // namespace rialto::rest
