#include "apps/rialto/waiting_room.hpp"

#include <fmt/format.h>
#include <boost/asio/io_context.hpp>

#include "platform/net/error_body.hpp"

namespace rialto::apps {

void WaitingRoom::open() {
  thread_ = std::thread([this] { io_.run(); });
}

void WaitingRoom::progress(std::uint64_t done, std::uint64_t total) {
  progress_ = total == 0 ? 1 : static_cast<double>(done) / static_cast<double>(total);
}

void WaitingRoom::answer(const net::Request& request, net::Responder responder) const {
  if (request.path == "/healthz") return responder.respond({.body = R"({"status":"ok"})"});
  if (request.path == "/readyz")
    return responder.respond(
        {.status = net::Status::unavailable,
         .body = fmt::format(R"({{"ready":false,"intake":"recovering","progress":{:.3f}}})",
                             progress_.load())});
  responder.respond(net::error_response(net::Status::unavailable, "intake_recovering",
                                        "the venue is reading its log; /readyz tells how far"));
}

void WaitingRoom::close() {
  if (!thread_.joinable()) return;
  io_.stop();
  thread_.join();
  io_.restart();
}

}  // namespace rialto::apps
