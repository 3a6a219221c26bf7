#include "tests/crash/child.hpp"

#include <poll.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <chrono>
#include <cstring>
#include <future>
#include <thread>

#include "apps/venue/host.hpp"
#include "core/assert.hpp"
#include "tests/crash/stream.hpp"

namespace rialto::crash {
namespace {

constexpr std::uint64_t threads = 3;
constexpr int window = 24;  // requests of one thread under way at once

std::atomic<std::uint64_t> answers = 0;

void tell(int pipe, const Message& message) {
  const ssize_t written = ::write(pipe, &message, sizeof message);
  RIALTO_ASSERT(written == sizeof message);
}

Message answer(std::uint64_t number, const flows::Reply& reply) {
  Message message;
  message.kind = Message::Kind::answered;
  message.number = number;
  message.reply = reply;
  if (reply.rejection) {
    const auto code = reply.rejection->code.substr(0, message.text.size() - 1);
    std::copy(code.begin(), code.end(), message.text.begin());
  }
  return message;
}

/// One client: sends requests, so many at a time, for ever.
void send_for_ever(apps::Host& host, int pipe, std::uint64_t first,
                   std::vector<std::uint64_t> before) {
  std::atomic<int> under_way = 0;
  std::uint64_t next = first;
  for (std::size_t i = 0;; ++i) {
    const std::uint64_t number = i < before.size() ? before[i] | again : next++;
    // Waits for the event "an answer came", not for time to pass.
    for (int now = under_way; now >= window; now = under_way) under_way.wait(now);
    ++under_way;
    host.submit(request(number), {{}, {}, {1, number}, {}}, [&, number](const flows::Reply& reply) {
      tell(pipe, answer(number, reply));
      ++answers;
      answers.notify_one();
      --under_way;
      under_way.notify_one();
    });
  }
}

void open_venue(apps::Host& host, std::uint64_t opened, int pipe) {
  const auto commands = opening();
  for (std::uint64_t number = opened + 1; number <= commands.size(); ++number) {
    std::promise<void> done;
    host.submit(commands[number - 1], {{}, {}, {1, number}, {}}, [&](const flows::Reply& reply) {
      tell(pipe, answer(number, reply));
      done.set_value();
    });
    done.get_future().wait();
  }
}

[[noreturn]] void live(const std::string& directory, const Load& load, int pipe) {
  apps::HostSettings settings;
  settings.directory = directory;
  // The frames in memory are as many: a sleeping replica has lost them soon.
  settings.segment_bytes = load.replica_sleeps_for != 0 ? 64 << 10 : 1 << 20;
  settings.snapshot_events = 600;
  auto host = apps::Host::open(settings);
  if (!host) {
    Message message;
    message.kind = Message::Kind::refused_to_start;
    const auto text = host.error().substr(0, message.text.size() - 1);
    std::copy(text.begin(), text.end(), message.text.begin());
    tell(pipe, message);
    ::_exit(3);
  }
  Message message;
  message.kind = Message::Kind::recovered;
  message.state = state_digest((*host)->recovered());
  tell(pipe, message);
  (*host)->start();
  open_venue(**host, load.opened, pipe);
  if (load.replica_sleeps_for != 0)
    (*host)->read([until = load.replica_sleeps_for](const projections::Replica&) {
      for (std::uint64_t now = answers; now < until; now = answers) answers.wait(now);
    });
  std::vector<std::thread> clients;
  for (std::uint64_t t = 0; t < threads; ++t) {
    std::vector<std::uint64_t> before;
    for (std::size_t i = t; i < load.ask_again.size(); i += threads)
      before.push_back(load.ask_again[i]);
    clients.emplace_back([&host, pipe, first = load.first + (t << 20), before] {
      send_for_ever(**host, pipe, first, before);
    });
  }
  for (auto& client : clients) client.join();
  ::_exit(4);
}

}  // namespace

eventlog::ChainHead state_digest(const flows::Venue& venue) {
  Bytes bytes;
  BinaryWriter writer(bytes);
  venue.save(writer);
  return eventlog::sha256(bytes);
}

Child::Child(const std::string& directory, const Load& load) {
  int ends[2];
  const bool made = ::pipe(ends) == 0;
  RIALTO_ASSERT(made);
  pid_ = ::fork();
  RIALTO_ASSERT(pid_ >= 0);
  if (pid_ == 0) {
    ::close(ends[0]);
    live(directory, load, ends[1]);
  }
  ::close(ends[1]);
  pipe_ = ends[0];
}

Child::~Child() {
  if (pid_ > 0) kill();
}

bool Child::listen(std::int64_t microseconds) {
  using namespace std::chrono;
  const auto until = steady_clock::now() + std::chrono::microseconds(microseconds);
  while (true) {
    const auto left = duration_cast<nanoseconds>(until - steady_clock::now()).count();
    if (left <= 0) return true;
    pollfd readable{pipe_, POLLIN, 0};
    const timespec patience{left / 1'000'000'000, left % 1'000'000'000};
    if (::ppoll(&readable, 1, &patience, nullptr) > 0 && !receive()) return false;
  }
}

bool Child::await_start() {
  for (int tries = 0; messages_.empty() && tries < 10'000; ++tries)
    if (!listen(1'000)) return false;
  return !messages_.empty();
}

void Child::kill() {
  ::kill(pid_, SIGKILL);
  while (receive()) {
  }
  ::waitpid(pid_, nullptr, 0);
  ::close(pipe_);
  pid_ = -1;
}

bool Child::receive() {
  std::byte bytes[65536];
  const ssize_t size = ::read(pipe_, bytes, sizeof bytes);
  if (size <= 0) return false;
  pending_.insert(pending_.end(), bytes, bytes + size);
  std::size_t used = 0;
  for (; pending_.size() - used >= sizeof(Message); used += sizeof(Message)) {
    Message& message = messages_.emplace_back();
    std::memcpy(static_cast<void*>(&message), pending_.data() + used, sizeof message);
    // The code's text, not the other process's pointer to it.
    if (message.reply.rejection) message.reply.rejection->code = message.told();
  }
  pending_.erase(pending_.begin(), pending_.begin() + static_cast<std::ptrdiff_t>(used));
  return true;
}

}  // namespace rialto::crash
