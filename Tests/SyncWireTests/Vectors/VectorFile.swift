import Foundation
import SyncCore

/// One file of `Protocol/Vectors`: cases of one kind, each with what any implementation must make
/// of it.
struct VectorFile: Sendable, CustomStringConvertible {
  let name: String
  /// Of `Protocol/README.md`.
  let sections: String
  let make: @Sendable () throws -> [JSONText]

  var description: String { "\(name).json" }

  static let all = [
    VectorFile(name: "identifiers", sections: "2", make: IdentifierVectors.cases),
    VectorFile(name: "changes", sections: "3, 3.1, 3.2, 3.3", make: ChangeVectors.cases),
    VectorFile(name: "records", sections: "3.4", make: RecordVectors.cases),
    VectorFile(name: "chains", sections: "6.3", make: ChainVectors.cases),
    VectorFile(name: "applying", sections: "5.1", make: ApplyingVectors.cases),
    VectorFile(name: "merging", sections: "5.2", make: MergingVectors.cases),
    VectorFile(name: "readings", sections: "5.2, 5.3", make: ReadingVectors.cases),
    VectorFile(name: "digests", sections: "3.5", make: DigestVectors.cases),
    VectorFile(name: "invitations", sections: "8.2", make: InvitationVectors.cases),
    VectorFile(name: "rounds", sections: "4, 6.1, 6.2, 6.8", make: RoundVectors.cases),
  ]

  /// What the file must hold, made by the core.
  func text() throws -> String {
    let whole = JSONText.object([
      ("kind", .text(name)), ("sections", .text(sections)), ("cases", .list(try make())),
    ])
    return whole.lines() + "\n"
  }

  static let folder = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
    .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
    .appendingPathComponent("Protocol/Vectors")

  var url: URL { Self.folder.appendingPathComponent("\(name).json") }
}

extension JSONText {
  /// Bytes as hexadecimal digits.
  static func hex(_ bytes: [UInt8]) -> JSONText { .text(hexText(bytes)) }

  static func place(_ place: Place?) -> JSONText {
    guard let place else { return .null }
    return .list([.number(Int(place.epoch)), .number(Int(place.sequence))])
  }

  /// An object of those members that are there.
  static func some(_ members: [(String, JSONText?)]) -> JSONText {
    .object(members.compactMap { name, value in value.map { (name, $0) } })
  }
}
