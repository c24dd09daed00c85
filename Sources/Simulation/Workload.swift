import SyncCore

/// What officers enter all day. Texts carry their edit's number, so that a value that is shown can
/// be traced by eye.
enum Workload {
  /// New records, by how often they are made.
  static let newTypes: [(String, Int)] = [
    ("contact-entry", 30), ("appointment", 12), ("visit-plan", 8), ("risk-flag", 12),
    ("risk-concern", 8), ("address", 10), ("drone-photo", 3),
  ]

  /// A new record of a type.
  static func fresh(_ form: Form, _ number: Int, _ chance: inout Chance) -> Entry {
    let text = Value.text("#\(number)")
    let fields: [(String, Value)]
    switch form.type {
    case "contact-entry":
      fields =
        [("kind", .text("CHVS")), ("text", text)]
        + (chance.happens(300) ? [("sensitive", .text(chance.pick(["yes", "no"])))] : [])
    case "appointment":
      fields = [("type", .text("CHVS")), ("when", when(number, &chance)), ("place", text)]
    case "visit-plan":
      fields = [("when", when(number, &chance)), ("purpose", .text("supervision"))]
    case "risk-flag":
      fields = [
        ("code", .text("RVAD")), ("status", .text("active")),
        ("level", .text(chance.pick(levels))),
      ]
    case "risk-concern": fields = [("text", text), ("level", .text(chance.pick(["low", "high"])))]
    case "address": fields = [("address", address(number, &chance)), ("notes", text)]
    case "visit-record":
      // Laptops with an outdated catalogue let through what is no moment; the whole act goes down.
      fields = [("arrived", chance.happens(150) ? .text("noon") : .integer(Int64(number)))]
    case "drone-photo": fields = [("shape", .unknown(11, [0x5A, 1, UInt8(number % 256)]))]
    default: fields = [("text", text)]
    }
    return Entry(form: form, content: .set(fields))
  }

  /// What came of an appointment: its record is named by the appointment, so two people who report
  /// on it meet in one record.
  static func outcome(_ form: Form, of appointment: RecordID, _ chance: inout Chance) -> Entry {
    let claim = Value.composite([
      "code": .text(chance.pick(["ATTC", "UAAB", "AFTC"])), "present": .flag(chance.happens(500)),
    ])
    let isNew = form.shown == nil
    return Entry(
      form: form,
      content: .set(
        (isNew ? [("appointment", .text(appointment.description))] : []) + [("claim", claim)]))
  }

  /// Something else in a record that is shown.
  static func change(
    _ form: Form, _ number: Int, role: String, _ chance: inout Chance
  ) -> Entry {
    let mayDelete = PlainRule.mayDelete(form.type, role)
    if mayDelete ? chance.happens(150) : chance.happens(5) {
      return Entry(form: form, content: .delete)
    }
    let text = Value.text("#\(number)")
    let field: (String, Value)
    switch form.type {
    case "contact-entry":
      field = chance.pick([
        ("sensitive", .text("yes")), ("sensitive", .text("no")),
        ("observed", .text(chance.pick(["observed", "reported"]))),
        ("corrects", .text(form.record.description)),
      ])
    case "appointment":
      field = chance.pick([
        ("place", text), ("place", text), ("officer", text), ("when", when(number, &chance)),
        ("place", .none),
      ])
    case "visit-plan":
      let colleague = "accompanying/" + chance.pick(["kim", "sam"])
      field = chance.pick([
        ("safe-call", text), (colleague, .flag(true)), (colleague, .flag(false)),
        ("when", when(number, &chance)),
      ])
    case "risk-flag":
      field = chance.pick([
        ("level", .text(chance.pick(levels))), ("level", .text(chance.pick(levels))),
        ("status", .text(chance.pick(["active", "removed"]))), ("notes", text),
        ("next-review", .text("2026-0\(1 + chance.below(9))-01")),
      ])
    case "outcome-claim":
      let code = chance.pick(["ATTC", "UAAB"])
      field = ("claim", .composite(["code": .text(code)]))
    case "address":
      field = chance.pick([("address", address(number, &chance)), ("notes", text)])
    case "visit-record": field = ("observations", text)
    case "risk-concern": field = ("about", .text(chance.pick(["children", "public"])))
    case "case-header": field = ("tier", .text("B\(chance.below(3))"))
    default: field = ("shape", .unknown(11, [0x5A, 1, UInt8(number % 256)]))
    }
    return Entry(
      form: form, content: .set([field]), reason: chance.happens(400) ? "seen" : "")
  }

  private static let levels = ["information-only", "low", "medium", "high"]

  /// A day of this spring, or of the last: what was a year ago is too old for laptops within days.
  private static func when(_ number: Int, _ chance: inout Chance) -> Value {
    let days = ["2026-04-01", "2025-04-12", "2025-04-1\(3 + number % 7)"]
    return .composite([
      "date": .text(chance.pick(days)), "start": .text("\(10 + number % 10):10"),
    ])
  }

  private static func address(_ number: Int, _ chance: inout Chance) -> Value {
    .composite([
      "line-1": .text("#\(number)"), "town": .text("Caerdydd"), "postcode": .text("CF10 1AA"),
      "kind": .text("main"),
      "verified": .text(chance.pick(["unverified", "document", "door"])),
    ])
  }
}
