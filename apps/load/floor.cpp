#include "apps/load/floor.hpp"

#include <arpa/inet.h>
#include <fcntl.h>
#include <netinet/tcp.h>
#include <sys/socket.h>
#include <unistd.h>

#include <atomic>
#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <thread>

#include "apps/load/trader.hpp"

namespace rialto::load {
namespace {

constexpr std::size_t page = 4096;  // what a direct write is a multiple of
constexpr std::size_t message_bytes = 64;

std::unexpected<std::string> failure(const char* what) {
  return std::unexpected(std::string("floor: ") + what + ": " + std::strerror(errno));
}

/// Both sides spin, as the venue does in its window: a sleeping core would be measured otherwise.
bool exchange_all(int socket, char* bytes, std::size_t size, bool out) {
  for (std::size_t done = 0; done < size;) {
    const ssize_t n = out ? ::send(socket, bytes + done, size - done, MSG_NOSIGNAL)
                          : ::recv(socket, bytes + done, size - done, MSG_DONTWAIT);
    if (n == 0 || (n < 0 && errno != EAGAIN && errno != EINTR)) return false;
    if (n > 0) done += static_cast<std::size_t>(n);
  }
  return true;
}

struct Sockets {
  int ends[2]{-1, -1};
  ~Sockets() {
    for (const int end : ends)
      if (end >= 0) ::close(end);
  }
};

bool connect_pair(Sockets& sockets) {
  const int listener = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  socklen_t size = sizeof address;
  const auto at = reinterpret_cast<sockaddr*>(&address);
  sockets.ends[0] = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  const bool good = ::bind(listener, at, size) == 0 && ::listen(listener, 1) == 0 &&
                    ::getsockname(listener, at, &size) == 0 &&
                    ::connect(sockets.ends[0], at, size) == 0;
  if (good) sockets.ends[1] = ::accept(listener, nullptr, nullptr);
  ::close(listener);
  const int yes = 1;
  for (const int end : sockets.ends) ::setsockopt(end, IPPROTO_TCP, TCP_NODELAY, &yes, sizeof yes);
  return good && sockets.ends[1] >= 0;
}

}  // namespace

std::expected<Histogram, std::string> measure_floor(const std::string& directory, std::size_t bytes,
                                                    std::size_t rounds) {
  const std::string path = directory + "/load-floor";
  // As the log writes: into space that exists already, past the page cache where that works.
  int file = ::open(path.c_str(), O_RDWR | O_CREAT | O_TRUNC | O_CLOEXEC | O_DIRECT, 0600);
  if (file < 0) file = ::open(path.c_str(), O_RDWR | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
  if (file < 0) return failure(path.c_str());
  ::unlink(path.c_str());
  const std::size_t each = (bytes + page - 1) / page * page;
  auto* zeros = static_cast<char*>(std::aligned_alloc(page, each));
  std::memset(zeros, 0, each);
  bool good = true;
  for (std::size_t i = 0; i < rounds && good; ++i)
    good = ::pwrite(file, zeros, each, static_cast<off_t>(i * each)) == static_cast<ssize_t>(each);
  good = good && ::fdatasync(file) == 0;
  Sockets sockets;
  Histogram round_trips;
  if (good && connect_pair(sockets)) {
    std::atomic<bool> failed{false};
    std::thread server([&] {
      char message[message_bytes];
      for (std::size_t i = 0; i < rounds; ++i) {
        if (!exchange_all(sockets.ends[1], message, sizeof message, false) ||
            ::pwrite(file, zeros, each, static_cast<off_t>(i * each)) < 0 ||
            ::fdatasync(file) != 0 ||
            !exchange_all(sockets.ends[1], message, sizeof message, true)) {
          failed = true;
          ::shutdown(sockets.ends[1], SHUT_RDWR);
          return;
        }
      }
    });
    char message[message_bytes]{};
    for (std::size_t i = 0; i < rounds && !failed; ++i) {
      const std::int64_t sent = monotonic_ns();
      if (!exchange_all(sockets.ends[0], message, sizeof message, true) ||
          !exchange_all(sockets.ends[0], message, sizeof message, false))
        break;
      round_trips.record(monotonic_ns() - sent);
    }
    ::shutdown(sockets.ends[0], SHUT_RDWR);
    server.join();
    good = !failed;
  }
  std::free(zeros);
  ::close(file);
  if (!good || round_trips.count() != rounds) return failure("the file or the sockets failed");
  return round_trips;
}

}  // namespace rialto::load
