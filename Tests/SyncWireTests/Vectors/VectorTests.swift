import Foundation
import Testing

/// `Protocol/Vectors` is what this core makes. `Scripts/generate-vectors` writes the files anew.
@Suite struct `The vectors of the protocol` {
  private static let isWriting =
    ProcessInfo.processInfo.environment["DOORSTEP_WRITE_VECTORS"] == "yes"

  @Test(arguments: VectorFile.all)
  func `are what the core makes`(file: VectorFile) throws {
    let made = try file.text()
    if Self.isWriting { try made.write(to: file.url, atomically: true, encoding: .utf8) }
    let held = try String(contentsOf: file.url, encoding: .utf8)
    let isSame = held == made
    #expect(isSame, "\(file) is not what the core makes: see Protocol/Vectors/README.md")
    #expect(made.utf8.count < 300_000)
  }

  @Test(.enabled(if: !isWriting)) func `stand in no other file`() throws {
    let found = try FileManager.default.contentsOfDirectory(atPath: VectorFile.folder.path)
    #expect(Set(found) == Set(VectorFile.all.map(\.description) + ["README.md"]))
  }

  @Test(arguments: VectorFile.all)
  func `have names that are used once a file`(file: VectorFile) throws {
    let names = try file.make().map { vector -> String in
      guard case .object(let members) = vector, case .text(let name)? = members.first?.1
      else { return "" }
      return name
    }
    #expect(Set(names).count == names.count && !names.contains(""))
  }
}
