import Foundation

/// The project's own Swift files, read from the checkout that the tests were built in.
struct SourceTree {
  struct File: Sendable, CustomStringConvertible {
    /// Below the root, for instance `Sources/Core/SyncCore/Record.swift`.
    let path: String
    let text: String

    var lines: [Substring] { text.split(separator: "\n", omittingEmptySubsequences: false) }
    var description: String { path }

    /// The modules that it imports.
    var imports: Set<String> {
      Set(
        lines.compactMap { line in
          let words = line.split(separator: " ")
          guard let at = words.firstIndex(of: "import"), at + 1 < words.count,
            words[..<at].allSatisfy({ $0.hasPrefix("@") || $0 == "package" || $0 == "public" })
          else { return nil }
          return String(words[at + 1].split(separator: ".")[0])
        })
    }

    /// The lines without comments and without what stands between quotes.
    var code: [String] {
      lines.map { line in
        let bare = line.split(separator: "//", maxSplits: 1, omittingEmptySubsequences: false)[0]
        return bare.split(separator: "\"", omittingEmptySubsequences: false).enumerated()
          .filter { $0.offset % 2 == 0 }.map { String($0.element) }.joined(separator: "\"")
      }
    }
  }

  static let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
    .deletingLastPathComponent().deletingLastPathComponent()

  /// Files that a program makes.
  static let generated: Set<String> = ["doorstep.pb.swift", "EmbeddedCatalogue.swift"]

  static let files: [File] = {
    var files: [File] = []
    for folder in ["Sources", "Tests"] {
      let base = root.appendingPathComponent(folder)
      let found = FileManager.default.enumerator(at: base, includingPropertiesForKeys: nil)
      for case let url as URL in found ?? .init() where url.pathExtension == "swift" {
        guard !generated.contains(url.lastPathComponent),
          let text = try? String(contentsOf: url, encoding: .utf8)
        else { continue }
        files.append(File(path: String(url.path.dropFirst(root.path.count + 1)), text: text))
      }
    }
    return files.sorted { $0.path < $1.path }
  }()

  /// The files of one room below `Sources`, for instance `Core/SyncCore`.
  static func room(_ path: String) -> [File] {
    files.filter { $0.path.hasPrefix("Sources/\(path)/") }
  }
}
