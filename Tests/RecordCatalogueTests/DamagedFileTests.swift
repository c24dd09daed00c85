import Foundation
import Testing

@testable import RecordCatalogue

@Suite struct `A damaged file` {
  @Test(arguments: [
    ("", 1), ("label: x", 1), ("# Only a comment, and no more.\n", 1),
    ("label: Note\nplural: \"Notes\nwhy: …\n", 4), ("label: Note\n\tplural: Notes\n", 2),
    ("label: Note\nplural: [Notes\nwhy: x\n", 3), ("label: Note\n plural: Notes\n", 2),
    ("- label\n- plural\n- why\n", 1), ("label: Note\n--- \nlabel: Note\n", 2),
    ("label: Note\nplural: *notes\n", 2), ("label: Note\nplural: \u{1}\u{2}\u{3}\n", 2),
    ("%YAML 3.0\n---\nlabel: Note\n", 1), ("label: Note\nplural: !<\n", 2),
    ("label: Note\nwhy: \(String(repeating: "x", count: 200))\n", 2),
    ("label: \"\\uD800\" # half a character\n", 1), ("just a line of plain text\n", 1),
  ])
  func `is refused with its line and a remedy`(text: String, line: Int) throws {
    let error = try #require(refusal(of: text))
    #expect(error.line == line, "\(error)")
    #expect(!error.remedy.isEmpty)
  }

  @Test(arguments: ["[", "{", "{a: ", "[[{a: ", "- ", "? ", "a: &b [", "!!x ["])
  func `that nests without end is refused, not followed`(piece: String) {
    let rows = String(repeating: String(repeating: piece, count: 20) + "\n", count: 400)
    #expect(refusal(of: rows)?.remedy.isEmpty == false)
  }

  @Test(arguments: ["a:\n", "- \n", "-\n", "? a\n"])
  func `that is indented without end is refused, not followed`(piece: String) {
    let deep = (0..<250).map { String(repeating: " ", count: $0) + piece }.joined()
    #expect(refusal(of: deep)?.remedy.isEmpty == false)
  }

  @Test func `is refused if it is larger than any honest file`() {
    let rows = String(repeating: "# A comment.\n", count: 6_000)
    #expect(refusal(of: rows + sample())?.problem.contains("larger than 65536 bytes") == true)
  }

  @Test(arguments: 0..<2_000 as Range<UInt64>)
  func `either loads or is refused with a remedy, whatever happened to it`(seed: UInt64) {
    var chance = Chance(seed: seed)
    let name = seed % 2 == 0 ? nil : chance.pick(Catalogue.standard.types).name
    let text = mutated(name.map { Self.texts[$0] ?? "" } ?? sample(), &chance)
    if let error = refusal(of: text, file: "\(name ?? "note").yaml") {
      #expect(!error.problem.isEmpty && !error.remedy.isEmpty)
      let lines = text.split(omittingEmptySubsequences: false, whereSeparator: \.isNewline).count
      #expect((error.line ?? 1) >= 1 && (error.line ?? 1) <= lines)
    }
  }

  /// The standard catalogue's files by the name of their type.
  private static let texts: [String: String] = {
    let folder = URL(fileURLWithPath: #filePath)
      .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
      .appendingPathComponent("Protocol/Catalogue")
    let texts = Catalogue.standard.types.map { type in
      let url = folder.appendingPathComponent("\(type.name).yaml")
      return (type.name, (try? String(contentsOf: url, encoding: .utf8)) ?? "")
    }
    return Dictionary(texts, uniquingKeysWith: { first, _ in first })
  }()

  private func mutated(_ text: String, _ chance: inout Chance) -> String {
    let pieces = [
      "[", "]", "{", "}", "&a ", "!!int ", "! ", "- ", "\t", "? ", "---\n", "...\n", "%YAML 1.1\n",
      "|\n", ">-\n", "\"", "'", ": ", ":", "\u{85}", "\u{2028}", "🙂", "\u{FEFF}", "\0", "\r", "\n",
      "99999999999999999999", "-1", "0", "yes", "~", "<<: ", "*a", "#", "\\", "  ", "  x: y\n",
      "order: [a, b]\n", "codes: {a: b}\n", "kind: code\n", "rule: claims\n", "set: yes\n",
    ]
    var bytes = Array(text.utf8)
    for _ in 0...chance.below(8) where !bytes.isEmpty {
      let place = chance.below(bytes.count)
      switch chance.below(7) {
      case 0: bytes.remove(at: place)
      case 1: bytes[place] = UInt8(truncatingIfNeeded: chance.next())
      case 2, 3: bytes.insert(contentsOf: chance.pick(pieces).utf8, at: place)
      case 4: bytes.removeSubrange(place..<min(place + chance.below(40), bytes.count))
      case 5: bytes.insert(contentsOf: bytes[place..<min(place + 60, bytes.count)], at: place)
      default: bytes.removeLast(chance.below(4) == 0 ? bytes.count - place : 1)
      }
    }
    return String(decoding: bytes, as: UTF8.self)
  }
}

@Suite struct `A folder of the catalogue` {
  @Test func `is refused if it is not there`() {
    #expect(refusal(ofFolder: "/nowhere/at/all")?.problem == "the folder cannot be read")
  }

  @Test func `is refused if it holds no files`() throws {
    try inFolder([:]) { path in
      #expect(refusal(ofFolder: path)?.problem == "there are no .yaml files in the folder")
      #expect(refusal(ofFolder: path)?.file == path)
    }
  }

  @Test func `is read whatever else lies in it`() throws {
    let files = [
      "note.yaml": sample(), "catalogue.yaml": "# The version.\nversion: 7\n", "README.md": "…",
      ".note.yaml.swp": "…",
    ]
    try inFolder(files) { path in
      let catalogue = try Catalogue(directory: path)
      #expect(catalogue.version == 7)
    }
  }

  @Test(arguments: [
    ("note.yml", "label: x", "ends in .yml", Int?.none),
    ("other.yaml", "label: Note\nplural: Notes\n", "has no “why”", 1),
    ("catalogue.yaml", "version: none of them\n", "a whole number", 1),
    ("catalogue.yaml", "version: 4294967296\n", "a whole number", 1),
    ("catalogue.yaml", "version: 1\nrevision: 2\n", "“revision” means nothing", 2),
    ("large.yaml", String(repeating: "# x\n", count: 20_000), "larger than", nil),
  ])
  func `is refused with the name of its bad file`(
    name: String, text: String, problem: String, line: Int?
  ) throws {
    try inFolder(["note.yaml": sample(), name: text]) { path in
      let error = try #require(refusal(ofFolder: path))
      #expect(error.file == name)
      #expect(error.problem.contains(problem))
      #expect(error.line == line)
    }
  }

  @Test func `is refused if it has no version`() throws {
    try inFolder(["note.yaml": sample()]) { path in
      #expect(refusal(ofFolder: path)?.problem == "there is no catalogue.yaml in it")
    }
  }

  @Test func `is refused if it has a version and nothing else`() throws {
    try inFolder(["catalogue.yaml": "# The version.\nversion: 1\n"]) { path in
      #expect(refusal(ofFolder: path)?.problem == "there are no record types in it")
    }
  }

  @Test func `is refused if a file is not UTF-8`() throws {
    try inFolder([:]) { path in
      let bytes = Data("label: Note\nplural: ".utf8) + [0xC3, 0x28, 0x0A]
      try bytes.write(to: URL(fileURLWithPath: path).appendingPathComponent("note.yaml"))
      let error = try #require(refusal(ofFolder: path))
      #expect(error.description.hasPrefix("note.yaml:2: a character is not UTF-8. To mend it: "))
    }
  }

  @Test func `is refused if what should be a file is a folder`() throws {
    try inFolder([:]) { path in
      let url = URL(fileURLWithPath: path).appendingPathComponent("note.yaml")
      try FileManager.default.createDirectory(at: url, withIntermediateDirectories: false)
      #expect(refusal(ofFolder: path)?.problem == "it is no plain file, or it is not there")
    }
  }

  @Test func `is refused if a link leads nowhere`() throws {
    try inFolder([:]) { path in
      try FileManager.default.createSymbolicLink(
        atPath: path + "/note.yaml", withDestinationPath: "/nowhere/at/all.yaml")
      #expect(refusal(ofFolder: path)?.problem == "it is no plain file, or it is not there")
    }
  }

  @Test(arguments: [["note.yaml", "note.yaml"], ["note.txt"], ["note.yml"], []])
  func `is refused in memory too if its names are wrong`(names: [String]) {
    let files = names.map { (name: $0, text: sample()) }
    #expect(throws: CatalogueError.self) { try Catalogue(files: files) }
  }

  private func refusal(ofFolder path: String) -> CatalogueError? {
    do throws(CatalogueError) {
      _ = try Catalogue(directory: path)
      return nil
    } catch {
      return error
    }
  }

  /// Runs `body` on a fresh folder with these files, and removes it.
  private func inFolder(_ files: [String: String], _ body: (String) throws -> Void) throws {
    let folder = FileManager.default.temporaryDirectory.appendingPathComponent(UUID().uuidString)
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: folder) }
    for (name, text) in files {
      try Data(text.utf8).write(to: folder.appendingPathComponent(name))
    }
    try body(folder.path)
  }
}
