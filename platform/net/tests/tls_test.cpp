// TLS before the server: what goes in comes out as plain HTTP, and whoever does not speak TLS, or
// only begins to, harms nobody.
#include <gtest/gtest.h>
#include <sys/stat.h>

#include <filesystem>

#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/ssl.hpp>

#include "platform/net/takeover.hpp"
#include "platform/net/tests/raw_client.hpp"
#include "platform/net/tls_front.hpp"

namespace rialto::net::test {
namespace {

namespace asio = boost::asio;

class Tls : public ::testing::Test {
 protected:
  void SetUp() override {
    directory_ = testing::TempDir() + "rialto_tls_test";
    std::filesystem::remove_all(directory_);
    const auto files = self_signed(directory_, "localhost");
    ASSERT_TRUE(files) << files.error();
    files_ = *files;
  }
  void TearDown() override { std::filesystem::remove_all(directory_); }

  void start(TlsLimits limits = {}) {
    running_.emplace([this](Request& request, Responder responder) {
      peer_ = request.peer;
      from_loopback_ = request.from_loopback;
      responder.respond({.body = std::string(request.body.empty() ? request.path : request.body)});
    });
    auto front = TlsFront::open(
        running_->io, {"127.0.0.1", 0}, files_, limits,
        [this](PlainConnection plain) { running_->server->admit(std::move(plain)); });
    ASSERT_TRUE(front) << front.error();
    front_ = std::move(*front);
    running_->run();
  }
  void stop() {
    if (running_) running_->on_thread([this] { front_.reset(); });
    running_.reset();
  }
  ~Tls() override { stop(); }

  struct Client {
    explicit Client(const std::string& trusted, std::uint16_t port) {
      context.load_verify_file(trusted);
      stream.set_verify_mode(asio::ssl::verify_peer);
      stream.set_verify_callback(asio::ssl::host_name_verification("localhost"));
      stream.lowest_layer().connect({asio::ip::address_v4::loopback(), port});
      stream.handshake(asio::ssl::stream_base::client);
    }
    std::string ask(const std::string& request) {
      asio::write(stream, asio::buffer(request));
      std::string answer;
      boost::system::error_code error;
      char bytes[65536];
      while (!error) answer.append(bytes, stream.read_some(asio::buffer(bytes), error));
      return answer;
    }
    asio::io_context io;
    asio::ssl::context context{asio::ssl::context::tls_client};
    asio::ssl::stream<asio::ip::tcp::socket> stream{io, context};
  };

  std::string directory_;
  TlsFiles files_;
  std::optional<RunningServer> running_;
  std::unique_ptr<TlsFront> front_;
  std::string peer_;
  bool from_loopback_ = false;
};

TEST_F(Tls, carries_requests_and_tells_the_server_who_asks) {
  start();
  Client client(files_.certificate, front_->port());
  const std::string big(300'000, 'x');
  const std::string answer = client.ask(
      "GET /one HTTP/1.1\r\nHost: t\r\n\r\nPOST /two HTTP/1.1\r\nHost: t\r\n"
      "Connection: close\r\nContent-Length: 300000\r\n\r\n" +
      big);
  EXPECT_NE(answer.find("\r\n\r\n/one"), std::string::npos);
  EXPECT_TRUE(answer.ends_with(big));
  EXPECT_EQ(peer_, "127.0.0.1");
  EXPECT_TRUE(from_loopback_);
}

TEST_F(Tls, plain_text_and_half_a_handshake_harm_nobody) {
  start({.connections_max = 10, .handshake_timeout = std::chrono::milliseconds(50)});
  RawClient plain(front_->port());
  ASSERT_TRUE(plain.send("GET / HTTP/1.1\r\nHost: t\r\n\r\n"));
  EXPECT_EQ(plain.rest().find("HTTP"), std::string::npos);
  RawClient silent(front_->port());
  EXPECT_TRUE(silent.at_end());  // given up after the time for a handshake
  Client client(files_.certificate, front_->port());
  EXPECT_NE(
      client.ask("GET /still HTTP/1.1\r\nHost: t\r\nConnection: close\r\n\r\n").find("/still"),
      std::string::npos);
}

TEST_F(Tls, no_more_connections_than_the_limit) {
  start({.connections_max = 1, .handshake_timeout = std::chrono::milliseconds(10'000)});
  Client first(files_.certificate, front_->port());
  RawClient second(front_->port());
  EXPECT_TRUE(second.at_end());
  EXPECT_NE(first.ask("GET /mine HTTP/1.1\r\nHost: t\r\nConnection: close\r\n\r\n").find("/mine"),
            std::string::npos);
}

TEST_F(Tls, a_certificate_is_made_once_and_its_key_is_private) {
  const auto again = self_signed(directory_, "localhost");
  ASSERT_TRUE(again);
  const auto written = std::filesystem::last_write_time(files_.certificate);
  EXPECT_EQ(again->certificate, files_.certificate);
  EXPECT_EQ(std::filesystem::last_write_time(again->certificate), written);
  struct stat of{};
  ASSERT_EQ(::stat(directory_.c_str(), &of), 0);
  EXPECT_EQ(of.st_mode & 0777, 0700u);
}

TEST_F(Tls, files_that_do_not_belong_together_are_refused) {
  const auto other = self_signed(directory_ + "/other", "localhost");
  ASSERT_TRUE(other);
  asio::io_context io;
  const auto front = TlsFront::open(io, {"127.0.0.1", 0}, {files_.certificate, other->key}, {},
                                    [](PlainConnection) {});
  ASSERT_FALSE(front);
  EXPECT_NE(front.error().find("key.pem"), std::string::npos) << front.error();
}

}  // namespace
}  // namespace rialto::net::test
