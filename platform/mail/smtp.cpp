#include "platform/mail/smtp.hpp"

#include <curl/curl.h>

#include <algorithm>
#include <cstring>
#include <string_view>

#include <fmt/format.h>

#include "core/assert.hpp"

namespace rialto::mail {
namespace {

struct FreeUrl {
  void operator()(CURLU* url) const { curl_url_cleanup(url); }
};
using Url = std::unique_ptr<CURLU, FreeUrl>;

struct FreeList {
  void operator()(curl_slist* list) const { curl_slist_free_all(list); }
};

void require_curl() {
  static const CURLcode ready = curl_global_init(CURL_GLOBAL_DEFAULT);
  RIALTO_ASSERT(ready == CURLE_OK);
}

std::string url_part(CURLU* url, CURLUPart part) {
  char* text = nullptr;
  if (curl_url_get(url, part, &text, 0) != CURLUE_OK) return {};
  std::string copy(text);
  curl_free(text);
  return copy;
}

/// What is left to hand over.
struct Upload {
  std::string_view rest;
  static std::size_t read(char* to, std::size_t size, std::size_t count, void* upload) {
    std::string_view& rest = static_cast<Upload*>(upload)->rest;
    const std::size_t part = std::min(rest.size(), size * count);
    std::memcpy(to, rest.data(), part);
    rest.remove_prefix(part);
    return part;
  }
};

int ask_stop(void* stop, curl_off_t, curl_off_t, curl_off_t, curl_off_t) {
  const auto& asked = *static_cast<const std::function<bool()>*>(stop);
  return asked && asked() ? 1 : 0;
}

Attempt judge(CURLcode result, long code) {
  Attempt attempt{Delivery::accepted, static_cast<int>(code), {}};
  if (result == CURLE_OK) return attempt;
  // curl's own words, never the server's: those may name the recipient.
  attempt.problem = curl_easy_strerror(result);
  if (code != 0) attempt.problem += fmt::format(" (the server's last reply was {})", code);
  const bool of_the_message = result == CURLE_SEND_ERROR || result == CURLE_WEIRD_SERVER_REPLY;
  if (result == CURLE_ABORTED_BY_CALLBACK)
    attempt.delivery = Delivery::abandoned;
  else if (of_the_message && code >= 500 && code <= 599)
    attempt.delivery = Delivery::refused;
  else
    attempt.delivery = Delivery::later;
  return attempt;
}

}  // namespace

std::string problem_with_smtp_url(const std::string& text) {
  require_curl();
  const Url url(curl_url());
  if (curl_url_set(url.get(), CURLUPART_URL, text.c_str(), 0) != CURLUE_OK)
    return "this is no URL such as smtp://user:password@mail.example.org:587";
  const std::string scheme = url_part(url.get(), CURLUPART_SCHEME);
  if (scheme != "smtp" && scheme != "smtps") return "the URL must begin with smtp:// or smtps://";
  if (url_part(url.get(), CURLUPART_HOST).empty()) return "the URL names no host";
  return {};
}

struct SmtpSender::Handle {
  CURL* curl = curl_easy_init();
  bool has_password = false;
  ~Handle() { curl_easy_cleanup(curl); }
};

SmtpSender::SmtpSender(SmtpSettings settings) : settings_(std::move(settings)) {
  require_curl();
  handle_ = std::make_unique<Handle>();
  RIALTO_ASSERT(handle_->curl);
  const Url url(curl_url());
  if (curl_url_set(url.get(), CURLUPART_URL, settings_.url.c_str(), 0) == CURLUE_OK)
    handle_->has_password = !url_part(url.get(), CURLUPART_PASSWORD).empty();
}

SmtpSender::~SmtpSender() = default;

Attempt SmtpSender::send(const std::string& from, const std::string& to, const std::string& mime,
                         const std::function<bool()>& stop) {
  CURL* curl = handle_->curl;
  curl_easy_reset(curl);  // options only: the connection stays
  const std::string sender = "<" + from + ">";
  const std::unique_ptr<curl_slist, FreeList> recipients(
      curl_slist_append(nullptr, ("<" + to + ">").c_str()));
  Upload upload{mime};
  const bool encrypt = handle_->has_password && !settings_.allow_cleartext_password;
  curl_easy_setopt(curl, CURLOPT_URL, settings_.url.c_str());
  curl_easy_setopt(curl, CURLOPT_PROTOCOLS_STR, "smtp,smtps");
  curl_easy_setopt(curl, CURLOPT_USE_SSL, encrypt ? CURLUSESSL_ALL : CURLUSESSL_TRY);
  curl_easy_setopt(curl, CURLOPT_NOSIGNAL, 1L);
  curl_easy_setopt(curl, CURLOPT_CONNECTTIMEOUT_MS, settings_.connect_timeout_ms);
  curl_easy_setopt(curl, CURLOPT_SERVER_RESPONSE_TIMEOUT,
                   std::max(1L, settings_.reply_timeout_ms / 1'000));
  curl_easy_setopt(curl, CURLOPT_MAIL_FROM, sender.c_str());
  curl_easy_setopt(curl, CURLOPT_MAIL_RCPT, recipients.get());
  curl_easy_setopt(curl, CURLOPT_UPLOAD, 1L);
  curl_easy_setopt(curl, CURLOPT_READFUNCTION, &Upload::read);
  curl_easy_setopt(curl, CURLOPT_READDATA, &upload);
  curl_easy_setopt(curl, CURLOPT_NOPROGRESS, 0L);
  curl_easy_setopt(curl, CURLOPT_XFERINFOFUNCTION, &ask_stop);
  curl_easy_setopt(curl, CURLOPT_XFERINFODATA, &stop);
  const CURLcode result = curl_easy_perform(curl);
  long code = 0;
  curl_easy_getinfo(curl, CURLINFO_RESPONSE_CODE, &code);
  return judge(result, code);
}

}  // namespace rialto::mail
