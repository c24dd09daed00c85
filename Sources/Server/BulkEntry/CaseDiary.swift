import SyncCore

/// An appointment that was kept or missed, for the contact log to tell of.
struct PastAppointment: Sendable {
  let type: String
  let day: Day
  /// Minutes after midnight, local time.
  let start: Int
  let end: Int
  let wasKept: Bool
}

/// One appointment while it is being made up.
private struct Meeting {
  let record: RecordID
  let type: String
  let day: Day
  let start: Int
  let end: Int
  let arranged: Day

  var isVisit: Bool { type == "CHVS" || type == "COHV" }

  /// The composite that appointments and plans share.
  var when: Value {
    .composite([
      "date": .text(day.text), "start": .text(clockText(start)), "end": .text(clockText(end)),
    ])
  }
}

/// Appointments, what came of them, and visits.
extension CaseFile {
  /// Weeks of the diary that are arranged ahead, in days.
  private static let ahead = 42

  /// - Returns: the past appointments whose outcome was recorded, oldest first.
  mutating func addDiary(_ home: Home) -> [PastAppointment] {
    var past: [PastAppointment] = []
    var lastVisit = since - chance.number(below: visitRhythm)
    var day = since + chance.number(in: 1...max(1, min(rhythm, 12)))
    var isFirst = since == begins
    var isVerified = false
    while day < today + Self.ahead {
      let held = day.workingDay
      let isVisit = !isFirst && lastVisit.days(until: held) >= visitRhythm
      let type = isFirst ? "COAI" : isVisit ? "CHVS" : officeType()
      let meeting = addAppointment(type, on: held, home)
      let plan = isVisit ? addPlan(for: meeting, home) : nil
      if isVisit { lastVisit = held }
      if held < today, let code = addOutcome(of: meeting) {
        past.append(
          PastAppointment(
            type: type, day: held, start: meeting.start, end: meeting.end,
            wasKept: Self.kept.contains(code)))
        if isVisit {
          let isSeen = addVisit(meeting, plan, code)
          if isSeen, !isVerified {
            verify(home, after: meeting)
            isVerified = true
          }
        }
      }
      isFirst = false
      day = held + max(1, rhythm + chance.number(in: -2...2))
    }
    return past
  }

  private var rhythm: Int { person.level?.rhythm ?? 14 }
  private var visitRhythm: Int { person.level?.visitRhythm ?? 42 }

  private mutating func officeType() -> String {
    chance.one(by: [
      ("COAP", 700), ("COPT", 150), ("COVC", 80), ("CODC", 40), ("COOO", 20), ("C084", 10),
    ]) ?? "COAP"
  }

  private mutating func addAppointment(_ type: String, on day: Day, _ home: Home) -> Meeting {
    let start = 540 + chance.number(in: 0...42) * 10
    let end = start + chance.one(of: [20, 30, 30, 45, 60], or: 30)
    let arranged = max(begins, min(day - chance.number(in: 6...15), today - 1))
      .workingDayBefore(min(day, today))
    let place =
      type == "CHVS" || type == "CODC"
      ? "\(home.lines.line1), \(home.lines.town)" : chance.one(of: Places.offices)
    let moment = arranged.moment(600 + chance.number(below: 240))
    let meeting = Meeting(
      record: .timeOrdered(at: moment, random: chance.wide()), type: type, day: day, start: start,
      end: end, arranged: arranged)
    entries.set(
      meeting.record, "appointment",
      [
        "type": .text(type), "when": meeting.when, "place": .text(place),
        "officer": .text(officer.name),
      ], by: officer, at: moment)
    return meeting
  }

  /// Plans are made on the working day before, so those further ahead have none yet.
  private mutating func addPlan(for meeting: Meeting, _ home: Home) -> RecordID? {
    let day = max(meeting.day.previousWorkingDay, meeting.arranged)
    guard day < today else { return nil }
    var fields: [String: Value] = [
      "appointment": .reference(meeting.record), "address": .reference(home.record),
      "when": meeting.when,
      "purpose": .text(chance.one(of: Self.purposes)),
      "expected-finish": .instant(meeting.day.moment(meeting.end + 20)),
      "safe-call": .text("Duty desk, 07700 900\(chance.number(in: 100...999))"),
    ]
    // The name of a set and of an element share the bytes of a field's name.
    let element = "accompanying/\(colleague.name)"
    let isGuarded = person.level == .high || person.level == .veryHigh
    if isGuarded, colleague.name != officer.name, element.utf8.count <= Limits.standard.nameBytes {
      fields[element] = .flag(true)
    }
    return entries.add(
      "visit-plan", fields, by: officer, at: day.moment(900 + chance.number(below: 120)), &chance)
  }

  private static let purposes = ["supervision", "supervision", "compliance", "safeguarding"]

  /// - Returns: the outcome's code, or `nil` where the officer has yet to record one.
  private mutating func addOutcome(of meeting: Meeting) -> String? {
    let isRecent = meeting.day.days(until: today) <= 5
    guard chance.happens(isRecent ? 700 : 985) else { return nil }
    let code = chance.one(by: Self.outcomes) ?? "ATTC"
    let evidence = Self.evidence[code].map { chance.one(of: $0) }
    entries.set(
      .named("outcome-claim", meeting.record.description), "outcome-claim",
      [
        "appointment": .reference(meeting.record),
        "claim": .composite([
          "code": .text(code), "present": .flag(!code.hasPrefix("RS")),
          "evidence": .optional(evidence),
        ]),
      ], by: officer, at: writtenUp(meeting))
    return code
  }

  /// Outcomes in a thousand appointments.
  private static let outcomes: [(String, Int)] = [
    ("ATTC", 795), ("AFTC", 20), ("UAAB", 50), ("AFTA", 30), ("AAME", 40),
    ("AAEM", 30), ("AAFC", 10), ("AAHO", 5), ("RSSR", 12), ("RSOF", 8),
  ]

  /// Outcomes of appointments at which the person was seen.
  private static let kept: Set<String> = ["ATTC", "AFTC"]

  private static let evidence = [
    "AAME": ["Fit note seen.", "Hospital letter shown on a phone.", "Text from the surgery."],
    "AAEM": ["Rota sent by the employer.", "Call from the supervisor."],
    "AFTA": ["Evidence asked for; due within seven days."],
  ]

  private mutating func writtenUp(_ meeting: Meeting) -> Timestamp {
    let next = (meeting.day + 1).workingDay
    guard next < today, chance.happens(250) else {
      return meeting.day.moment(meeting.end + chance.number(in: 5...130))
    }
    return next.moment(540 + chance.number(below: 120))
  }

  /// - Returns: whether the person was seen at home.
  private mutating func addVisit(_ meeting: Meeting, _ plan: RecordID?, _ code: String) -> Bool {
    guard code != "RSSR", code != "RSOF" else { return false }
    let isSeen = Self.kept.contains(code)
    let arrived = meeting.start + chance.number(in: -5...20)
    let left = arrived + (isSeen ? chance.number(in: 15...50) : chance.number(in: 3...10))
    let away = chance.happens(900) ? "not-in" : "access-refused"
    _ = entries.add(
      "visit-record",
      [
        "plan": plan.map { .reference($0) } ?? .none, "appointment": .reference(meeting.record),
        "arrived": .instant(meeting.day.moment(arrived)),
        "left": .instant(meeting.day.moment(left)), "seen": .text(isSeen ? "seen" : away),
        "who-present": isSeen ? .text(present()) : .none,
        "observations": .text(
          isSeen
            ? NoteWriter.note(on: "CHVS", of: person, &chance)
            : "Rang and knocked three times, waited, and left a card with the office number."),
      ], by: officer, at: meeting.day.moment(left + chance.number(in: 5...60)), &chance)
    return isSeen
  }

  private mutating func present() -> String {
    let relative = person.circumstances.relative
    return chance.one(of: [
      "\(person.calledName) alone.", "\(person.calledName) and the \(relative).",
      person.circumstances.hasChildren
        ? "\(person.calledName), the \(relative) and two children."
        : "\(person.calledName) and a neighbour who left.",
    ])
  }

  /// The address as seen at the door.
  private mutating func verify(_ home: Home, after meeting: Meeting) {
    entries.set(
      home.record, "address",
      ["address": address(home.lines, "main", verified: "door", on: meeting.day)],
      by: officer, at: meeting.day.moment(meeting.end + 130))
  }
}
