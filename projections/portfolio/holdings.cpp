#include "projections/portfolio/holdings.hpp"

#include <algorithm>

namespace rialto::projections {

using portfolio::PortfolioId;

Holdings::Holdings(std::unique_ptr<HoldingsStore> store) : store_(std::move(store)) {}

std::expected<std::unique_ptr<Holdings>, std::string> Holdings::open(const std::string& path) {
  auto store = HoldingsStore::open(path);
  if (!store) return std::unexpected(store.error());
  std::unique_ptr<Holdings> holdings(new Holdings(std::move(*store)));
  if (auto loaded = holdings->load(); !loaded) return std::unexpected(loaded.error());
  return holdings;
}

/// Everything as of kept().
std::expected<void, std::string> Holdings::load() {
  positions_.clear();
  places_.clear();
  money_.clear();
  changed_money_.clear();
  ahead_ = false;
  bool damaged = false;
  store_->each_position([&](const KeptPosition& kept, ByteView bytes) {
    BinaryReader reader(bytes);
    Held& held = change(kept.portfolio, kept.instrument);
    held.position.load(reader);
    held.last_closing = kept.last_closing;
    held.changed = false;
    // Places are given in order of first use, so none is missing.
    damaged = damaged || reader.failed() || !reader.at_end() || kept.place + 1 != positions_.size();
  });
  store_->each_money(
      [&](PortfolioId id, AssetId asset, i128 amount) { money_[{id, asset.value}] = amount; });
  if (damaged) return std::unexpected("a position does not parse; delete the file to rebuild it");
  return {};
}

void Holdings::restore(const flows::Venue&, Sequence) {
  if (!ahead_) return;
  store_->roll_back();
  // It was read before: it is there.
  (void)load();
}

void Holdings::clear() {
  store_->clear();
  (void)load();  // nothing
}

void Holdings::follow(const flows::AnyEvent& any, Moment at, const flows::Venue& after) {
  ahead_ = true;
  if (const auto* event = std::get_if<matching::TradeExecuted>(&any)) {
    trade(*event, Side::buy, at, after);
    trade(*event, Side::sell, at, after);
  } else if (const auto* credited = std::get_if<ledger::AccountCredited>(&any)) {
    transfer(credited->account, credited->asset, credited->amount, Side::buy, at, after);
  } else if (const auto* debited = std::get_if<ledger::AccountDebited>(&any)) {
    transfer(debited->account, debited->asset, debited->amount, Side::sell, at, after);
  } else if (const auto* assigned = std::get_if<portfolio::OrderAssigned>(&any)) {
    store_->record(assigned->order, {assigned->portfolio, assigned->lot});
  } else if (const auto* entered = std::get_if<corrections::TradeEntered>(&any)) {
    settle(entered->trade, entered->parties, entered->terms, false, at, after);
  } else if (const auto* corrected = std::get_if<corrections::TradeCorrected>(&any)) {
    settle(corrected->trade, corrected->parties, corrected->before, true, at, after);
    settle(corrected->trade, corrected->parties, corrected->after, false, at, after);
  } else if (const auto* busted = std::get_if<corrections::TradeBusted>(&any)) {
    settle(busted->trade, busted->parties, busted->terms, true, at, after);
  } else if (const auto* listed = std::get_if<instruments::InstrumentListed>(&any)) {
    list(*listed, at, after);
  }
}

void Holdings::trade(const matching::TradeExecuted& event, Side side, Moment at,
                     const flows::Venue& after) {
  const bool buys = side == Side::buy;
  const auto* assigned =
      after.portfolios.assigned_to_last(buys ? event.buy_order : event.sell_order);
  const portfolio::Assignment to =
      assigned ? portfolio::Assignment{assigned->portfolio, assigned->lot}
               : portfolio::Assignment{
                     portfolio::default_portfolio(buys ? event.buyer : event.seller), {}};
  Deal deal;
  deal.side = side;
  deal.quantity = event.base_amount;
  deal.value = event.notional.value;
  deal.fee = buys ? event.buyer_fee : event.seller_fee;
  deal.price = {event.price.value * 2};
  deal.id = {at.sequence.value};
  deal.order = buys ? event.buy_order : event.sell_order;
  deal.time = at.time;
  Held& held = change(to.portfolio, event.instrument);
  const Closing closing = held.position.trade(deal, after.portfolios.method(to.portfolio), to.lot);
  note(closing, deal, held, at, event.trade);
}

/// What an administrator does to a trade concerns the accounts, so the default portfolios. To undo
/// it, each party deals the other way round and gets its fee back, out of the lot it had from
/// there.
void Holdings::settle(TradeId trade, const corrections::Parties& parties,
                      const corrections::Terms& terms, bool undoes, Moment at,
                      const flows::Venue& after) {
  for (const Side party : {Side::buy, Side::sell}) {
    const Amount fee = party == Side::buy ? terms.buyer_fee : terms.seller_fee;
    Deal deal;
    deal.side = undoes ? opposite(party) : party;
    deal.quantity = terms.base_amount;
    deal.value = terms.notional.value;
    deal.fee = undoes ? -fee : fee;
    deal.price = {terms.price.value * 2};
    deal.id = {at.sequence.value};
    deal.time = at.time;
    const PortfolioId id =
        portfolio::default_portfolio(party == Side::buy ? parties.buyer : parties.seller);
    Held& held = change(id, parties.instrument);
    const auto first = undoes ? held.position.newest_at(deal.price) : portfolio::LotId{};
    note(held.position.trade(deal, after.portfolios.method(id), first), deal, held, at, trade,
         undoes);
  }
}

/// Paid in (buy) or out (sell), from and to the world outside.
void Holdings::transfer(AccountId account, AssetId asset, Amount amount, Side side, Moment at,
                        const flows::Venue& after) {
  const PortfolioId id = portfolio::default_portfolio(account);
  const InstrumentId instrument = home_of(asset, after.instruments);
  if (instrument.value == 0) {
    const Key key{id, asset.value};
    money_[key] += side == Side::buy ? amount.value : -amount.value;
    changed_money_.push_back(key);
    return;
  }
  Deal deal;
  deal.side = side;
  deal.quantity = amount;
  deal.id = {at.sequence.value};
  deal.time = at.time;
  if (const auto mark = mark_of(after, instrument))
    if (const auto value =
            value_of(amount.value, *mark, *after.instruments.instrument(instrument))) {
      deal.price = *mark;
      deal.value = *value;
    }
  Held& held = change(id, instrument);
  const auto method = after.portfolios.method(id);
  if (side == Side::sell)
    held.position.withdraw(deal, method);
  else
    note(held.position.deposit(deal, method), deal, held, at, {});
}

/// Where an asset gets its first instrument, what was money in it becomes a holding: without a
/// price, at no cost.
void Holdings::list(const instruments::InstrumentListed& event, Moment at,
                    const flows::Venue& after) {
  if (home_of(event.base, after.instruments) != event.instrument) return;
  std::vector<std::pair<PortfolioId, i128>> found;
  for (const auto& [key, amount] : money_)
    if (key.part == event.base.value && amount != 0) found.emplace_back(key.portfolio, amount);
  for (const auto& [id, amount] : found) {
    const Key key{id, event.base.value};
    Deal deal;
    deal.side = amount > 0 ? Side::buy : Side::sell;
    deal.quantity = {static_cast<std::int64_t>(amount > 0 ? amount : -amount)};
    deal.id = {at.sequence.value};
    deal.time = at.time;
    Position& position = change(id, event.instrument).position;
    if (amount > 0)
      position.deposit(deal, portfolio::ReliefMethod::fifo);
    else
      position.withdraw(deal, portfolio::ReliefMethod::fifo);
    money_[key] = 0;
    changed_money_.push_back(key);
  }
}

void Holdings::note(const Closing& closing, const Deal& deal, Held& held, Moment at, TradeId trade,
                    bool undoes) {
  if (closing.quantity == 0) return;
  const ClosingId id = closing_id(at.sequence, undoes, undoes ? opposite(deal.side) : deal.side);
  store_->record({id,
                  held.key.portfolio,
                  {held.key.part},
                  at,
                  deal.side,
                  trade,
                  deal.order,
                  deal.price,
                  closing},
                 held.last_closing);
  held.last_closing = id;
}

Holdings::Held& Holdings::change(PortfolioId id, InstrumentId instrument) {
  const Key key{id, instrument.value};
  const auto [place, fresh] =
      places_.try_emplace(key, static_cast<std::uint32_t>(positions_.size()));
  if (fresh) positions_.push_back({key, {}, {}, false});
  Held& held = positions_[place->second];
  held.changed = true;
  return held;
}

InstrumentId home_of(AssetId asset, const instruments::Instruments& instruments) {
  const auto& all = instruments.instruments();
  const auto at = std::find_if(all.begin(), all.end(),
                               [&](const auto& listed) { return listed.base == asset; });
  return at == all.end() ? InstrumentId{} : at->id;
}

std::expected<void, std::string> Holdings::store(Sequence position, bool durably) {
  if (!durably) return store_->commit(std::nullopt, false);
  Bytes bytes;
  for (std::uint32_t place = 0; place < positions_.size(); ++place) {
    Held& held = positions_[place];
    if (!held.changed) continue;
    bytes.clear();
    BinaryWriter writer(bytes);
    held.position.save(writer);
    store_->keep({place, held.key.portfolio, {held.key.part}, held.last_closing}, bytes);
    held.changed = false;
  }
  for (const Key& key : changed_money_) store_->keep_money(key.portfolio, {key.part}, money_[key]);
  changed_money_.clear();
  ahead_ = false;
  return store_->commit(position, true);
}

const Position* Holdings::position(PortfolioId id, InstrumentId instrument) const {
  const auto at = places_.find({id, instrument.value});
  return at == places_.end() ? nullptr : &positions_[at->second].position;
}

void Holdings::each_realized(PortfolioId id, const instruments::Instruments& instruments,
                             const std::function<bool(const RealizedRow&)>& visit) const {
  // The head of each position's chain: the newest of them is next.
  std::vector<HoldingsStore::Recalled> heads;
  const auto advance = [&](ClosingId to) {
    if (auto recalled = to.value != 0 ? store_->realized(to) : std::nullopt)
      heads.push_back(std::move(*recalled));
  };
  for (const auto& listed : instruments.instruments())
    if (const auto at = places_.find({id, listed.id.value}); at != places_.end())
      advance(positions_[at->second].last_closing);
  while (!heads.empty()) {
    const auto newest = std::max_element(heads.begin(), heads.end(),
                                         [](auto& a, auto& b) { return a.row.id < b.row.id; });
    const HoldingsStore::Recalled next = std::move(*newest);
    heads.erase(newest);
    if (!visit(next.row)) return;
    advance(next.previous);
  }
}

i128 Holdings::cash(PortfolioId id, AssetId asset,
                    const instruments::Instruments& instruments) const {
  const auto at = money_.find({id, asset.value});
  i128 cash = at == money_.end() ? i128{} : at->second;
  for (const auto& listed : instruments.instruments()) {
    if (listed.quote != asset) continue;
    if (const Position* traded = position(id, listed.id)) cash += traded->cash();
  }
  return cash;
}

std::size_t Holdings::bytes() const {
  std::size_t bytes = positions_.size() * sizeof(Held) +
                      places_.bucket_count() * (sizeof(Key) + sizeof(std::uint32_t) + 1) +
                      money_.bucket_count() * (sizeof(Key) + sizeof(i128) + 1);
  for (const Held& held : positions_) bytes += held.position.bytes();
  return bytes;
}

}  // namespace rialto::projections
