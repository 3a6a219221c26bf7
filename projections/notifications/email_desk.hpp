// Writes a letter into the outbox for every cause that a user wants to hear of by e-mail, once, and
// puts letters into words when they are sent.
//
// Hangs on the replica like a read model but is none (platform/mail/outbox.hpp): it is never made
// anew, and what it has been told once it does not look at again (EMAIL-1). The replica's thread
// only, except put_into_words.
#pragma once

#include <expected>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "platform/mail/message.hpp"
#include "platform/mail/outbox.hpp"
#include "projections/follower.hpp"
#include "projections/notifications/notices.hpp"

namespace rialto::projections {

struct EmailDeskSettings {
  std::string path;                 // of the outbox
  bool delivers = false;            // without a mail server nothing is written
  std::function<void()> written{};  // new letters are in the outbox; on the replica's thread
};

class EmailDesk final : public Follower {
 public:
  /// The error is a sentence for the operator.
  static std::expected<std::unique_ptr<EmailDesk>, std::string> open(EmailDeskSettings settings);

  std::string_view name() const override { return "outbox"; }
  Sequence kept() const override { return outbox_.position(); }
  void follow(const flows::AnyEvent&, Moment, const flows::Venue& after) override;
  std::size_t pending() const override { return letters_.size(); }
  std::expected<void, std::string> store(Sequence position, bool durably) override;

  /// For administrators.
  const mail::Outbox& outbox() const { return outbox_; }
  void when_written(std::function<void()> written) { settings_.written = std::move(written); }

 private:
  EmailDesk(EmailDeskSettings settings, mail::Outbox outbox)
      : settings_(std::move(settings)), outbox_(std::move(outbox)), told_(outbox_.position()) {}

  EmailDeskSettings settings_;
  mail::Outbox outbox_;
  Sequence told_;
  std::vector<mail::NewLetter> letters_;
};

struct LetterHead {
  std::string from;  // an address
  std::string from_name;
  std::string message_id;  // stable for the letter
};
/// The letter in words, to the address that the user has now; an error where there is nobody any
/// more, or nothing to say. `venue`: any state behind the letter's cause.
std::expected<mail::Message, std::string> put_into_words(const mail::Letter&, const LetterHead&,
                                                         const flows::Venue& venue,
                                                         const OpenField&);

}  // namespace rialto::projections
