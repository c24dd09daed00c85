import SyncCore

/// Assessments of serious harm, and the flags on a case.
extension CaseFile {
  /// Adds assessments when one was completed, and flags.
  mutating func addRisk() {
    if let level = person.level {
      let first = min(begins + chance.number(in: 4...18), yesterday).workingDayBefore(today)
      if first.days(until: today) > 300 {
        let earlier = chance.happens(700) ? level : chance.one(of: Person.Level.allCases, or: level)
        addAssessment(earlier, on: first)
        addAssessment(level, on: first + chance.number(in: 150...280))
      } else {
        addAssessment(level, on: first)
      }
      if let flag = level.flag { addFlag(flag, level: flagLevel(of: level), mayEnd: false) }
    }
    if person.level == .veryHigh || person.level == .high, chance.happens(450) {
      addFlag("MAPP", level: "high", mayEnd: false)
    }
    for (flag, share) in Self.flags where chance.happens(share) {
      addFlag(flag, level: chance.one(of: ["low", "medium", "medium", "high"]), mayEnd: true)
    }
  }

  /// Flags in a thousand cases.
  private static let flags = [
    ("risk-to-staff", 30), ("risk-to-probation-staff", 15), ("RMDO", 150), ("ALSH", 100),
    ("RVLN", 100), ("RCCO", 110), ("RCPR", 35), ("RVAD", 35), ("STRG", 30), ("IIOM", 55),
  ]

  private func flagLevel(of level: Person.Level) -> String {
    switch level {
    case .low: "low"
    case .medium: "medium"
    case .high, .veryHigh: "high"
    }
  }

  private mutating func addAssessment(_ level: Person.Level, on day: Day) {
    let words = RiskWords.of(level)
    _ = entries.add(
      "rosh-summary",
      [
        "overall": .text(level.rawValue), "assessed-on": .text(day.text),
        "who-at-risk": .text(chance.one(of: words.who)),
        "nature": .text(chance.one(of: RiskWords.natures)),
        "imminence": .text(chance.one(of: words.imminence)),
        "increases": .text(
          "Relapse into \(person.circumstances.habit); losing \(person.circumstances.home)."),
        "mitigates": .text(
          "Work with \(person.circumstances.aid); \(person.circumstances.pastime); visits."),
      ], by: .office, at: day.moment(16 * 60 + chance.number(below: 60)), &chance)
  }

  /// - Parameter mayEnd: whether a senior may have removed it since.
  private mutating func addFlag(_ code: String, level: String, mayEnd: Bool) {
    let day = min(begins + chance.number(in: 1...20), yesterday).workingDayBefore(today)
    let review = today + chance.number(in: -20...160)
    let id = entries.add(
      "risk-flag",
      [
        "code": .text(code), "level": .text(level), "status": .text("active"),
        "next-review": .text(review.text), "notes": .text(chance.one(of: RiskWords.reasons)),
      ], by: chance.happens(700) ? .office : officer,
      at: day.moment(11 * 60 + chance.number(below: 60)), &chance)
    let ended = day + chance.number(in: 60...200)
    if mayEnd, ended < today, chance.happens(120) {
      entries.set(
        id, "risk-flag", ["status": .text("removed")], by: senior, at: ended.moment(15 * 60),
        reason: "Reviewed with the officer: no longer needed.")
    }
  }
}

extension Day {
  /// This day, the next one worked, or, when that is not before `limit`, the last one that is.
  func workingDayBefore(_ limit: Day) -> Day {
    let day = workingDay
    return day < limit ? day : limit.previousWorkingDay
  }
}

/// What assessments and flags say.
private enum RiskWords {
  static func of(_ level: Person.Level) -> (who: [String], imminence: [String]) {
    switch level {
    case .low:
      (
        ["No one in particular.", "Members of the public, slightly."],
        ["Not imminent. No sign of planning."]
      )
    case .medium:
      (
        ["A known adult: a former partner.", "Members of the public when out drinking."],
        ["Unlikely unless circumstances change.", "Greater at weekends and after an argument."]
      )
    case .high:
      (
        ["A known adult and her children.", "The public; staff when challenged."],
        ["Could happen at any time once drinking starts.", "Likely if contact is resumed."]
      )
    case .veryHigh:
      (
        ["A known adult; children; the public."],
        ["More likely than not to happen as soon as the opportunity is there."]
      )
    }
  }

  static let natures = [
    "Physical harm by assault, mostly after drinking.", "Fear and distress by threats.",
    "Harm by dangerous driving.", "Emotional harm by controlling behaviour.",
    "Loss and distress by burglary of homes.", "Harm by supply of drugs.",
  ]

  static let reasons = [
    "From the assessment at the start of the order.", "Raised after a call from a partner agency.",
    "Carried over from an earlier sentence.", "Raised by the officer after a home visit.",
    "Agreed at the allocation meeting.",
  ]
}
