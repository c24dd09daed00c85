import SyncCore

/// A catalogue as it travels: each file as its outline. It is read by the same reader as the one
/// that a program was built with.
extension PBCatalogue {
  /// Bytes of all files together. Far above any honest catalogue.
  private static let largest = 4 << 20

  package init(version: UInt32, files: [(name: String, outline: String)]) {
    self.init()
    self.version = version
    self.files = files.map { file in
      .with {
        $0.name = file.name
        $0.outline = file.outline
      }
    }
  }

  /// The files, as far as their sizes can be right.
  package func checkedFiles() throws(WireRefusal) -> [(name: String, outline: String)] {
    var bytes = 0
    for file in files {
      let (sum, overflow) = bytes.addingReportingOverflow(
        file.name.utf8.count + file.outline.utf8.count)
      guard !overflow, sum <= Self.largest else {
        throw .unreadable("a catalogue is larger than \(Self.largest) bytes")
      }
      bytes = sum
    }
    return files.map { ($0.name, $0.outline) }
  }
}
