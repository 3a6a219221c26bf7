#include "platform/net/router.hpp"

#include <gtest/gtest.h>

#include "platform/net/error_body.hpp"
#include "platform/net/inbox.hpp"
#include "platform/net/rate_limiter.hpp"

namespace rialto::net {
namespace {

using namespace std::chrono_literals;

// Answers by naming the route and its parameters.
class RouterTest : public testing::Test {
 protected:
  RouterTest() {
    add(Method::get, "/");
    add(Method::get, "/api/orders");
    add(Method::post, "/api/orders");
    add(Method::get, "/api/orders/{id}");
    add(Method::remove, "/api/orders/{id}");
    add(Method::get, "/api/orders/open");
    add(Method::get, "/api/{kind}/{id}/status");
    add(Method::get, "/files/{path...}");
  }
  void add(Method method, std::string pattern) {
    router_.add(method, pattern, [pattern](const Request& request, Responder responder) {
      std::string text = pattern;
      for (const std::string_view parameter : request.parameters)
        if (!parameter.empty()) text.append(" ").append(parameter);
      responder.respond({.body = text});
    });
  }
  Response route(Method method, std::string_view path) {
    Response got;
    const auto inbox = std::make_shared<Inbox>(
        [&got](Ticket, Response&& response) { got = std::move(response); }, [] {});
    const Inbox::DirectScope direct(*inbox);
    Request request;
    request.method = method;
    request.path = path;
    router_.route(request, Responder(inbox, {}));
    return got;
  }
  std::string body(std::string_view path) { return route(Method::get, path).body; }

  Router router_;
};

TEST_F(RouterTest, FindsTheHandlerAndItsParameters) {
  EXPECT_EQ(body("/"), "/");
  EXPECT_EQ(body("/api/orders"), "/api/orders");
  EXPECT_EQ(body("/api/orders/7"), "/api/orders/{id} 7");
  EXPECT_EQ(body("/api/orders/open"), "/api/orders/open");
  EXPECT_EQ(body("/api/orders/7/status"), "/api/{kind}/{id}/status orders 7");
  EXPECT_EQ(body("/api/accounts/9/status"), "/api/{kind}/{id}/status accounts 9");
  EXPECT_EQ(body("/api/orders/a%2Fb"), "/api/orders/{id} a/b");
  EXPECT_EQ(body("/files/a/b.css"), "/files/{path...} a/b.css");
  EXPECT_EQ(route(Method::head, "/api/orders").body, "/api/orders");
}

TEST_F(RouterTest, Answers404And405) {
  for (const char* path : {"", "*", "/nothing", "/api", "/api/orders/", "/api/orders/7/x",
                           "/API/orders", "//api/orders", "/api/orders//status"})
    EXPECT_EQ(route(Method::get, path).status, Status::not_found) << path;
  const Response wrong = route(Method::put, "/api/orders/7");
  EXPECT_EQ(wrong.status, Status::method_not_allowed);
  EXPECT_EQ(wrong.header_lines, "Allow: GET, HEAD, DELETE, OPTIONS\r\n");
  EXPECT_EQ(route(Method::other, "/api/orders").status, Status::method_not_allowed);
  EXPECT_EQ(route(Method::options, "/api/orders").status, Status::no_content);
  EXPECT_EQ(route(Method::get, "/api/orders/%zz").status, Status::bad_request);
}

TEST(Request, DecodesItsQuery) {
  Request request;
  request.query = "a=1&b=x%20y+z&flag&empty=&broken=%4&a=2";
  EXPECT_EQ(request.query_parameter("a"), "1");
  EXPECT_EQ(request.query_parameter("b"), "x y z");
  EXPECT_EQ(request.query_parameter("flag"), "");
  EXPECT_EQ(request.query_parameter("empty"), "");
  EXPECT_EQ(request.query_parameter("broken"), std::nullopt);
  EXPECT_EQ(request.query_parameter("absent"), std::nullopt);
}

TEST(Response, AHeaderValueCannotStartAnotherHeader) {
  Response response;
  response.add_header("Location", "/a\r\nSet-Cookie: x");
  EXPECT_EQ(response.header_lines, "Location: /aSet-Cookie: x\r\n");
}

TEST(RateLimiter, AllowsABurstAndThenARate) {
  RateLimiter limiter({.per_second = 2, .burst = 3});
  RateLimiter::Time now{};
  for (int i = 0; i < 3; ++i) EXPECT_FALSE(limiter.take("a", now).has_value());
  EXPECT_EQ(limiter.take("a", now), 500ms);
  EXPECT_FALSE(limiter.take("b", now).has_value());
  now += 500ms;
  EXPECT_FALSE(limiter.take("a", now).has_value());
  EXPECT_TRUE(limiter.take("a", now).has_value());
  now += 1h;
  for (int i = 0; i < 3; ++i) EXPECT_FALSE(limiter.take("a", now).has_value());
  EXPECT_TRUE(limiter.take("a", now).has_value());
}

TEST(RateLimiter, ForgetsTheLongestUnseenBeyondItsBound) {
  RateLimiter limiter({.per_second = 1, .burst = 1, .keys_max = 2});
  const RateLimiter::Time now{};
  limiter.take("a", now);
  limiter.take("b", now);
  EXPECT_TRUE(limiter.take("a", now).has_value());  // seen again: now b is the oldest
  limiter.take("c", now);
  EXPECT_EQ(limiter.keys(), 2u);
  EXPECT_TRUE(limiter.take("a", now).has_value());
  EXPECT_FALSE(limiter.take("b", now).has_value());
}

TEST(RateLimiter, SparesLoopbackUnlessToldOtherwise) {
  Request request;
  request.peer = "127.0.0.1";
  request.from_loopback = true;
  RateLimiter sparing({.per_second = 1, .burst = 1});
  RateLimiter strict({.per_second = 1, .burst = 1, .spare_loopback = false});
  const RateLimiter::Time now{};
  for (int i = 0; i < 5; ++i) EXPECT_FALSE(sparing.take(request, now).has_value());
  EXPECT_FALSE(strict.take(request, now).has_value());
  const auto wait = strict.take(request, now);
  ASSERT_TRUE(wait.has_value());
  EXPECT_EQ(too_many_requests_response(*wait).header_lines, "Retry-After: 1\r\n");
}

}  // namespace
}  // namespace rialto::net
