/// Why a catalogue, or another YAML file of an office's, is refused: where, what is wrong, and what
/// to do about it.
///
/// A catalogue decides what may be written and how conflicts read, so a wrong one never runs in
/// part. The person who meets this at start-up edits a text file and may never have seen the code,
/// so every case names a remedy.
public struct CatalogueError: Error, Hashable, Sendable, CustomStringConvertible {
  /// The file's name, or the folder's path when it is about the folder.
  public let file: String
  /// From 1; `nil` when it is about the whole file or folder.
  public let line: Int?
  /// What is wrong, as a clause without a full stop.
  public let problem: String
  /// What to do, as a clause without a full stop.
  public let remedy: String

  package init(_ file: String, _ line: Int? = nil, _ problem: String, remedy: String) {
    self.file = file
    self.line = line
    self.problem = problem
    self.remedy = remedy
  }

  public var description: String {
    let place = line.map { "\(file):\($0)" } ?? file
    return "\(place): \(problem). To mend it: \(remedy)."
  }
}

/// Text of a file as it may stand in an error: in quotation marks, cut, and without control
/// characters, so that a damaged file cannot reach the terminal of whoever reads the error.
package func quoted(_ text: String) -> String {
  var shown = ""
  for scalar in text.unicodeScalars.prefix(40) {
    let isControl = scalar.value < 0x20 || (0x7F...0x9F).contains(scalar.value)
    shown.unicodeScalars.append(isControl ? "\u{FFFD}" : scalar)
  }
  return "“\(shown)\(text.unicodeScalars.count > 40 ? "…" : "")”"
}

/// Several choices as an error lists them.
func listed(_ words: some Sequence<String>) -> String { words.joined(separator: ", ") }
