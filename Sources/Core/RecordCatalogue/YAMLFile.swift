import Foundation

extension YAMLText {
  /// Reads a plain file of UTF-8, or what a link to one leads to.
  /// - Parameter name: what errors call it.
  package init(contentsOf path: String, called name: String) throws(CatalogueError) {
    let path = URL(fileURLWithPath: path).resolvingSymlinksInPath().path
    let attributes = try? FileManager.default.attributesOfItem(atPath: path)
    guard attributes?[.type] as? FileAttributeType == .typeRegular else {
      throw CatalogueError(
        name, nil, "it is no plain file, or it is not there",
        remedy: "put a text file there, or delete it")
    }
    let size = (attributes?[.size] as? NSNumber)?.intValue ?? 0
    guard size <= Self.largest else {
      throw CatalogueError(
        name, nil, "the file is larger than \(Self.largest) bytes", remedy: "shorten its texts")
    }
    guard let data = FileManager.default.contents(atPath: path) else {
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
    self.init(file: name, text: text)
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
