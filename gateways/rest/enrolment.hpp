// Making, changing and ending users, in the one order that survives a crash at any point: hash the
// password, store the credential durably, make the person's key, seal the profile, and only then
// submit the command that names them. What a refused command leaves behind is removed; what a crash
// leaves, apps sweep at start.
//
// Owned by RestGateway; also for apps, to make the first users. Any thread; outcomes arrive on the
// hasher's, the venue's or the replica's thread.
#pragma once

#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <set>
#include <string>
#include <string_view>

#include "gateways/rest/front_desk.hpp"
#include "gateways/rest/security.hpp"

namespace rialto::rest {

/// Someone who wants to be a user. See is_user_name and is_email.
struct Applicant {
  std::string user_name;
  std::string email;
  std::string password;
  identity::Roles roles = identity::Roles::trader;
};

/// What is to change; absent fields stay as they are.
struct ProfileChange {
  std::optional<std::string> user_name;
  std::optional<std::string> email;
  std::optional<std::string> password;
  std::optional<identity::Roles> roles;
};

/// A user as its owner and administrators may see it; empty text where the person is erased.
struct OpenProfile {
  UserId user;
  std::string user_name;
  std::string email;
  identity::Roles roles{};
  AccountId account;
};

class Enrolment {
 public:
  /// A rejection, or the reply of the venue.
  using Done = std::move_only_function<void(const flows::Reply&)>;

  Enrolment(gateways::VenuePort& venue, const Security& security)
      : venue_(venue), security_(security) {}

  /// The reply names user and account. REQUIRES: the fields are well formed.
  void enrol(Applicant applicant, const flows::Origin& origin, Done done);
  /// One change of a user at a time (user_is_being_changed): each is the whole new state, and must
  /// not undo another that was on its way.
  void change(UserId user, ProfileChange change, const flows::Origin& origin, Done done);
  /// The person's key is erased and the credential removed before `done` hears of it.
  void remove(UserId user, const flows::Origin& origin, Done done);

  /// On the replica's thread.
  OpenProfile open(const flows::Venue&, const identity::User&) const;

 private:
  /// REST-6: users with a change under way. Shared with the callbacks: the last of them may come
  /// after the gateway's end, from a hasher that is being stopped.
  class Changing {
   public:
    bool claim(UserId user);
    void release(UserId user);

   private:
    std::mutex mutex_;
    std::set<std::uint64_t> users_;  // guarded by mutex_
  };

  void submit_enrolment(Applicant applicant, const std::string& phc, const flows::Origin& origin,
                        Done done);
  void read_and_submit(UserId user, ProfileChange change, std::optional<Fingerprint> credential,
                       const flows::Origin& origin, Done done);
  std::optional<identity::SealedProfile> seal(Fingerprint person, std::string_view user_name,
                                              std::string_view email) const;
  /// Removes secrets that the venue does not know, off its thread: each takes a disk sync.
  void forget(std::optional<Fingerprint> credential, std::optional<Fingerprint> person,
              std::move_only_function<void()> then);

  gateways::VenuePort& venue_;
  const Security security_;
  const std::shared_ptr<Changing> changing_ = std::make_shared<Changing>();
};

/// 1 to 64 of letters, digits and . _ - @ +
bool is_user_name(std::string_view text);
/// Something @ something, no spaces or control characters, at most 254 bytes.
bool is_email(std::string_view text);
inline constexpr std::size_t password_bytes_min = 8;
inline constexpr std::size_t password_bytes_max = 1024;

}  // namespace rialto::rest
