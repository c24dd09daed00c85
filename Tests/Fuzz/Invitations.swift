import SyncWire

/// An invitation as somebody types it.
enum Invitations {
  static func check(_ bytes: [UInt8]) {
    if bytes.count == 32 {
      let made = Invitation(secret: Array(bytes.prefix(16)), authority: Array(bytes.suffix(16)))
      promise("an invitation reads as it was written", read(made.description) == made)
    }
    guard let text = String(validating: bytes, as: UTF8.self), let invitation = read(text) else {
      return
    }
    promise("what was typed is written and read again", read(invitation.description) == invitation)
  }

  private static func read(_ text: String) -> Invitation? {
    do throws(Invitation.Problem) { return try Invitation(text) } catch {
      promise("a mistake is named", !error.description.isEmpty)
      return nil
    }
  }
}
