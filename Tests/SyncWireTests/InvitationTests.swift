import SyncWire
import TestSupport
import Testing

@Suite struct `An invitation survives being read aloud` {
  static func invitation(_ seed: Int) -> Invitation {
    var chance = Seeded(seed)
    return Invitation(secret: chance.bytes(16), authority: chance.bytes(16))
  }

  @Test(arguments: Array(0..<200))
  func `it reads as it was written`(seed: Int) throws {
    let invitation = Self.invitation(seed)
    #expect(try Invitation(invitation.description) == invitation)
    let sloppy = invitation.description.lowercased().replacing("-", with: " ")
      .replacing("0", with: "o").replacing("1", with: "l")
    #expect(try Invitation(sloppy) == invitation)
  }

  @Test(arguments: Array(0..<20))
  func `one wrong letter anywhere is noticed`(seed: Int) {
    let invitation = Self.invitation(seed)
    let text = Array(invitation.description)
    for index in text.indices where text[index] != "-" {
      for letter in "0123456789ABCDEFGHJKMNPQRSTVWXYZ" where letter != text[index] {
        var typed = text
        typed[index] = letter
        // Two check characters of sixteen bits miss one mistake in 65,536.
        if let read = try? Invitation(String(typed)) {
          #expect(read.secretHash != invitation.secretHash)
        }
      }
    }
  }

  @Test func `a text far too long for one is refused before its letters are compared`() {
    // One character to Swift, and minutes of work.
    let text = "A" + String(repeating: "\u{301}\u{323}", count: 16_000)
    #expect(throws: Invitation.Problem.wrongLength) { try Invitation(text) }
  }

  @Test(arguments: ["", "ABC", "U", "ABCDE-FGHJK", String(repeating: "A", count: 56)])
  func `a text that is no invitation says what is wrong`(text: String) {
    #expect(throws: Invitation.Problem.self) { try Invitation(text) }
  }
}
