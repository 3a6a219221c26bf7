#include "platform/sql/statements.hpp"

#include <algorithm>

#include "core/decimal.hpp"

namespace rialto::sql {

std::string column_names(const Table& table, std::size_t from, std::size_t to) {
  std::string names;
  for (std::size_t i = from; i < to; ++i)
    names += (i == from ? "\"" : ", \"") + table.columns[i].name + "\"";
  return names;
}

std::string on_conflict(const Table& table) {
  std::string text = " ON CONFLICT (" + column_names(table, 0, table.key_columns) + ") DO ";
  if (table.key_columns == table.columns.size()) return text + "NOTHING";
  text += "UPDATE SET ";
  for (std::size_t i = table.key_columns; i < table.columns.size(); ++i) {
    const std::string name = "\"" + table.columns[i].name + "\"";
    text += (i == table.key_columns ? "" : ", ") + name + " = excluded." + name;
  }
  return text;
}

std::string create_table(const Table& table, const std::function<std::string_view(Kind)>& type,
                         std::string_view after) {
  std::string sql = "CREATE TABLE IF NOT EXISTS \"" + table.name + "\" (";
  for (const Column& column : table.columns)
    sql += "\"" + column.name + "\" " + std::string(type(column.kind)) + " NOT NULL, ";
  return sql + "PRIMARY KEY (" + column_names(table, 0, table.key_columns) + "))" +
         std::string(after) + ";";
}

std::string create_indexes(const Table& table) {
  std::string sql;
  for (std::size_t i = 0; i < table.indexes.size(); ++i)
    sql += "CREATE INDEX IF NOT EXISTS \"" + table.name + "_by_" + std::to_string(i) + "\" ON \"" +
           table.name + "\" (" + table.indexes[i] + ");";
  return sql;
}

std::string decimal_text(i128 value) {
  return format_decimal(value, 0);
}

i128 decimal_value(std::string_view text) {
  const bool negative = text.starts_with('-');
  i128 value = 0;
  for (const char c : text.substr(negative ? 1 : 0)) value = value * 10 + (c - '0');
  return negative ? -value : value;
}

}  // namespace rialto::sql
