// Passwords to argon2id hashes and back to yes or no, on one worker thread of its own: a hash takes
// tens of milliseconds and 64 MiB by design, so it must neither stall the server nor run many times
// at once.
//
// Owned by apps, called by gateways from any thread. Callbacks run on the worker thread. The queue
// is bounded; the caller answers 503 when it is full. Destroying it calls back what is queued with
// `stopped`.
#pragma once

#include <boost/describe/enum.hpp>
#include <condition_variable>
#include <cstdint>
#include <deque>
#include <expected>
#include <functional>
#include <mutex>
#include <string>
#include <thread>

namespace rialto::security {

struct HashCost {
  std::uint64_t passes;
  std::size_t memory_bytes;
  static HashCost interactive();  // libsodium's OPSLIMIT/MEMLIMIT_INTERACTIVE: 2 passes over 64 MiB
  static HashCost minimum();      // for tests
};

BOOST_DEFINE_FIXED_ENUM_CLASS(HashError, std::uint8_t,
                              no_memory,  // the hash's working memory could not be had
                              stopped)

class PasswordHasher {
 public:
  /// A PHC string ("$argon2id$v=19$…"), which carries its salt and cost.
  using Hashed = std::move_only_function<void(std::expected<std::string, HashError>)>;
  using Verified = std::move_only_function<void(std::expected<bool, HashError>)>;

  explicit PasswordHasher(HashCost cost = HashCost::interactive(), std::size_t queue_max = 64);
  ~PasswordHasher();
  PasswordHasher(const PasswordHasher&) = delete;
  PasswordHasher& operator=(const PasswordHasher&) = delete;

  // Each is false, without a callback ever, when the queue is full. Passwords are wiped after use.
  [[nodiscard]] bool hash(std::string password, Hashed done);
  /// In constant time with regard to the password.
  [[nodiscard]] bool verify(std::string password, std::string phc, Verified done);
  /// SECURITY-3: for a user who does not exist. Takes as long as verify and always says no, so that
  /// timing does not tell who exists.
  [[nodiscard]] bool verify_unknown(std::string password, Verified done);

  /// Starts no further job; those queued are called back at destruction. New ones are refused.
  void stop_taking();
  /// stop_taking(), and waits for the job under way. Not from a callback.
  void finish();
  std::size_t queued() const;

 private:
  struct Job {
    std::string password;
    std::string phc;  // empty: a password to hash
    Hashed hashed;
    Verified verified;
    bool unknown = false;
  };

  bool enqueue(Job job);
  void work();
  void perform(Job& job);
  std::expected<std::string, HashError> make(const std::string& password) const;

  const HashCost cost_;
  const std::size_t queue_max_;
  std::string decoy_;  // a hash of nobody's password, at the same cost
  mutable std::mutex mutex_;
  std::condition_variable arrived_;
  std::deque<Job> queue_;
  bool stopping_ = false;
  std::thread worker_;
};

}  // namespace rialto::security
