import SyncCore

/// The record types that one side knows: what may be written, by whom, and how it reads when people
/// wrote at once.
///
/// It is data, so that a new record type is a new file: stores, wire, forms and tests read it from
/// here. Types and fields that a catalogue does not know are carried whole by the core and never
/// dropped.
public struct Catalogue: Hashable, Sendable {
  /// The file that holds the version; every other file is a record type.
  static let versionFile = "catalogue.yaml"

  /// Rises with every change of any file, so that laptop and office can tell who has the newer one.
  public let version: UInt32
  /// Ascending by name.
  public let types: [RecordType]
  private let places: [String: Int]
  private let files: [OutlineFile]

  /// The whole catalogue in the form in which it is built in, kept and sent: each file's name with
  /// its outline, ascending by name.
  public var outlines: [(name: String, outline: String)] { files.map { ($0.name, $0.outline) } }

  /// The catalogue that the program was built with.
  ///
  /// Total on purpose: a test proves that the embedded files parse, so the empty catalogue is never
  /// met.
  public static let standard: Catalogue =
    embedded ?? Catalogue(version: 0, types: [], files: [])

  /// Reads every `*.yaml` of a folder. An office uses it to run a newer catalogue than its programs
  /// carry.
  public init(directory: String) throws(CatalogueError) {
    try self.init(files: try CatalogueFolder(path: directory).files(), from: directory)
  }

  /// Reads files that are in memory already.
  /// - Parameter files: their names end in `.yaml`; the name of a type's file is the type's name.
  public init(files: [(name: String, text: String)]) throws(CatalogueError) {
    try self.init(files: files, from: "the catalogue")
  }

  /// Reads what `outlines` gave, here or elsewhere.
  public init(outlines: [(name: String, outline: String)]) throws(CatalogueError) {
    var parts: [(name: String, part: Part)] = []
    for (name, text) in outlines.sorted(by: { $0.name < $1.name }) {
      guard name.hasSuffix(".yaml"), parts.last?.name != name else {
        throw CatalogueError(
          name, nil, "a file's name is wrong or there twice", remedy: "send the catalogue again")
      }
      var outline = Outline(text)
      parts.append((name, outline.part()))
    }
    try self.init(
      parts: parts, from: "the catalogue",
      outlines.sorted { $0.name < $1.name }.map(OutlineFile.init))
  }

  /// The record type of this name; `nil` for one that this catalogue does not know.
  public subscript(type: String) -> RecordType? { places[type].map { types[$0] } }

  /// What both sides enforce of a record type; `nil` for one that this catalogue does not know.
  public func policy(of type: String) -> TypePolicy? { self[type]?.policy }

  private init(version: UInt32, types: [RecordType], files: [OutlineFile]) {
    self.version = version
    self.files = files
    self.types = types.sorted { $0.name < $1.name }
    var places: [String: Int] = [:]
    for (place, type) in self.types.enumerated() { places[type.name] = place }
    self.places = places
  }

  private static var embedded: Catalogue? {
    try? Catalogue(outlines: EmbeddedCatalogue.files)
  }

  private init(
    files: [(name: String, text: String)], from folder: String
  ) throws(CatalogueError) {
    var parts: [(name: String, part: Part)] = []
    for (name, text) in files.sorted(by: { $0.name < $1.name }) {
      guard name.hasSuffix(".yaml") else {
        throw CatalogueError(
          name, nil, "the file's name does not end in .yaml",
          remedy: "rename it, or move it elsewhere")
      }
      guard parts.last?.name != name else {
        throw CatalogueError(name, nil, "the file is given twice", remedy: "leave one of them out")
      }
      parts.append((name, try YAMLText(file: name, text: text).part()))
    }
    try self.init(
      parts: parts, from: folder,
      parts.map { OutlineFile(name: $0.name, outline: $0.part.outline) })
  }

  private init(
    parts: [(name: String, part: Part)], from folder: String, _ files: [OutlineFile]
  ) throws(CatalogueError) {
    var version: UInt32?
    var results: [(file: String, result: TypeReader.Result)] = []
    for (name, part) in parts {
      if name == Self.versionFile {
        version = try Self.version(in: part)
      } else {
        var reader = try TypeReader(file: name)
        results.append((name, try reader.read(part)))
      }
    }
    guard !results.isEmpty else {
      throw CatalogueError(
        folder, nil, "there are no record types in it",
        remedy: "give the folder that holds address.yaml, appointment.yaml and so on")
    }
    guard let version else {
      throw CatalogueError(
        folder, nil, "there is no \(Self.versionFile) in it",
        remedy: "write one with the line `version: 1`, or a number above the last catalogue's")
    }
    let names = results.map(\.result.type.name)
    for (file, result) in results {
      for target in result.targets where !names.contains(target.text) {
        throw CatalogueError(
          file, target.line,
          "it refers to the record type \(quoted(target.text)), which has no file",
          remedy: "name one of \(listed(names))")
      }
    }
    self.init(version: version, types: results.map(\.result.type), files: files)
    let types = Dictionary(types.map { ($0.name, $0) }) { first, _ in first }
    for (file, result) in results {
      for check in result.checks { try CheckReader.verify(check, of: result.type, in: file, types) }
    }
  }

  private static func version(in part: Part) throws(CatalogueError) -> UInt32 {
    var section = try Section(part, file: versionFile, title: .init(kind: "the version file"))
    let version = try section.number("version", in: 1...Int64(UInt32.max))
    try section.finish()
    return UInt32(version)
  }
}
