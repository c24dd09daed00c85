import Testing

@Suite struct `The house keeps its shape` {
  @Test(arguments: SourceTree.files)
  func `a file has at most 400 lines`(file: SourceTree.File) {
    #expect(file.lines.count <= 401)
  }

  /// A sentence for people may run on: breaking it would only hide it from a search.
  @Test(arguments: SourceTree.files)
  func `a line has at most 100 columns, but for what stands between quotes`(file: SourceTree.File) {
    for (number, line) in file.lines.enumerated() where line.count > 100 {
      let isText = line.contains("\"") || Self.isInsideMultilineText(number, file)
      #expect(isText, "\(file):\(number + 1) has \(line.count) columns")
    }
  }

  /// Whether a line holds a word that is not the end of a longer one.
  private static func says(_ word: String, _ line: String) -> Bool {
    line.ranges(of: word).contains { range in
      guard range.lowerBound > line.startIndex else { return true }
      let before = line[line.index(before: range.lowerBound)]
      return !before.isLetter && before != "_"
    }
  }

  private static func isInsideMultilineText(_ number: Int, _ file: SourceTree.File) -> Bool {
    file.lines[..<number].count { $0.contains("\"\"\"") } % 2 == 1
  }

  /// What may not stand in code that a peer's bytes or a file can reach.
  @Test(
    arguments: SourceTree.files.filter { $0.path.hasPrefix("Sources/") },
    ["fatalError(", "try!", "as!", "TODO", "FIXME"])
  func `nothing traps on purpose and nothing is left for later`(file: SourceTree.File, word: String)
  {
    for (number, line) in file.code.enumerated() {
      #expect(!line.contains(word), "\(file):\(number + 1)")
    }
  }

  @Test(arguments: SourceTree.room("Core/SyncCore"))
  func `the core is pure: no clock, chance, file, socket or task`(file: SourceTree.File) {
    let impure = [
      "Foundation", "Date(", "Clock", "random(", "SystemRandomNumberGenerator", "FileManager",
      "Task {",
      "Task(", "async", "await", "Mutex", "actor ", "print(",
    ]
    for (number, line) in file.code.enumerated() {
      for word in impure {
        #expect(!Self.says(word, line), "\(file):\(number + 1) says \(word)")
      }
    }
  }

  @Test(arguments: SourceTree.room("Core/SyncCore"))
  func `a closed choice in the core is switched without a default`(file: SourceTree.File) {
    for (number, line) in file.lines.enumerated()
    where line.trimmingPrefix(while: { $0 == " " }).hasPrefix("default:") {
      // A field number or a byte of somebody else's making has no closed list of cases.
      let isOpen =
        line.contains("throw ") || line.contains("nil") || Self.isOverNumbers(number, file)
      #expect(isOpen, "\(file):\(number + 1)")
    }
  }

  private static func isOverNumbers(_ number: Int, _ file: SourceTree.File) -> Bool {
    let before = file.lines[..<number].suffix(60).reversed()
    let cases = before.prefix { !$0.contains("switch ") }.filter { $0.contains("case ") }
    return !cases.isEmpty && cases.allSatisfy { !$0.contains("case .") }
  }

  @Test func `only programs write to standard output`() {
    for file in SourceTree.files
    where file.path.hasPrefix("Sources/") && !file.path.hasPrefix("Sources/Programs/") {
      for (number, line) in file.code.enumerated() {
        #expect(!Self.says("print(", line), "\(file):\(number + 1)")
      }
    }
  }
}
