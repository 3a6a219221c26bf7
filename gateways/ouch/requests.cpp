// What a client asks for, packet by packet.
#include <utility>

#include "gateways/ouch/gateway.hpp"
#include "gateways/ouch/translation.hpp"

namespace rialto::ouch {
namespace {

// The longest request with every option is below this.
constexpr std::size_t payload_max = 512;
// How far a number may lie above the one before it; farther is taken for an error, because memory
// is spent on the distance.
constexpr std::uint32_t user_ref_jump = 65'536;

template <class Message>
bool holds(ByteView payload) {
  return payload.size() >= message_size<Message>();
}

}  // namespace

Gateway::Verdict Gateway::packet(Connection& connection, const Packet& packet, Batch& batch,
                                 Timestamp now) {
  const auto wrong = [&](std::string_view why) {
    end(connection, why);
    return Verdict::end;
  };
  if (packet.payload.size() > payload_max) return wrong("a packet that is too long");
  if (packet.type == PacketType::login_request) {
    if (connection.session()) return wrong("logged in twice");
    return log_in(connection, packet.payload);
  }
  if (!connection.session()) return wrong("something before the log-in");
  switch (packet.type) {
    case PacketType::unsequenced:
      return request(connection, packet.payload, batch, now);
    case PacketType::client_heartbeat:
    case PacketType::debug:
      return Verdict::done;
    case PacketType::logout_request:
      connection.over = true;
      flush(connection, now);
      return Verdict::end;
    default:
      return wrong("a packet that only servers send");
  }
}

Gateway::Verdict Gateway::log_in(Connection& connection, ByteView payload) {
  const auto refuse = [&](char reason) {
    ++counts_.log_ins_refused;
    connection.say(PacketType::login_rejected, LoginRejected{reason});
    connection.over = true;
    flush(connection, now_);
    return Verdict::end;
  };
  LoginRequest login;
  if (payload.size() < wire_size<LoginRequest>()) return refuse('A');
  read_wire(payload.data(), login);
  const auto id = session_of(login.user_name.view());
  SessionState* session = id ? streams_.session(*id) : nullptr;
  // OUCH-6: a wrong user name and a wrong password cost and look the same.
  const bool good =
      settings_.matches(session ? session->credential : Fingerprint{}, login.password.view());
  if (!session || !good) return refuse('A');
  const auto named = login.session.view();
  if (!named.empty() && number_of(named) != session->id.value) return refuse('S');
  const auto asked = number_of(login.sequence.view());
  if (!asked || *asked > session->stream.next()) return refuse('S');

  Seat& its = seat(session->id);
  if (its.connection) end(*its.connection, "replaced by a new log-in");
  its.connection = &connection;
  its.submitted = std::max(its.submitted, session->last_user_ref);
  const std::uint64_t next = *asked == 0 ? session->stream.next() : *asked;
  ++counts_.log_ins;
  connection.say(PacketType::login_accepted,
                 LoginAccepted{soup_session(session->id), soup_number(next)});
  connection.follow(*session, next, store_);
  settings_.note(connection.peer() + " " + std::string(user_name_of(session->id).view()) +
                 ": logged in");
  flush(connection, now_);
  return connection.ended ? Verdict::end : Verdict::done;
}

Gateway::Verdict Gateway::request(Connection& connection, ByteView message, Batch& batch,
                                  Timestamp now) {
  SessionState& session = *connection.session();
  Seat& its = seat(session.id);
  Verdict verdict = Verdict::end;
  switch (message.empty() ? '\0' : static_cast<char>(message[0])) {
    case EnterOrder::type:
      if (holds<EnterOrder>(message)) verdict = enter(session, its, message, batch, now);
      break;
    case ReplaceOrder::type:
      if (holds<ReplaceOrder>(message)) verdict = replace(session, its, message, batch, now);
      break;
    case CancelOrder::type:
      if (!holds<CancelOrder>(message)) break;
      {
        const auto cancelled = read_message<CancelOrder>(message);
        verdict = cancel(session, its, cancelled.user_ref, cancelled.quantity, batch);
      }
      break;
    case ModifyOrder::type:
      if (!holds<ModifyOrder>(message)) break;
      {
        const auto modified = read_message<ModifyOrder>(message);
        verdict = cancel(session, its, modified.user_ref, modified.quantity, batch);
      }
      break;
    case MassCancel::type:
      if (holds<MassCancel>(message)) verdict = mass_cancel(session, its, message, batch);
      break;
    case DisableOrderEntry::type:
    case EnableOrderEntry::type:
      if (!holds<DisableOrderEntry>(message)) break;
      {
        const auto switched = read_message<DisableOrderEntry>(message);
        verdict = switch_entry(session, its, switched.user_ref, switched.firm,
                               static_cast<char>(message[0]) == EnableOrderEntry::type, batch);
      }
      break;
    case AccountQuery::type: {
      // Not an event of the session, so not sequenced; it goes out where a packet ends.
      if (!connection.drained()) return Verdict::wait;
      Bytes answer(message_size<AccountQueryResponse>());
      write_message(answer.data(), AccountQueryResponse{time_of_day(now), its.submitted + 1});
      connection.say(PacketType::unsequenced, ByteView(answer));
      flush(connection, now);
      return connection.ended ? Verdict::end : Verdict::done;
    }
    default:
      break;
  }
  if (verdict == Verdict::end) end(connection, "a request that cannot be understood");
  return verdict;
}

std::optional<Gateway::Verdict> Gateway::not_fresh(Seat& its, std::uint32_t user_ref) {
  // OUCH-2: a number that is used up, or on its way, does nothing again.
  if (user_ref <= its.submitted) return Verdict::done;
  if (user_ref - its.submitted > user_ref_jump) return Verdict::end;
  its.submitted = user_ref;
  return std::nullopt;
}

void Gateway::refuse(const SessionState& session, std::uint32_t user_ref, std::string_view reason,
                     const WireOrderId& id, Batch& batch) {
  submit(session, sessions::RefuseOrder{session.id, user_ref, {reason}, client_order_id(id)},
         batch);
}

Gateway::Verdict Gateway::enter(SessionState& session, Seat& its, ByteView message, Batch& batch,
                                Timestamp now) {
  std::uint32_t user_ref = 0;
  read_wire(message.data() + 1, user_ref);
  if (const auto verdict = not_fresh(its, user_ref)) return *verdict;
  auto order = place_of(message, {session.id, session.account, now}, streams_.listings());
  if (order)
    submit(session, std::move(*order), batch);
  else
    refuse(session, user_ref, order.error(), read_message<EnterOrder>(message).client_order_id,
           batch);
  return Verdict::done;
}

Gateway::Verdict Gateway::replace(SessionState& session, Seat& its, ByteView message, Batch& batch,
                                  Timestamp now) {
  const auto wanted = read_message<ReplaceOrder>(message);
  if (wanted.user_ref <= its.submitted) return Verdict::done;
  const auto order = streams_.order(session, wanted.original);
  // OUCH-3: what is still on its way is waited for.
  if (!order && wanted.original > session.last_user_ref && wanted.original <= its.submitted)
    return Verdict::wait;
  if (const auto verdict = not_fresh(its, wanted.user_ref)) return *verdict;
  if (!order) {
    refuse(session, wanted.user_ref, "order_not_found", wanted.client_order_id, batch);
    return Verdict::done;
  }
  auto amend = amend_of(message, {session.id, session.account, now}, streams_.listings(), *order,
                        {streams_.ref(*order).instrument});
  if (amend)
    submit(session, std::move(*amend), batch);
  else
    refuse(session, wanted.user_ref, amend.error(), wanted.client_order_id, batch);
  return Verdict::done;
}

Gateway::Verdict Gateway::cancel(SessionState& session, Seat& its, std::uint32_t user_ref,
                                 std::uint32_t quantity, Batch& batch) {
  const auto order = streams_.order(session, user_ref);
  if (!order)  // too late, or never there: passed over, as the specification says
    return user_ref > session.last_user_ref && user_ref <= its.submitted ? Verdict::wait
                                                                         : Verdict::done;
  const OrderRef& ref = streams_.ref(*order);
  if (quantity >= ref.quantity) return Verdict::done;
  if (quantity <= ref.filled)
    submit(session, orders::CancelOrder{.account = session.account, .order = *order, .key = {}},
           batch);
  else
    submit(session,
           orders::AmendOrder{.account = session.account,
                              .order = *order,
                              .quantity = Quantity{quantity},
                              .price = {},
                              .stop_price = {}},
           batch);
  return Verdict::done;
}

Gateway::Verdict Gateway::mass_cancel(SessionState& session, Seat& its, ByteView message,
                                      Batch& batch) {
  const auto wanted = read_message<MassCancel>(message);
  if (const auto verdict = not_fresh(its, wanted.user_ref)) return *verdict;
  sessions::CancelSessionOrders command{session.id, wanted.user_ref, {}, {wanted.firm.view()}};
  if (!wanted.symbol.view().empty()) {
    const Listing* listing = streams_.listings().find(wanted.symbol);
    if (!listing) {
      refuse(session, wanted.user_ref, "instrument_not_found", {}, batch);
      return Verdict::done;
    }
    command.instrument = listing->instrument;
  }
  submit(session, command, batch);
  return Verdict::done;
}

Gateway::Verdict Gateway::switch_entry(SessionState& session, Seat& its, std::uint32_t user_ref,
                                       const WireFirm& firm, bool enabled, Batch& batch) {
  if (const auto verdict = not_fresh(its, user_ref)) return *verdict;
  submit(session, sessions::SwitchOrderEntry{session.id, user_ref, enabled, {firm.view()}}, batch);
  return Verdict::done;
}

}  // namespace rialto::ouch
