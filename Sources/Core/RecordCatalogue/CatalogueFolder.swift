import Foundation

/// The folder of catalogue files. What it cannot read is an error: a catalogue with one file
/// missing would carry the records of that type unchecked.
struct CatalogueFolder {
  let path: String

  /// The files by name, ascending. Hidden files and other endings are passed over.
  func files() throws(CatalogueError) -> [(name: String, text: String)] {
    let names: [String]
    do {
      names = try FileManager.default.contentsOfDirectory(atPath: path)
    } catch {
      throw CatalogueError(
        path, nil, "the folder cannot be read",
        remedy: "check that it exists and that you may read it")
    }
    var files: [(name: String, text: String)] = []
    for name in names.sorted() where !name.hasPrefix(".") {
      if name.hasSuffix(".yml") {
        throw CatalogueError(
          name, nil, "the file's name ends in .yml", remedy: "rename it to end in .yaml")
      }
      if name.hasSuffix(".yaml") { files.append((name, try text(of: name))) }
    }
    guard !files.isEmpty else {
      throw CatalogueError(
        path, nil, "there are no .yaml files in the folder",
        remedy: "give the folder that holds address.yaml, appointment.yaml and so on")
    }
    return files
  }

  private func text(of name: String) throws(CatalogueError) -> String {
    let url = URL(fileURLWithPath: path).appendingPathComponent(name).resolvingSymlinksInPath()
    let attributes = try? FileManager.default.attributesOfItem(atPath: url.path)
    guard attributes?[.type] as? FileAttributeType == .typeRegular else {
      throw CatalogueError(
        name, nil, "it is no plain file, or it is not there",
        remedy: "put a text file there, or delete it")
    }
    let size = (attributes?[.size] as? NSNumber)?.intValue ?? 0
    guard size <= YAMLText.largest else {
      throw CatalogueError(
        name, nil, "the file is larger than \(YAMLText.largest) bytes", remedy: "shorten its texts")
    }
    guard let data = FileManager.default.contents(atPath: url.path) else {
      throw CatalogueError(
        name, nil, "the file cannot be read", remedy: "check that you may read it")
    }
    guard let text = String(validating: data, as: UTF8.self) else {
      let valid = Self.validPrefix(of: data)
      let line = data.prefix(valid).count { $0 == UInt8(ascii: "\n") } + 1
      throw CatalogueError(
        name, line, "a character is not UTF-8",
        remedy: "save the file as UTF-8, as every editor can")
    }
    return text
  }

  /// How many bytes from the start are whole UTF-8 characters.
  private static func validPrefix(of data: Data) -> Int {
    var decoder = UTF8()
    var iterator = data.makeIterator()
    var count = 0
    while case .scalarValue(let scalar) = decoder.decode(&iterator) {
      count += UTF8.width(scalar)
    }
    return count
  }
}
