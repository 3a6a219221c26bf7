#include "platform/security/secrets.hpp"

#include <fcntl.h>
#include <sodium.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <cstring>
#include <optional>
#include <string_view>
#include <utility>

#include "core/assert.hpp"

namespace rialto::security {
namespace {

constexpr std::string_view file_name = "/secrets";
constexpr std::string_view heading = "rialto secrets 1\n";
constexpr std::array<std::string_view, 3> names{"token_signing ", "blind_index ", "fingerprint "};
constexpr std::size_t hex_size = SecretKey::size * 2;

class Descriptor {
 public:
  explicit Descriptor(int number) : number_(number) {}
  Descriptor(const Descriptor&) = delete;
  Descriptor& operator=(const Descriptor&) = delete;
  ~Descriptor() {
    if (number_ >= 0) ::close(number_);
  }
  int number() const { return number_; }
  explicit operator bool() const { return number_ >= 0; }

 private:
  int number_;
};

std::array<SecretKey*, 3> keys_of(VenueSecrets& secrets) {
  return {&secrets.token_signing, &secrets.blind_index, &secrets.fingerprint};
}

// A heading, then one "name hex" line per key.
std::string to_text(VenueSecrets& secrets) {
  std::string text{heading};
  const auto keys = keys_of(secrets);
  for (std::size_t i = 0; i < keys.size(); ++i) {
    std::array<char, hex_size + 1> hex;
    sodium_bin2hex(hex.data(), hex.size(), keys[i]->bytes().data(), SecretKey::size);
    text.append(names[i]).append(hex.data(), hex_size).append("\n");
    sodium_memzero(hex.data(), hex.size());
  }
  return text;
}

std::optional<VenueSecrets> from_text(std::string_view text) {
  const auto take = [&text](std::string_view expected) {
    const bool there = text.starts_with(expected);
    if (there) text.remove_prefix(expected.size());
    return there;
  };
  VenueSecrets secrets;
  if (!take(heading)) return std::nullopt;
  const auto keys = keys_of(secrets);
  for (std::size_t i = 0; i < keys.size(); ++i) {
    if (!take(names[i]) || text.size() < hex_size) return std::nullopt;
    std::array<unsigned char, SecretKey::size> bytes;
    std::size_t size = 0;
    const int result =
        sodium_hex2bin(bytes.data(), bytes.size(), text.data(), hex_size, nullptr, &size, nullptr);
    if (result != 0 || size != bytes.size()) return std::nullopt;
    text.remove_prefix(hex_size);
    *keys[i] = SecretKey::from(bytes);
    sodium_memzero(bytes.data(), bytes.size());
    if (!take("\n")) return std::nullopt;
  }
  if (!text.empty()) return std::nullopt;
  return secrets;
}

std::expected<VenueSecrets, SecretsError> read(int file) {
  struct stat status{};
  if (::fstat(file, &status) != 0) return std::unexpected(SecretsError::cannot_read);
  if ((status.st_mode & 077) != 0) return std::unexpected(SecretsError::readable_by_others);
  std::array<char, 1024> bytes;  // the file is far smaller; a larger one is damaged
  const ssize_t size = ::read(file, bytes.data(), bytes.size());
  if (size < 0) return std::unexpected(SecretsError::cannot_read);
  auto secrets = from_text({bytes.data(), static_cast<std::size_t>(size)});
  sodium_memzero(bytes.data(), bytes.size());
  if (!secrets) return std::unexpected(SecretsError::damaged);
  return std::move(*secrets);
}

bool write_durably(const std::string& directory, std::string_view text) {
  const std::string path = directory + std::string(file_name);
  const std::string unfinished = path + ".unfinished";
  ::unlink(unfinished.c_str());  // what a crash left; it was never used
  {
    const Descriptor file(
        ::open(unfinished.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600));
    if (!file) return false;
    if (::write(file.number(), text.data(), text.size()) != static_cast<ssize_t>(text.size()))
      return false;
    if (::fsync(file.number()) != 0) return false;
  }
  if (::rename(unfinished.c_str(), path.c_str()) != 0) return false;
  const Descriptor place(::open(directory.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  return place && ::fsync(place.number()) == 0;
}

}  // namespace

void require_sodium() {
  RIALTO_ASSERT(sodium_init() >= 0);
}

SecretKey SecretKey::random() {
  require_sodium();
  SecretKey key;
  randombytes_buf(key.bytes_.data(), key.bytes_.size());
  return key;
}

SecretKey SecretKey::from(std::span<const unsigned char, size> bytes) {
  SecretKey key;
  std::memcpy(key.bytes_.data(), bytes.data(), size);
  return key;
}

SecretKey::~SecretKey() {
  sodium_memzero(bytes_.data(), bytes_.size());
}

bool operator==(const SecretKey& a, const SecretKey& b) {
  return sodium_memcmp(a.bytes_.data(), b.bytes_.data(), SecretKey::size) == 0;
}

Fingerprint random_fingerprint() {
  require_sodium();
  Fingerprint fingerprint;
  do randombytes_buf(&fingerprint, sizeof fingerprint);
  while (fingerprint.empty());  // zero means "none"
  return fingerprint;
}

std::expected<VenueSecrets, SecretsError> open_secrets(const std::string& directory) {
  require_sodium();
  const std::string path = directory + std::string(file_name);
  const Descriptor file(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
  if (file) return read(file.number());
  if (errno != ENOENT) return std::unexpected(SecretsError::cannot_read);
  VenueSecrets secrets{SecretKey::random(), SecretKey::random(), SecretKey::random()};
  std::string text = to_text(secrets);
  const bool written = write_durably(directory, text);
  sodium_memzero(text.data(), text.size());
  if (!written) return std::unexpected(SecretsError::cannot_write);
  return secrets;
}

}  // namespace rialto::security
