import RecordCatalogue
import SyncCore

/// What the columns and values of an extract are called here.
///
/// Systems of record name things their own way, and an office that had to rename columns by hand
/// before every import would sooner or later rename two of them wrongly.
package struct Mapping: Sendable {
  /// A column of the extract that feeds one of ours.
  struct Source: Sendable {
    /// As the mapping writes it.
    let name: String
    /// Our column, by its place in the kind.
    let column: Int
  }

  var sources: [Source] = []
  /// Columns of the extract that say nothing, by their plain names.
  var ignored: Set<String> = []
  /// What stands in every row, by our column's place.
  var constants: [Int: String] = [:]
  /// Our word for theirs, by our column's place. An empty one says nothing.
  var values: [Int: [String: String]] = [:]

  /// Bytes of a name or a value that a mapping translates.
  static let wordBytes = 200

  /// The file's names and values are ours.
  package static let none = Mapping()

  /// Whether it says anything.
  var isEmpty: Bool {
    sources.isEmpty && ignored.isEmpty && constants.isEmpty && values.isEmpty
  }

  private init() {}

  /// Reads a mapping file.
  /// - Parameters:
  ///   - kind: what the file to import holds.
  ///   - today: as for the file itself.
  /// - Throws: the first thing that is wrong with it, with its line.
  package init(
    _ text: YAMLText, for kind: ImportKind, catalogue: Catalogue, today: CalendarDate
  ) throws(CatalogueError) {
    self.init()
    var reader = MappingReader(text.file, kind, catalogue, today: today)
    self = try reader.mapping(in: try text.part())
  }
}
