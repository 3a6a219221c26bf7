#include "apps/rialto/mail_service.hpp"

#include <future>

#include "platform/storage/file_system.hpp"

namespace rialto::apps {

std::string outbox_path(const std::string& directory) {
  return storage::join(directory, "outbox.db");
}

std::string problem_with(const MailSettings& settings) {
  if (settings.url.empty()) return {};
  if (const auto problem = mail::problem_with_smtp_url(settings.url); !problem.empty())
    return "--smtp: " + problem;
  if (!mail::is_address(settings.from)) return "--smtp-from takes an address such as a@example.org";
  return {};
}

std::expected<std::unique_ptr<MailService>, std::string> MailService::start(
    const MailSettings& settings, gateways::VenuePort& venue, const rest::Security& security,
    projections::EmailDesk& desk) {
  std::unique_ptr<MailService> service(new MailService(venue, security, desk, settings.from));
  mail::PostmanSettings post;
  post.outbox = outbox_path(settings.directory);
  post.smtp.url = settings.url;
  post.alarm = settings.alarm;
  auto postman = mail::Postman::open(
      std::move(post),
      [&self = *service](const mail::Letter& letter) { return self.words_of(letter); });
  if (!postman) return std::unexpected(postman.error());
  service->postman_ = std::move(*postman);
  service->postman_->start();
  // On the replica's thread, which tells the desk.
  std::promise<void> hung;
  venue.read([&](const projections::Replica&) {
    desk.when_written([&postman = *service->postman_] { postman.wake(); });
    hung.set_value();
  });
  hung.get_future().wait();
  return service;
}

MailService::~MailService() {
  std::promise<void> taken_off;
  venue_.read([&](const projections::Replica&) {
    desk_.when_written({});
    taken_off.set_value();
  });
  taken_off.get_future().wait();
  if (postman_) postman_->stop();
}

/// EMAIL-2: the address is the one that the user has at this moment; who is erased has none.
std::expected<mail::Message, std::string> MailService::words_of(const mail::Letter& letter) {
  projections::LetterHead head{from_, "Rialto", {}};
  const Fingerprint name = security_.names.of("letter", letter.recipient, letter.id);
  head.message_id = security::to_text(name) + from_.substr(from_.find('@'));
  const projections::OpenField open = [this](Fingerprint person, std::string_view field,
                                             std::string_view sealed) {
    return security_.vault.open(person, field, sealed).value_or("");
  };
  std::promise<std::expected<mail::Message, std::string>> promise;
  auto words = promise.get_future();
  venue_.read([&](const projections::Replica& replica) {
    promise.set_value(projections::put_into_words(letter, head, replica.venue(), open));
  });
  return words.get();
}

}  // namespace rialto::apps
