import SyncCore

/// The contact log of the last twelve months, and what papers there are.
extension CaseFile {
  /// - Parameter past: appointments with an outcome, oldest first; most have an entry of their own.
  mutating func addContacts(_ past: [PastAppointment]) {
    var left = wantedContacts
    for appointment in past.reversed() where left > 0 && chance.happens(800) {
      addContact(
        appointment.type, about: appointment.wasKept ? appointment.type : NoteOpenings.missed,
        on: appointment.day, at: appointment.start)
      left -= 1
    }
    while left > 0 {
      let kind = chance.one(by: Self.kinds) ?? "CTOB"
      let day = since + chance.number(below: since.days(until: today))
      let held = chance.happens(950) ? day.workingDayBefore(today) : day
      let minute = 510 + chance.number(below: 570)
      let made = addContact(kind, about: kind, on: held, at: minute)
      left -= 1
      let later = (held + 1).workingDay
      if left > 0, later < today, chance.happens(10) {
        addCorrection(of: made, kind, on: held, at: minute, written: later)
        left -= 1
      }
    }
  }

  /// The mean of the case's level for the days that it ran, a quarter more or less.
  private var wantedContacts: Int {
    mutating get {
      let yearly = contactsPerYear * (person.level?.contactShare ?? 100)
      let days = since.days(until: today)
      let spread = chance.number(in: 75...125)
      // Rounded by chance, so that small means are met as well.
      return (yearly * days * spread + chance.number(below: 3_650_000)) / 3_650_000
    }
  }

  /// Kinds in a thousand contacts that were not appointments.
  private static let kinds: [(String, Int)] = [
    ("CTOB", 270), ("CTOA", 210), ("CMOB", 150), ("CMOA", 110), ("C204", 80), ("CSPO", 60),
    ("C157", 35), ("CNDC", 25), ("C161", 20), ("C280", 20), ("CARR", 10), ("CMS47", 10),
  ]

  /// - Parameter topic: what the note is about: the kind, or `NoteOpenings.missed`.
  @discardableResult
  private mutating func addContact(
    _ kind: String, about topic: String, on day: Day, at minute: Int
  ) -> RecordID {
    let author =
      chance.one(by: [(officer, 880), (colleague, 60), (Author.administrator, 60)]) ?? officer
    let isSensitive = kind == "CNDC" || chance.happens(20)
    let written = min(minute + chance.number(in: 15...200), 1425)
    return entries.add(
      "contact-entry",
      [
        "kind": .text(kind), "on": on(day, minute),
        "text": .text(NoteWriter.note(on: topic, of: person, &chance)),
        "sensitive": .text(isSensitive ? "yes" : "no"),
        "observed": .text(Self.reported.contains(kind) ? "reported" : "observed"),
      ], by: author, at: day.moment(written), &chance)
  }

  private mutating func addCorrection(
    of entry: RecordID, _ kind: String, on day: Day, at minute: Int, written: Day
  ) {
    let text =
      "Correction to my entry of \(day.text): I wrote it up from memory and have since checked my "
      + "notebook. The day and the kind of contact are right, but the next appointment that I gave "
      + "was for another person; \(person.calledName) has been told the right one by text."
    _ = entries.add(
      "contact-entry",
      [
        "kind": .text(kind), "on": on(day, minute), "text": .text(text),
        "sensitive": .text("no"), "corrects": .reference(entry), "observed": .text("observed"),
      ], by: officer, at: written.moment(540 + chance.number(below: 200)), &chance)
  }

  /// Kinds that come to the officer from somebody else.
  private static let reported: Set<String> = ["C204", "C157", "C161", "CARR", "CNDC"]

  private func on(_ day: Day, _ minute: Int) -> Value {
    .composite(["date": .text(day.text), "time": .text(clockText(minute))])
  }

  /// None to three; the files themselves are not made.
  mutating func addDocuments() {
    for _ in 0..<chance.number(in: 0...3) {
      let day = (since + chance.number(below: since.days(until: today))).workingDayBefore(today)
      let moment = day.moment(600 + chance.number(below: 400))
      let isPhoto = chance.happens(150)
      _ = entries.add(
        "document-metadata",
        [
          "title": .text(isPhoto ? "Photograph of a letter" : chance.one(of: Self.titles)),
          "media-type": .text(isPhoto ? "jpeg" : "pdf"),
          "size": .integer(Int64(chance.number(in: 12_000...2_400_000))),
          "sha-256": .text(Hash(of: chance.wide().bigEndianBytes).description),
          "at": .instant(moment),
        ], by: .administrator, at: moment, &chance)
    }
  }

  private static let titles = [
    "Order of the court", "Letter about an appointment", "Consent to share information",
    "Fit note", "Report of the programme tutor", "Tenancy letter", "Signed induction form",
  ]
}

extension UInt128 {
  fileprivate var bigEndianBytes: [UInt8] { withUnsafeBytes(of: bigEndian) { Array($0) } }
}
