import SyncCore

/// What an operator hands to somebody who enrols: a single-use secret, and whom to trust.
///
/// Written in groups of five letters and digits without I, L, O and U (Crockford's base 32), with
/// two check characters, so that it survives being read aloud or typed with cold hands.
package struct Invitation: Hashable, Sendable, CustomStringConvertible {
  /// 16 random bytes. The office keeps only their hash.
  package let secret: [UInt8]
  /// The first 16 bytes of the SHA-256 of the authority's certificate in DER form.
  package let authority: [UInt8]

  /// How an invitation can be mistyped.
  package enum Problem: Error, Equatable, Sendable, CustomStringConvertible {
    case wrongLength
    case notALetter(Character)
    case mistyped

    package var description: String {
      switch self {
      case .wrongLength:
        "The code is not complete: it has 11 groups of five characters. Copy all of it."
      case .notALetter(let character):
        "The code cannot hold “\(character)”. Check it against the original."
      case .mistyped: "The code has a typing mistake. Check it against the original."
      }
    }
  }

  /// - Precondition: both have 16 bytes.
  package init(secret: [UInt8], authority: [UInt8]) {
    precondition(secret.count == 16 && authority.count == 16, "an invitation is 16 and 16 bytes")
    self.secret = secret
    self.authority = authority
  }

  package init(_ text: String) throws(Problem) {
    // Before any character is compared: one made of thousands of accents takes minutes.
    guard text.utf8.count <= Self.longestText else { throw .wrongLength }
    var digits: [UInt8] = []
    for character in text.uppercased() where character != "-" && !character.isWhitespace {
      let plain: Character
      switch character {
      case "O": plain = "0"
      case "I", "L": plain = "1"
      default: plain = character
      }
      guard let digit = Self.alphabet.firstIndex(of: plain) else { throw .notALetter(character) }
      digits.append(UInt8(digit))
    }
    guard digits.count == Self.characters else { throw .wrongLength }
    var bits = 0
    var held: UInt32 = 0
    var bytes: [UInt8] = []
    for digit in digits {
      held = held << 5 | UInt32(digit)
      bits += 5
      if bits >= 8 {
        bits -= 8
        bytes.append(UInt8(truncatingIfNeeded: held >> UInt32(bits)))
      }
    }
    let body = Array(bytes.prefix(32))
    guard Array(bytes[32..<34]) == Self.check(body), held & (1 << UInt32(bits) - 1) == 0 else {
      throw .mistyped
    }
    self.init(secret: Array(body.prefix(16)), authority: Array(body.suffix(16)))
  }

  /// What the office keeps of the secret.
  package var secretHash: Hash { Hash(of: secret) }

  package var description: String {
    let bytes = secret + authority
    var bits = 0
    var held: UInt32 = 0
    var text = ""
    var count = 0
    func append(_ digit: UInt32) {
      if count > 0, count % 5 == 0 { text += "-" }
      text.append(Self.alphabet[Int(digit & 31)])
      count += 1
    }
    for byte in bytes + Self.check(bytes) {
      held = held << 8 | UInt32(byte)
      bits += 8
      while bits >= 5 {
        bits -= 5
        append(held >> UInt32(bits))
      }
    }
    if bits > 0 { append(held << UInt32(5 - bits)) }
    return text
  }

  private static let alphabet = Array("0123456789ABCDEFGHJKMNPQRSTVWXYZ")
  private static let characters = 55
  /// Bytes of an invitation with whatever stands between its groups.
  private static let longestText = 256

  private static func check(_ bytes: [UInt8]) -> [UInt8] { Array(Hash(of: bytes).bytes.prefix(2)) }
}
