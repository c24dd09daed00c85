import GRDB
import RecordCatalogue
import ServerStorage
import SyncCore

/// A view of the records of one type as they read by their rules, for analysts: `SELECT * FROM
/// visit_record`. Deleted records are left out.
///
/// Its name and its columns are those of the catalogue with `_` for `-`. A name that SQL keeps for
/// itself, such as `from`, is written in double quotes. A part of a composite is a column
/// `FIELD_PART`; a set is a JSON array of its elements; a flag is 0 or 1; an instant is in
/// milliseconds since 1970, UTC; a reference is the `record_id` of another record. Every view
/// begins with `record_id`, `case_id` and `contested`, a JSON array of the fields that people
/// recorded differently. All records of one case share its `case_id`, but for the types that never
/// go to a laptop: theirs is the id of the case's office file.
package struct TypeView: Sendable {
  package let name: String
  /// In their order.
  package let columns: [String]
  let sql: String

  /// Tells views of this kind from others in a store, copies of them under another name too.
  private static func mark(_ name: String) -> String { "/* the type \(name) of the catalogue */" }

  package static func all(of catalogue: Catalogue) -> [TypeView] { catalogue.types.map(Self.init) }

  private init(_ type: RecordType) {
    name = Self.identifier(type.name)
    var columns: [(name: String, value: String)] = [
      ("record_id", Self.dashed("record_id")), ("case_id", Self.dashed("case_id")),
      ("contested", "json_extract(resolved, '$._contested')"),
    ]
    for field in type.fields { columns += Self.columns(of: field) }
    self.columns = columns.map(\.name)
    let list = columns.map { "\($0.value) AS \"\($0.name)\"" }.joined(separator: ",\n  ")
    // Names of the catalogue hold lower-case letters, digits and dashes only.
    // Read once for each query: the ids are expressions, and no index could serve a join on them.
    sql = """
      CREATE VIEW "\(name)" AS \(Self.mark(name)) WITH shown AS MATERIALIZED (SELECT
        \(list)
      FROM records WHERE type = '\(type.name)' AND NOT json_extract(resolved, '$._deleted'))
      SELECT * FROM shown
      """
  }

  private static func columns(of field: Field) -> [(name: String, value: String)] {
    let name = identifier(field.name)
    if field.policy.isSet {
      let elements = """
        (SELECT json_group_array(substr(key, \(field.name.utf8.count + 2)))
          FROM json_each(resolved) WHERE key GLOB '\(field.name)/*' AND value)
        """
      return [(name, elements)]
    }
    let path = "$.\"\(field.name)\""
    guard !field.members.isEmpty else { return [(name, "json_extract(resolved, '\(path)')")] }
    let parts = field.members.map { part in
      (
        "\(name)_\(identifier(part.name))", "json_extract(resolved, '\(path).\"\(part.name)\"')"
      )
    }
    guard case .claims = field.policy.rule else { return parts }
    // While people disagree it holds a word in place of a claim.
    let holding = """
      CASE json_type(resolved, '\(path)') WHEN 'text' THEN json_extract(resolved, '\(path)') END
      """
    return [(name, holding)] + parts
  }

  private static func identifier(_ name: String) -> String {
    String(name.map { $0 == "-" ? "_" : $0 })
  }

  /// A 128-bit id as everybody writes it.
  private static func dashed(_ column: String) -> String {
    let groups = [(1, 8), (9, 4), (13, 4), (17, 4), (21, 12)].map { start, length in
      "substr(lower(hex(\(column))), \(start), \(length))"
    }
    return groups.joined(separator: " || '-' || ")
  }

  /// Makes the views of a store those of a catalogue. What else has such a name stays, and that
  /// type has no view.
  static func adopt(_ views: [TypeView], in db: Database) throws {
    let wanted = Dictionary(views.map { ($0.name, $0.sql) }) { first, _ in first }
    let rows = try Row.fetchAll(
      db, sql: "SELECT name, type, sql FROM sqlite_schema")
    var taken: Set<String> = []
    for row in rows {
      let (name, kind, sql): (String, String, String?) = try (row.at(0), row.at(1), row.at(2))
      let isOurs = kind == "view" && sql?.contains(mark(name)) == true
      if isOurs, wanted[name] != sql {
        try db.execute(sql: "DROP VIEW \"\(name)\"")
      } else {
        taken.insert(name.lowercased())
      }
    }
    for view in views where !taken.contains(view.name) { try db.execute(sql: view.sql) }
  }
}
