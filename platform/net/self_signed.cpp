#include <openssl/bio.h>
#include <openssl/ec.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/rand.h>
#include <openssl/x509v3.h>
#include <sys/stat.h>

#include <cstdio>
#include <ctime>
#include <memory>

#include <boost/asio/ip/address.hpp>

#include "platform/net/tls_front.hpp"
#include "platform/storage/atomic_file.hpp"
#include "platform/storage/posix_files.hpp"

namespace rialto::net {
namespace {

constexpr long day_s = 86'400;
constexpr long valid_s = 365 * day_s;
constexpr long least_left_s = 30 * day_s;

template <auto Free>
struct Freed {
  void operator()(auto* owned) const { Free(owned); }
};
using Key = std::unique_ptr<EVP_PKEY, Freed<EVP_PKEY_free>>;
using Certificate = std::unique_ptr<X509, Freed<X509_free>>;
using Buffer = std::unique_ptr<BIO, Freed<BIO_free_all>>;
using Extension = std::unique_ptr<X509_EXTENSION, Freed<X509_EXTENSION_free>>;
using File = std::unique_ptr<std::FILE, Freed<std::fclose>>;

bool has_a_month_left(const std::string& path) {
  const File file(std::fopen(path.c_str(), "r"));
  if (!file) return false;
  const Certificate certificate(PEM_read_X509(file.get(), nullptr, nullptr, nullptr));
  if (!certificate) return false;
  std::time_t limit = std::time(nullptr) + least_left_s;
  return X509_cmp_time(X509_get0_notAfter(certificate.get()), &limit) > 0;
}

std::string names_for(const std::string& host) {
  std::string names = "DNS:localhost,IP:127.0.0.1,IP:::1";
  boost::system::error_code error;
  const auto address = boost::asio::ip::make_address(host, error);
  if (error && host != "localhost")
    names += ",DNS:" + host;
  else if (!error && !address.is_loopback() && !address.is_unspecified())
    names += ",IP:" + host;
  return names;
}

bool add(X509* certificate, int kind, const std::string& value) {
  X509V3_CTX context;
  X509V3_set_ctx_nodb(&context);
  X509V3_set_ctx(&context, certificate, certificate, nullptr, nullptr, 0);
  const Extension extension(X509V3_EXT_conf_nid(nullptr, &context, kind, value.c_str()));
  return extension && X509_add_ext(certificate, extension.get(), -1) == 1;
}

Certificate make(EVP_PKEY* key, const std::string& host) {
  Certificate made(X509_new());
  std::uint64_t serial = 0;
  if (!made || RAND_bytes(reinterpret_cast<unsigned char*>(&serial), sizeof serial) != 1) return {};
  X509_NAME* name = X509_get_subject_name(made.get());
  static const unsigned char common_name[] = "Rialto, self-signed";
  const bool well =
      X509_set_version(made.get(), X509_VERSION_3) == 1 &&
      ASN1_INTEGER_set_uint64(X509_get_serialNumber(made.get()), serial >> 1) == 1 &&
      X509_gmtime_adj(X509_getm_notBefore(made.get()), -day_s) != nullptr &&
      X509_gmtime_adj(X509_getm_notAfter(made.get()), valid_s) != nullptr &&
      X509_set_pubkey(made.get(), key) == 1 &&
      X509_NAME_add_entry_by_txt(name, "CN", MBSTRING_ASC, common_name, -1, -1, 0) == 1 &&
      X509_set_issuer_name(made.get(), name) == 1 &&
      add(made.get(), NID_basic_constraints, "critical,CA:FALSE") &&
      add(made.get(), NID_key_usage, "critical,digitalSignature") &&
      add(made.get(), NID_ext_key_usage, "serverAuth") &&
      add(made.get(), NID_subject_alt_name, names_for(host)) &&
      X509_sign(made.get(), key, EVP_sha256()) != 0;
  return well ? std::move(made) : Certificate();
}

template <class Write>
std::expected<void, std::string> store(const std::string& directory, const std::string& name,
                                       Write write) {
  const Buffer buffer(BIO_new(BIO_s_mem()));
  char* data = nullptr;
  if (!buffer || write(buffer.get()) != 1) return std::unexpected("no key could be made");
  const long size = BIO_get_mem_data(buffer.get(), &data);
  const ByteView bytes(reinterpret_cast<const std::byte*>(data), static_cast<std::size_t>(size));
  if (auto kept = storage::write_atomically(storage::posix_files(), directory, name, bytes); !kept)
    return std::unexpected(directory + "/" + name + ": " +
                           std::string(storage::phrase(kept.error())));
  return {};
}

}  // namespace

std::expected<TlsFiles, std::string> self_signed(const std::string& directory,
                                                 const std::string& host) {
  TlsFiles files{storage::join(directory, "certificate.pem"), storage::join(directory, "key.pem")};
  if (has_a_month_left(files.certificate)) return files;
  if (auto made = storage::posix_files().make_directory(directory); !made)
    return std::unexpected(directory + ": " + std::string(storage::phrase(made.error())));
  // Whoever cannot enter cannot read the key, not even while it is being written.
  if (::chmod(directory.c_str(), 0700) != 0)
    return std::unexpected(directory + ": its permissions cannot be set");
  const Key key(EVP_EC_gen("P-256"));
  const Certificate certificate = key ? make(key.get(), host) : Certificate();
  if (!certificate) return std::unexpected("no certificate could be made");
  // The key first: a certificate without its key would not be made anew.
  auto stored = store(directory, "key.pem", [&](BIO* out) {
    return PEM_write_bio_PrivateKey(out, key.get(), nullptr, nullptr, 0, nullptr, nullptr);
  });
  if (stored)
    stored = store(directory, "certificate.pem",
                   [&](BIO* out) { return PEM_write_bio_X509(out, certificate.get()); });
  if (!stored) return std::unexpected(stored.error());
  return files;
}

}  // namespace rialto::net
