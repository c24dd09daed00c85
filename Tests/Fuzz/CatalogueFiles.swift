import RecordCatalogue

/// A catalogue's YAML, which an operator edits by hand.
enum CatalogueFiles {
  static func check(_ bytes: [UInt8]) {
    guard let text = String(validating: bytes, as: UTF8.self) else { return }
    // All that ends a line in YAML 1.1.
    let lines =
      text.unicodeScalars.count { "\n\r\u{85}\u{2028}\u{2029}".unicodeScalars.contains($0) } + 1
    do throws(CatalogueError) {
      let catalogue = try read(text)
      let again = try? read(text)
      promise("a file reads the same twice", again == catalogue)
      for type in catalogue.types {
        promise("a type has a policy", catalogue.policy(of: type.name) != nil)
      }
    } catch {
      promise("an error is about the file", !error.file.isEmpty && !error.remedy.isEmpty)
      if let line = error.line {
        promise("an error's line is in the file", (1...lines).contains(line))
      }
    }
  }

  private static func read(_ text: String) throws(CatalogueError) -> Catalogue {
    try Catalogue(files: [("catalogue.yaml", "# The version.\nversion: 1\n"), ("note.yaml", text)])
  }
}
