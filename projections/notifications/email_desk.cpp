#include "projections/notifications/email_desk.hpp"

#include <chrono>

#include <fmt/format.h>

#include "projections/published/wording.hpp"

namespace rialto::projections {
namespace {

using notifications::Kind;
using notifications::Kinds;

constexpr std::string_view email_field = "email";  // as enrolment seals it
// What is older is no news. An outbox that was lost is filled anew no further back than this.
constexpr std::int64_t news_for_ns = 86'400'000'000'000;

/// What a letter is made of: the event, and which kinds of it the user wants to hear of.
struct Content {
  Sequence cause;
  Timestamp time;
  Kinds kinds;
  EventType type;
};
BOOST_DESCRIBE_STRUCT(Content, (), (cause, time, kinds, type))

Timestamp wall_clock() {
  return {std::chrono::duration_cast<std::chrono::nanoseconds>(
              std::chrono::system_clock::now().time_since_epoch())
              .count()};
}

Kind first_of(Kinds kinds) {
  int kind = 0;
  while (!kinds.has(static_cast<Kind>(kind))) ++kind;
  return static_cast<Kind>(kind);
}

}  // namespace

std::expected<std::unique_ptr<EmailDesk>, std::string> EmailDesk::open(EmailDeskSettings settings) {
  auto outbox = mail::Outbox::open(settings.path);
  if (!outbox) return std::unexpected(outbox.error());
  return std::unique_ptr<EmailDesk>(new EmailDesk(std::move(settings), std::move(*outbox)));
}

void EmailDesk::follow(const flows::AnyEvent& any, Moment at, const flows::Venue& after) {
  // EMAIL-1: told again by a rebuild or by an older snapshot, it has been written already.
  if (at.sequence <= told_) return;
  told_ = at.sequence;
  if (!settings_.delivers || wall_clock().value - at.time.value > news_for_ns) return;
  for (const Notice& notice : notices_of(any, after)) {
    const Kinds kinds = wanted_by_email(notice, after);
    if (kinds.empty()) continue;
    mail::NewLetter& letter = letters_.emplace_back();
    letter.id = to_text(NoticeId{at.sequence, first_of(kinds), notice.user});
    letter.recipient = notice.user;
    std::visit(
        [&]<class Event>(const Event& event) {
          BinaryWriter writer(letter.content);
          writer.write(Content{at.sequence, at.time, kinds, flows::event_type<Event>});
          writer.write(event);
        },
        any);
  }
}

std::expected<void, std::string> EmailDesk::store(Sequence position, bool durably) {
  if (letters_.empty() && (!durably || position <= outbox_.position())) return {};
  auto added = outbox_.add(letters_, std::max(position, outbox_.position()), wall_clock());
  if (!added) return added;
  const bool any = !letters_.empty();
  letters_.clear();
  if (any && settings_.written) settings_.written();
  return {};
}

std::expected<mail::Message, std::string> put_into_words(const mail::Letter& letter,
                                                         const LetterHead& head,
                                                         const flows::Venue& venue,
                                                         const OpenField& open) {
  const identity::User* user = venue.identity.user(letter.recipient);
  if (!user) return std::unexpected("the recipient is gone");
  mail::Message message;
  message.to = open(user->person, email_field, user->profile.email);
  if (message.to.empty()) return std::unexpected("the recipient is erased");
  BinaryReader reader(letter.content);
  const auto content = reader.read<Content>();
  const bool known =
      flows::decode_event(content.type, reader.take(reader.remaining()), [&](const auto& event) {
        for (int bit = 0; bit < notifications::kinds; ++bit) {
          const auto kind = static_cast<Kind>(bit);
          if (!content.kinds.has(kind)) continue;
          const NoticeText text = text_of(event, kind, user->id, venue, open);
          if (message.subject.empty()) message.subject = text.title;
          message.text += text.message + "\n";
        }
      });
  if (!known) return std::unexpected("the letter does not parse");
  if (message.subject.empty()) message.subject = "A message";
  message.text +=
      fmt::format("\n{}\nEvent {} of the venue.\n", time_text(content.time), content.cause.value);
  message.from = head.from;
  message.from_name = head.from_name;
  message.message_id = head.message_id;
  message.date = letter.added;
  return message;
}

}  // namespace rialto::projections
