#include "apps/load/run.hpp"

#include <poll.h>

#include <chrono>
#include <thread>

namespace rialto::load {
namespace {

constexpr std::int64_t second_ns = 1'000'000'000;
constexpr std::int64_t pause_ns = 100'000'000;        // before a single order
constexpr std::int64_t patience_ns = 10 * second_ns;  // for the last answers
constexpr std::size_t most_in_flight = 20'000;        // of one connection; beyond it, requests wait
constexpr std::size_t most_at_once = 2'000;           // requests between two looks at the answers

class Runner {
 public:
  explicit Runner(const RunPlan& plan) : plan_(plan) {}

  std::expected<void, std::string> connect() {
    for (std::size_t i = 0; i < plan_.sessions.size(); ++i) {
      auto client = ouch::Client::connect(plan_.host, plan_.port);
      if (!client) return std::unexpected(client.error());
      const SessionLogin& login = plan_.sessions[i];
      if (auto next = client->log_in(login.user_name, login.password); !next)
        return std::unexpected(login.user_name + ": " + next.error());
      const auto last = last_user_ref(*client);
      if (!last) return std::unexpected("no answer to an account query");
      traders_.emplace_back(std::move(*client), *last, plan_.flow, i % 2 == 1,
                            static_cast<std::uint32_t>(i));
    }
    return {};
  }

  RunReport measure() {
    RunReport report;
    drive(plan_.warm_up_seconds);
    latencies_.clear();
    const Counts before = counts();
    const std::int64_t started = monotonic_ns();
    drive(plan_.seconds);
    report.seconds = static_cast<double>(monotonic_ns() - started) / second_ns;
    const Counts after = counts();
    report.counts = {after.sent - before.sent, after.answered - before.answered,
                     after.rejected - before.rejected, after.executions - before.executions,
                     after.messages - before.messages};
    report.latencies = latencies_;
    settle();
    for (std::size_t i = 0; i < plan_.idle_probes && alive_; ++i) {
      std::this_thread::sleep_for(std::chrono::nanoseconds(pause_ns));
      latencies_.clear();
      traders_.front().request(monotonic_ns());
      alive_ = traders_.front().send();
      settle();
      report.after_idle.record(static_cast<std::int64_t>(latencies_.largest()));
    }
    report.completed = alive_;
    return report;
  }

 private:
  static std::optional<std::uint32_t> last_user_ref(ouch::Client& client) {
    client.add(ouch::AccountQuery{});
    const std::int64_t until = monotonic_ns() + patience_ns;
    while (client.send() && monotonic_ns() < until && client.receive(100))
      while (const auto packet = client.next())
        if (packet->type == ouch::PacketType::unsequenced)
          return ouch::read_message<ouch::AccountQueryResponse>(packet->payload).next_user_ref - 1;
    return std::nullopt;
  }

  void drive(double seconds) {
    const std::int64_t started = monotonic_ns();
    const auto until = started + static_cast<std::int64_t>(seconds * second_ns);
    std::uint64_t issued = 0;
    for (std::int64_t now = started; alive_ && now < until; now = monotonic_ns()) {
      std::int64_t next_due = until;
      if (plan_.rate == 0)
        fill_windows(now);
      else
        next_due = issue_due(started, now, issued);
      const std::uint64_t heard = listen();
      if (heard == 0 && !plan_.spin) wait(next_due - monotonic_ns());
    }
  }

  void fill_windows(std::int64_t now) {
    for (Trader& trader : traders_) {
      while (trader.in_flight() < plan_.window) trader.request(now);
      alive_ = trader.send() && alive_;
    }
  }

  /// When the next request is due.
  std::int64_t issue_due(std::int64_t started, std::int64_t now, std::uint64_t& issued) {
    const double interval = second_ns / plan_.rate;
    const auto due_at = [&](std::uint64_t k) {
      return started + static_cast<std::int64_t>(static_cast<double>(k) * interval);
    };
    for (std::size_t i = 0; i < most_at_once && due_at(issued) <= now; ++i) {
      Trader& trader = traders_[issued % traders_.size()];
      if (trader.in_flight() >= most_in_flight) break;
      trader.request(due_at(issued++));
    }
    for (Trader& trader : traders_) alive_ = trader.send() && alive_;
    return due_at(issued);
  }

  /// Messages heard.
  std::uint64_t listen() {
    std::uint64_t heard = 0;
    for (Trader& trader : traders_) {
      const std::uint64_t before = trader.counts().messages;
      alive_ = trader.receive(latencies_) && alive_;
      heard += trader.counts().messages - before;
    }
    return heard;
  }

  void wait(std::int64_t ns) {
    if (ns <= 0) return;
    std::vector<pollfd> polled;
    for (Trader& trader : traders_) {
      const short events = trader.client().all_sent() ? POLLIN : POLLIN | POLLOUT;
      polled.push_back({trader.client().descriptor(), events, 0});
    }
    const timespec limit{ns / second_ns, ns % second_ns};
    (void)::ppoll(polled.data(), polled.size(), &limit, nullptr);
  }

  /// Until every request is answered.
  void settle() {
    const std::int64_t until = monotonic_ns() + patience_ns;
    const auto waiting = [&] {
      for (const Trader& trader : traders_)
        if (trader.in_flight() != 0) return true;
      return false;
    };
    while (alive_ && waiting() && monotonic_ns() < until) {
      for (Trader& trader : traders_) alive_ = trader.send() && alive_;
      if (listen() == 0 && !plan_.spin) wait(second_ns / 100);
    }
    alive_ = alive_ && !waiting();
  }

  Counts counts() const {
    Counts all;
    for (const Trader& trader : traders_) {
      all.sent += trader.counts().sent;
      all.answered += trader.counts().answered;
      all.rejected += trader.counts().rejected;
      all.executions += trader.counts().executions;
      all.messages += trader.counts().messages;
    }
    return all;
  }

  const RunPlan& plan_;
  std::vector<Trader> traders_;
  Histogram latencies_;
  bool alive_ = true;
};

}  // namespace

std::expected<RunReport, std::string> run(const RunPlan& plan) {
  Runner runner(plan);
  if (auto connected = runner.connect(); !connected) return std::unexpected(connected.error());
  return runner.measure();
}

}  // namespace rialto::load
