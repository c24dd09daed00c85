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
      if name.hasSuffix(".yaml") {
        files.append((name, try YAMLText(contentsOf: "\(path)/\(name)", called: name).text))
      }
    }
    guard !files.isEmpty else {
      throw CatalogueError(
        path, nil, "there are no .yaml files in the folder",
        remedy: "give the folder that holds address.yaml, appointment.yaml and so on")
    }
    return files
  }
}
