#include "gateways/rest/enrolment.hpp"

#include <algorithm>
#include <memory>
#include <utility>

#include <boost/describe/enum.hpp>

#include "flows/step.hpp"
#include "gateways/rest/person_fields.hpp"

namespace rialto::rest {
namespace {

using flows::Reply;
using projections::Replica;

enum class EnrolmentReject : std::uint8_t {
  password_queue_full,      // too many passwords are being hashed
  credential_store_failed,  // the secrets could not be stored; nothing was done
  user_is_being_changed,
};
BOOST_DESCRIBE_ENUM(EnrolmentReject, password_queue_full, credential_store_failed,
                    user_is_being_changed)
constexpr RejectKind kind(EnrolmentReject reject) {
  return reject == EnrolmentReject::user_is_being_changed ? RejectKind::conflict
                                                          : RejectKind::unavailable;
}

/// Whether what the command named is not in the journal, for certain.
bool surely_not_done(const Reply& reply) {
  return reply.rejection && reply.rejection->code != "outcome_unknown";
}

}  // namespace

bool is_user_name(std::string_view text) {
  constexpr std::string_view extra = "._-@+";
  return !text.empty() && text.size() <= 64 && std::all_of(text.begin(), text.end(), [&](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
           extra.find(c) != extra.npos;
  });
}

bool is_email(std::string_view text) {
  const auto at = text.find('@');
  return text.size() <= 254 && at != text.npos && at != 0 && at + 1 < text.size() &&
         text.find('@', at + 1) == text.npos && std::none_of(text.begin(), text.end(), [](char c) {
           const auto byte = static_cast<unsigned char>(c);
           return byte <= 0x20 || byte == 0x7f || c == '<' || c == '>' || c == ',' || c == '"';
         });
}

std::optional<identity::SealedProfile> Enrolment::seal(Fingerprint person,
                                                       std::string_view user_name,
                                                       std::string_view email) const {
  auto name = security_.vault.seal(person, user_name_field, user_name);
  auto address = security_.vault.seal(person, email_field, email);
  if (!name || !address) return std::nullopt;
  return identity::SealedProfile{std::move(*name), std::move(*address),
                                 security_.blind_index.of(user_name_field, user_name),
                                 security_.blind_index.of(email_field, email)};
}

OpenProfile Enrolment::open(const flows::Venue& venue, const identity::User& user) const {
  OpenProfile profile{
      user.id, {}, {}, user.roles, venue.ledger.account_of(user.id).value_or(AccountId{})};
  profile.user_name =
      security_.vault.open(user.person, user_name_field, user.profile.user_name).value_or("");
  profile.email = security_.vault.open(user.person, email_field, user.profile.email).value_or("");
  return profile;
}

void Enrolment::enrol(Applicant applicant, const flows::Origin& origin, Done done) {
  // REST-5 is the order of what follows. Looked up first, because a hash is dear; what passes here
  // at the same time is caught by the venue.
  venue_.read([this, applicant = std::move(applicant), origin,
               done = std::move(done)](const Replica& replica) mutable {
    const auto& identity = replica.venue().identity;
    if (identity.user_by_name(security_.blind_index.of(user_name_field, applicant.user_name)))
      return done(flows::refused(identity::Reject::user_name_taken));
    if (identity.user_by_email(security_.blind_index.of(email_field, applicant.email)))
      return done(flows::refused(identity::Reject::email_taken));
    std::string password = std::exchange(applicant.password, {});
    // Shared, because a full queue drops the callback.
    auto pending =
        std::make_shared<std::pair<Applicant, Done>>(std::move(applicant), std::move(done));
    const bool queued =
        security_.hasher.hash(std::move(password), [this, pending, origin](auto phc) {
          if (!phc)
            return pending->second(flows::refused(EnrolmentReject::credential_store_failed));
          submit_enrolment(std::move(pending->first), *phc, origin, std::move(pending->second));
        });
    if (!queued) pending->second(flows::refused(EnrolmentReject::password_queue_full));
  });
}

void Enrolment::submit_enrolment(Applicant applicant, const std::string& phc,
                                 const flows::Origin& origin, Done done) {
  const auto credential = security_.credentials.put(phc);
  const auto person = credential ? security_.vault.create() : std::unexpected(credential.error());
  auto profile = person ? seal(*person, applicant.user_name, applicant.email) : std::nullopt;
  if (!profile) return done(flows::refused(EnrolmentReject::credential_store_failed));
  identity::RegisterUser command{*person, std::move(*profile), *credential, applicant.roles};
  venue_.submit(std::move(command), origin,
                [this, credential = *credential, person = *person,
                 done = std::move(done)](const Reply& reply) mutable {
                  if (!surely_not_done(reply)) return done(reply);
                  forget(credential, person,
                         [reply, done = std::move(done)]() mutable { done(reply); });
                });
}

bool Enrolment::Changing::claim(UserId user) {
  const std::lock_guard lock(mutex_);
  return users_.insert(user.value).second;
}

void Enrolment::Changing::release(UserId user) {
  const std::lock_guard lock(mutex_);
  users_.erase(user.value);
}

void Enrolment::change(UserId user, ProfileChange change, const flows::Origin& origin, Done done) {
  if (!changing_->claim(user)) return done(flows::refused(EnrolmentReject::user_is_being_changed));
  done = [changing = changing_, user, done = std::move(done)](const Reply& reply) mutable {
    changing->release(user);
    done(reply);
  };
  if (!change.password)
    return read_and_submit(user, std::move(change), std::nullopt, origin, std::move(done));

  std::string password = std::move(*std::exchange(change.password, std::nullopt));
  auto pending =
      std::make_shared<std::pair<ProfileChange, Done>>(std::move(change), std::move(done));
  const bool queued =
      security_.hasher.hash(std::move(password), [this, pending, user, origin](auto phc) {
        const auto credential = phc ? security_.credentials.put(*phc)
                                    : std::unexpected(security::StoreError::io_failed);
        if (!credential)
          return pending->second(flows::refused(EnrolmentReject::credential_store_failed));
        read_and_submit(user, std::move(pending->first), *credential, origin,
                        std::move(pending->second));
      });
  if (!queued) pending->second(flows::refused(EnrolmentReject::password_queue_full));
}

void Enrolment::read_and_submit(UserId user, ProfileChange change,
                                std::optional<Fingerprint> credential, const flows::Origin& origin,
                                Done done) {
  venue_.read([this, user, change = std::move(change), credential, origin,
               done = std::move(done)](const Replica& replica) mutable {
    const auto refuse = [&](const Reply& reply) {
      forget(credential, {}, [reply, done = std::move(done)]() mutable { done(reply); });
    };
    const identity::User* current = replica.venue().identity.user(user);
    if (!current) return refuse(flows::refused(identity::Reject::user_not_found));
    identity::UpdateUser command{user, current->profile, credential.value_or(current->credential),
                                 change.roles.value_or(current->roles)};
    if (change.user_name || change.email) {
      const OpenProfile known = open(replica.venue(), *current);
      auto profile = seal(current->person, change.user_name.value_or(known.user_name),
                          change.email.value_or(known.email));
      if (!profile) return refuse(flows::refused(EnrolmentReject::credential_store_failed));
      command.profile = std::move(*profile);
    }
    venue_.submit(std::move(command), origin,
                  [this, credential, old = current->credential,
                   done = std::move(done)](const Reply& reply) mutable {
                    std::optional<Fingerprint> useless;
                    if (!reply.rejection && credential) useless = old;
                    if (surely_not_done(reply)) useless = credential;
                    if (!useless) return done(reply);
                    forget(useless, {}, [reply, done = std::move(done)]() mutable { done(reply); });
                  });
  });
}

void Enrolment::remove(UserId user, const flows::Origin& origin, Done done) {
  if (!changing_->claim(user)) return done(flows::refused(EnrolmentReject::user_is_being_changed));
  done = [changing = changing_, user, done = std::move(done)](const Reply& reply) mutable {
    changing->release(user);
    done(reply);
  };
  venue_.read([this, user, origin, done = std::move(done)](const Replica& replica) mutable {
    const identity::User* current = replica.venue().identity.user(user);
    if (!current) return done(flows::refused(identity::Reject::user_not_found));
    venue_.submit(identity::DeleteUser{user}, origin,
                  [this, credential = current->credential, person = current->person,
                   done = std::move(done)](const Reply& reply) mutable {
                    if (reply.rejection) return done(reply);
                    forget(credential, person,
                           [reply, done = std::move(done)]() mutable { done(reply); });
                  });
  });
}

void Enrolment::forget(std::optional<Fingerprint> credential, std::optional<Fingerprint> person,
                       std::move_only_function<void()> then) {
  if (!credential && !person) return then();
  venue_.read([this, credential, person, then = std::move(then)](const Replica&) mutable {
    // Where the store fails, the sweep at the next start removes what the log does not know.
    if (credential) (void)security_.credentials.remove(*credential);
    if (person) (void)security_.vault.erase(*person);
    then();
  });
}

}  // namespace rialto::rest
