#include "platform/net/event_stream.hpp"

#include <array>
#include <boost/asio/buffer.hpp>
#include <boost/asio/post.hpp>
#include <ctime>

#include "platform/net/response_text.hpp"

namespace rialto::net {
namespace {

using boost::system::error_code;

constexpr std::string_view head =
    "HTTP/1.1 200 OK\r\n"
    "Content-Type: text/event-stream\r\n"
    "Cache-Control: no-store\r\n"
    "X-Accel-Buffering: no\r\n"
    "Connection: close\r\n\r\n";

class EventStream final : public OpenConnection {
 public:
  EventStream(TakenConnection&& taken, StreamReceiver& receiver)
      : OpenConnection(std::move(taken), receiver) {}

  void start() {
    send(std::make_shared<const std::string>(head));
    flush();
    read();
    boost::asio::post(socket().get_executor(), [self = Pointer(this)] {
      if (self->receiver()) self->receiver()->on_open();
      self->flush();
    });
  }

  /// There is no word for it but an event: whoever closes sends one first.
  void close(std::uint16_t, std::string_view) override {
    stop_sending();
    flush();
    error_code ignored;
    socket().shutdown(Socket::shutdown_send, ignored);
    if (blocked()) abort();
  }

 private:
  using Pointer = boost::intrusive_ptr<EventStream>;

  void read() {
    socket().async_read_some(boost::asio::buffer(ignored_),
                             [self = Pointer(this)](error_code error, std::size_t) {
                               if (!error) return self->read();
                               self->abort();
                               self->end();
                             });
  }

  std::array<char, 512> ignored_;
};

/// An answer on its way out; kept until the client has it and has closed.
class LastAnswer final : public OpenConnection, private StreamReceiver {
 public:
  LastAnswer(TakenConnection&& taken) : OpenConnection(std::move(taken), *this) {}
  void start(std::string text) {
    send_own(std::move(text), [self = boost::intrusive_ptr<LastAnswer>(this)](error_code) {
      error_code ignored;
      self->socket().shutdown(Socket::shutdown_both, ignored);
    });
  }
  void close(std::uint16_t, std::string_view) override { abort(); }

 private:
  void on_open() override {}
  void on_message(std::string_view, bool) override {}
  void on_room() override {}
  void on_end() override {}
};

}  // namespace

OpenConnectionPointer open_event_stream(TakenConnection&& taken, StreamReceiver& receiver) {
  const boost::intrusive_ptr<EventStream> made(new EventStream(std::move(taken), receiver));
  made->start();
  return made;
}

void answer_and_close(TakenConnection&& taken, const Response& response) {
  std::string text;
  append_response(text, response, Persistence::close, date_line(std::time(nullptr)), false,
                  taken.id);
  const boost::intrusive_ptr<LastAnswer> last(new LastAnswer(std::move(taken)));
  last->start(std::move(text));
}

SharedBytes event_piece(std::string_view id, std::string_view type, std::string_view data) {
  std::string text;
  text.reserve(id.size() + type.size() + data.size() + 24);
  if (!id.empty()) text.append("id: ").append(id).append("\n");
  text.append("event: ").append(type).append("\ndata: ").append(data).append("\n\n");
  return std::make_shared<const std::string>(std::move(text));
}

SharedBytes comment_piece(std::string_view text) {
  return std::make_shared<const std::string>(": " + std::string(text) + "\n\n");
}

}  // namespace rialto::net
