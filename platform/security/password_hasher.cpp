#include "platform/security/password_hasher.hpp"

#include <sodium.h>

#include <array>

#include "core/assert.hpp"
#include "platform/security/keyed_index.hpp"
#include "platform/security/secrets.hpp"

namespace rialto::security {

HashCost HashCost::interactive() {
  return {crypto_pwhash_argon2id_OPSLIMIT_INTERACTIVE, crypto_pwhash_argon2id_MEMLIMIT_INTERACTIVE};
}
HashCost HashCost::minimum() {
  return {crypto_pwhash_argon2id_OPSLIMIT_MIN, crypto_pwhash_argon2id_MEMLIMIT_MIN};
}

PasswordHasher::PasswordHasher(HashCost cost, std::size_t queue_max)
    : cost_(cost), queue_max_(queue_max) {
  require_sodium();
  worker_ = std::thread([this] { work(); });
}

void PasswordHasher::stop_taking() {
  {
    const std::lock_guard lock(mutex_);
    stopping_ = true;
  }
  arrived_.notify_one();
}

void PasswordHasher::finish() {
  stop_taking();
  if (worker_.joinable()) worker_.join();
}

PasswordHasher::~PasswordHasher() {
  finish();
  for (Job& job : queue_) {
    sodium_memzero(job.password.data(), job.password.size());
    if (job.hashed)
      job.hashed(std::unexpected(HashError::stopped));
    else
      job.verified(std::unexpected(HashError::stopped));
  }
}

bool PasswordHasher::enqueue(Job job) {
  {
    const std::lock_guard lock(mutex_);
    if (stopping_ || queue_.size() >= queue_max_) return false;
    queue_.push_back(std::move(job));
  }
  arrived_.notify_one();
  return true;
}

bool PasswordHasher::hash(std::string password, Hashed done) {
  return enqueue({std::move(password), {}, std::move(done), {}});
}

bool PasswordHasher::verify(std::string password, std::string phc, Verified done) {
  return enqueue({std::move(password), std::move(phc), {}, std::move(done)});
}

bool PasswordHasher::verify_unknown(std::string password, Verified done) {
  return enqueue({std::move(password), {}, {}, std::move(done), true});
}

std::size_t PasswordHasher::queued() const {
  const std::lock_guard lock(mutex_);
  return queue_.size();
}

void PasswordHasher::work() {
  while (true) {
    Job job;
    {
      std::unique_lock lock(mutex_);
      arrived_.wait(lock, [this] { return stopping_ || !queue_.empty(); });
      if (stopping_) return;
      job = std::move(queue_.front());
      queue_.pop_front();
    }
    perform(job);
  }
}

std::expected<std::string, HashError> PasswordHasher::make(const std::string& password) const {
  std::array<char, crypto_pwhash_argon2id_STRBYTES> phc;
  if (crypto_pwhash_argon2id_str(phc.data(), password.data(), password.size(), cost_.passes,
                                 cost_.memory_bytes) != 0)
    return std::unexpected(HashError::no_memory);
  return std::string(phc.data());
}

void PasswordHasher::perform(Job& job) {
  if (job.hashed) {
    auto phc = make(job.password);
    sodium_memzero(job.password.data(), job.password.size());
    job.hashed(std::move(phc));
    return;
  }
  if (job.unknown && decoy_.empty()) decoy_ = make(to_text(random_fingerprint())).value_or("");
  const std::string& phc = job.unknown ? decoy_ : job.phc;
  const bool equal =
      crypto_pwhash_argon2id_str_verify(phc.c_str(), job.password.data(), job.password.size()) == 0;
  sodium_memzero(job.password.data(), job.password.size());
  job.verified(equal && !job.unknown);
}

}  // namespace rialto::security
