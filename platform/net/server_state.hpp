// What a server's connections share: the table of connections, the clock, the list of those with
// something to send. Internal to platform/net; server's thread only, except for the inbox.
#pragma once

#include <boost/asio/steady_timer.hpp>
#include <ctime>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "platform/net/connection.hpp"
#include "platform/net/inbox.hpp"
#include "platform/net/server.hpp"

namespace rialto::net {

class ServerState : public std::enable_shared_from_this<ServerState> {
 public:
  using Clock = Connection::Clock;
  using Acceptor = boost::asio::basic_socket_acceptor<boost::asio::ip::tcp,
                                                      boost::asio::io_context::executor_type>;

  ServerState(boost::asio::io_context& io, ServerLimits limits, Server::Handler handler);

  std::expected<void, ServerError> listen(const Endpoint& endpoint);
  void start();
  void stop(std::chrono::milliseconds deadline, std::function<void()> done);
  void shut();

  /// Sends what the last callback made ready, connection by connection, until nothing is left to
  /// do.
  void settle_dirty();
  void mark_dirty(Connection& connection);
  void forget(Connection& connection);

  // Read by connections all the time: plain members.
  boost::asio::io_context& io;
  const ServerLimits limits;
  const Server::Handler handler;
  Server::WantsConnection wants_connection;
  Server::TakeConnection take_connection;
  ServerCounts counts;
  std::uint64_t last_request;  // its id; begins with the microseconds of the start, so that ids of
                               // another run are others
  Acceptor acceptor;
  Clock::time_point now;  // as of the last tick: exact enough for time-outs
  std::string date;       // header line, as of the last tick
  std::shared_ptr<Inbox> inbox;

  void admit(PlainConnection);

 private:
  struct Place {
    ConnectionPointer connection;
    std::uint32_t generation = 0;
  };

  void deliver(Ticket ticket, Response&& response);  // NET-3
  void accept();
  void tick();
  void schedule_tick();
  void read_clocks();
  void finish_stop();

  boost::asio::basic_waitable_timer<Clock, boost::asio::wait_traits<Clock>,
                                    boost::asio::io_context::executor_type>
      timer_;
  Clock::duration tick_interval_;
  std::time_t date_second_ = 0;
  bool accept_paused_ = false;  // out of file descriptors: tried again at the next tick
  bool shut_ = false;
  std::vector<Place> places_;
  std::vector<std::uint32_t> free_places_;
  std::vector<ConnectionPointer> dirty_;
  bool settling_ = false;
  std::function<void()> stopped_;  // set while stopping
  Clock::time_point stop_deadline_;
};

}  // namespace rialto::net
