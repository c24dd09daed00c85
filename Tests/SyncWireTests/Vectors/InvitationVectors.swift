import SyncCore
import SyncWire
import TestSupport

/// Invitations as they are shown, and as people type them.
enum InvitationVectors {
  static func cases() throws -> [JSONText] {
    let counted = Array(UInt8(0)..<32)
    var shown = try [
      told("counted bytes", counted), told("zeros", [UInt8](repeating: 0, count: 32)),
      told("ones", [UInt8](repeating: 0xFF, count: 32)),
    ]
    for seed in 1...3 {
      var chance = Seeded(seed)
      shown.append(try told("chance \(seed)", chance.bytes(32)))
    }
    return shown + refused(code(counted))
  }

  private static func code(_ bytes: [UInt8]) -> String {
    Invitation(secret: Array(bytes.prefix(16)), authority: Array(bytes.suffix(16))).description
  }

  private static func told(_ name: String, _ bytes: [UInt8]) throws -> JSONText {
    let code = code(bytes)
    let typed = [
      code, code.lowercased(), code.replacing("-", with: ""), code.replacing("-", with: " "),
      code.replacing("0", with: "O").replacing("1", with: "l"),
      code.replacing("0", with: "o").replacing("1", with: "I"),
    ]
    let read = try Set(typed.map { try Invitation($0) })
    precondition(read.count == 1, "read as different invitations")
    return .object([
      ("name", .text(name)), ("secret", .hex(Array(bytes.prefix(16)))),
      ("fingerprint", .hex(Array(bytes.suffix(16)))), ("code", .text(code)),
      ("typed", .list(typed.map(JSONText.text))),
    ])
  }

  private static func refused(_ code: String) -> [JSONText] {
    let last = code.dropLast()
    let spoilt = [
      ("one letter changed", "1" + code.dropFirst(), "8.2: the check"),
      (
        "two letters exchanged", String(code.prefix(7)) + "4R0M" + code.dropFirst(11),
        "8.2: the check"
      ),
      ("a letter missing", String(last), "8.2: 55 characters"),
      ("a letter too many", code + "0", "8.2: 55 characters"),
      ("a letter that stands for nothing", "U" + code.dropFirst(), "8.2: Crockford's letters"),
      ("a bit after the last byte", String(last) + "9", "8.2: three bits of zero"),
      ("nothing", "", "8.2: 55 characters"),
    ]
    return spoilt.map { name, text, why in
      precondition((try? Invitation(text)) == nil, "taken though \(name)")
      return .object([("name", .text(name)), ("code", .text(text)), ("refused", .text(why))])
    }
  }
}
