// Described structs as rows: a struct says its table's name, its key and its indexes; columns,
// statements and conversions follow from its description.
//
//   struct PriceRow { InstrumentId instrument_id; Price last; … ;
//                     static constexpr std::string_view table = "prices";
//                     static constexpr std::size_t key_columns = 1;
//                     static std::vector<std::string> indexes() { return {}; } };
#pragma once

#include <string>
#include <type_traits>
#include <vector>

#include <boost/describe/members.hpp>
#include <boost/mp11/algorithm.hpp>

#include "core/codec.hpp"
#include "platform/sql/connection.hpp"

namespace rialto::sql {

template <class Row>
using Members = boost::describe::describe_members<Row, boost::describe::mod_public>;

template <class Field>
consteval Kind kind_of() {
  if constexpr (std::is_same_v<Field, std::string>)
    return Kind::text;
  else if constexpr (std::is_same_v<Field, i128>)
    return Kind::wide;
  else
    return Kind::integer;
}

template <class Field>
Cell cell_of(const Field& field) {
  if constexpr (std::is_same_v<Field, std::string>)
    return Cell::of_text(field);
  else if constexpr (std::is_same_v<Field, i128>)
    return {Kind::wide, field, {}};
  else if constexpr (Strong<Field>)
    return Cell::integer(static_cast<std::int64_t>(field.value));
  else
    return Cell::integer(static_cast<std::int64_t>(field));
}

template <class Field>
void read_cell(const Cell& cell, Field& field) {
  if constexpr (std::is_same_v<Field, std::string>)
    field.assign(cell.text);
  else if constexpr (Strong<Field>)
    field.value = static_cast<typename Field::rep>(cell.number);
  else
    field = static_cast<Field>(cell.number);
}

template <class Row>
const Table& table_of() {
  static const Table table = [] {
    Table made{std::string(Row::table), {}, Row::key_columns, Row::indexes()};
    boost::mp11::mp_for_each<Members<Row>>([&](auto member) {
      using Field = std::remove_cvref_t<decltype(std::declval<Row&>().*member.pointer)>;
      made.columns.push_back({member.name, kind_of<Field>()});
    });
    return made;
  }();
  return table;
}

/// Inserts, or replaces by key. No key may come twice.
template <class Row>
Done put(Connection& connection, std::span<const Row> rows) {
  if (rows.empty()) return {};
  return connection.put(table_of<Row>(), rows.size(), [&](std::size_t at, std::span<Cell> cells) {
    std::size_t column = 0;
    boost::mp11::mp_for_each<Members<Row>>(
        [&](auto member) { cells[column++] = cell_of(rows[at].*member.pointer); });
  });
}

/// Calls visit(const Row&) for each row of its table. `rest` is what follows FROM: "WHERE
/// instrument_id = $1 ORDER BY time".
template <class Row, class VisitRow>
Done each(Connection& connection, const std::string& rest, std::span<const Cell> parameters,
          VisitRow visit) {
  static const std::vector<Kind> kinds = [] {
    std::vector<Kind> made;
    for (const Column& column : table_of<Row>().columns) made.push_back(column.kind);
    return made;
  }();
  std::string sql = "SELECT ";
  for (const Column& column : table_of<Row>().columns)
    sql += (&column == table_of<Row>().columns.data() ? "\"" : ", \"") + column.name + "\"";
  sql += " FROM \"" + table_of<Row>().name + "\" " + rest;
  return connection.ask(sql, parameters, kinds, [&](std::span<const Cell> cells) {
    Row row{};
    std::size_t column = 0;
    boost::mp11::mp_for_each<Members<Row>>(
        [&](auto member) { read_cell(cells[column++], row.*member.pointer); });
    visit(row);
  });
}

template <class Row>
std::expected<std::vector<Row>, std::string> select(Connection& connection,
                                                    const std::string& rest = {},
                                                    std::span<const Cell> parameters = {}) {
  std::vector<Row> rows;
  auto done = each<Row>(connection, rest, parameters, [&](const Row& row) { rows.push_back(row); });
  if (!done) return std::unexpected(std::move(done.error()));
  return rows;
}

}  // namespace rialto::sql
