#include "gateways/stream/gateway.hpp"

#include <boost/asio/io_context.hpp>
#include <boost/asio/steady_timer.hpp>
#include <unordered_map>

#include "gateways/stream/event_stream_client.hpp"
#include "gateways/stream/web_socket_client.hpp"
#include "platform/net/error_body.hpp"
#include "platform/net/event_stream.hpp"
#include "platform/net/router.hpp"
#include "platform/net/server.hpp"

namespace rialto::stream {
namespace {

constexpr std::string_view web_socket_path = "/ws";
constexpr std::string_view events_path = "/api/events";
constexpr std::chrono::milliseconds tick_interval{250};

bool wants(const net::Request& request) {
  return request.path == events_path ||
         (request.path == web_socket_path && net::wants_web_socket(request));
}

}  // namespace

struct StreamGateway::State : std::enable_shared_from_this<State> {
  State(gateways::VenuePort& venue_port, projections::LiveFeed& feed, security::Tokens& tokens,
        boost::asio::io_context& io, net::Server& server, StreamSettings wanted,
        std::optional<projections::EventReplayPlaces> places)
      : settings(wanted),
        hub(venue_port, feed, server.thread(), settings.events),
        door(venue_port, tokens),
        house{settings,
              venue_port,
              hub,
              door,
              reader,
              nullptr,
              [this](Client& gone) { forget(gone); }},
        timer(io) {
    if (places) house.past = &past.emplace(std::move(*places), server.thread());
  }

  void take(net::TakenConnection taken);
  std::optional<net::Response> no_room(const net::TakenConnection&, bool from_loopback);
  void forget(Client&);
  void schedule_tick();
  void tick();

  const StreamSettings settings;
  net::JsonReader reader;
  Hub hub;
  Doorkeeper door;
  std::optional<PastEvents> past;
  House house;
  struct Guest {
    std::shared_ptr<Client> client;
    std::string address;
  };
  std::unordered_map<Client*, Guest> guests;
  std::unordered_map<std::string, std::size_t> by_address;
  std::uint64_t refused = 0;
  bool stopping = false;
  boost::asio::steady_timer timer;
};

StreamGateway::StreamGateway(gateways::VenuePort& venue, projections::LiveFeed& feed,
                             security::Tokens& tokens, boost::asio::io_context& io,
                             net::Server& server, StreamSettings settings,
                             std::optional<projections::EventReplayPlaces> past)
    : state_(std::make_shared<State>(venue, feed, tokens, io, server, settings, std::move(past))) {
  server.on_takeover(wants, [weak = std::weak_ptr(state_)](net::TakenConnection taken) {
    if (const auto state = weak.lock()) state->take(std::move(taken));
  });
  state_->schedule_tick();
}

StreamGateway::~StreamGateway() {
  state_->timer.cancel();
}

void StreamGateway::add_routes(net::Router& router) {
  router.add(net::Method::get, web_socket_path, [](const net::Request&, net::Responder responder) {
    responder.respond(net::error_response(net::Status::bad_request, "websocket_expected",
                                          "this is a WebSocket: send an upgrade"));
  });
}

StreamCounts StreamGateway::counts() const {
  return {state_->guests.size(), state_->refused};
}

void StreamGateway::stop() {
  state_->stopping = true;
  for (auto& [client, guest] : state_->guests) client->say_goodbye();
}

std::optional<net::Response> StreamGateway::State::no_room(const net::TakenConnection& taken,
                                                           bool from_loopback) {
  if (stopping || guests.size() >= settings.connections_max)
    return net::error_response(net::Status::unavailable, "too_many_streams",
                               "the server has no room for another stream");
  const auto here = by_address.find(taken.peer);
  if (here != by_address.end() && here->second >= settings.connections_per_address_max &&
      !(from_loopback && settings.spare_loopback))
    return net::error_response(net::Status::too_many_requests, "too_many_streams",
                               "this address has as many streams as it may have");
  return std::nullopt;
}

void StreamGateway::State::take(net::TakenConnection taken) {
  const net::TakenRequest request(std::move(taken.received));
  boost::system::error_code error;
  const auto address = taken.socket.remote_endpoint(error).address();
  if (auto refusal = no_room(taken, !error && address.is_loopback())) {
    ++refused;
    return net::answer_and_close(std::move(taken), *refusal);
  }
  // Else the kernel would keep megabytes for each client that does not read.
  taken.socket.set_option(boost::asio::socket_base::send_buffer_size(settings.kernel_send_bytes),
                          error);
  std::string peer = taken.peer;
  std::shared_ptr<Client> made;
  if (request.request().path == events_path) {
    auto client = std::make_shared<EventStreamClient>(house);
    if (const auto refusal = client->ask(request))
      return net::answer_and_close(std::move(taken), *refusal);
    client->start(std::move(taken));
    made = std::move(client);
  } else {
    auto client = std::make_shared<WebSocketClient>(house);
    if (const auto problem = client->accept(taken, request)) {
      auto response =
          net::error_response(net::Status::unauthorized, problem->code, problem->message);
      response.add_header("WWW-Authenticate", "Bearer");
      return net::answer_and_close(std::move(taken), response);
    }
    made = std::move(client);
  }
  ++by_address[peer];
  guests.emplace(made.get(), Guest{made, std::move(peer)});
}

void StreamGateway::State::forget(Client& gone) {
  const auto found = guests.find(&gone);
  if (found == guests.end()) return;
  const auto address = by_address.find(found->second.address);
  if (--address->second == 0) by_address.erase(address);
  guests.erase(found);
}

void StreamGateway::State::schedule_tick() {
  timer.expires_after(tick_interval);
  timer.async_wait([weak = weak_from_this()](const boost::system::error_code& error) {
    const auto state = weak.lock();
    if (error || !state) return;
    state->tick();
    state->schedule_tick();
  });
}

void StreamGateway::State::tick() {
  const auto now = Client::Clock::now();
  for (auto& [client, guest] : guests) client->tick(now);
  hub.tick(now);
}

}  // namespace rialto::stream
