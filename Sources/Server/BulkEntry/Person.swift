/// Somebody who does not exist, with what an officer would know of them.
struct Person: Sendable {
  /// How harmful a completed assessment found them; `nil` stands for none completed.
  ///
  /// Shares in a thousand, chosen so that every level is seen in a demonstration; they are nobody's
  /// published figures.
  static let levels: [(Level?, Int)] = [
    (nil, 70), (.low, 220), (.medium, 500), (.high, 185), (.veryHigh, 25),
  ]

  enum Level: String, CaseIterable, Sendable {
    case low, medium, high
    case veryHigh = "very-high"

    /// Days between appointments.
    var rhythm: Int {
      switch self {
      case .low: 28
      case .medium: 14
      case .high, .veryHigh: 7
      }
    }

    /// Days between home visits.
    var visitRhythm: Int {
      switch self {
      case .low, .medium: 84
      case .high: 42
      case .veryHigh: 21
      }
    }

    /// The registration that goes with the level; low has none.
    var flag: String? {
      switch self {
      case .low: nil
      case .medium: "RMRH"
      case .high: "RHRH"
      case .veryHigh: "RVHR"
      }
    }

    /// Contacts in hundredths of the mean, so that those of all levels together meet it.
    var contactShare: Int {
      switch self {
      case .low: 60
      case .medium: 100
      case .high: 137
      case .veryHigh: 178
      }
    }
  }

  enum Sentence: String, Sendable {
    case community, custody
    case preSentence = "pre-sentence"
  }

  let isWoman: Bool
  let forename: String
  let middle: String?
  let surname: String
  let preferred: String?
  let born: Day
  let level: Level?
  let sentence: Sentence
  let begins: Day
  let ends: Day
  let language: String
  let needsInterpreter: Bool
  let circumstances: Circumstances

  init(today: Day, _ chance: inout SplitMix64) {
    isWoman = chance.happens(110)
    forename = chance.one(of: isWoman ? Names.women : Names.men)
    middle = chance.happens(350) ? chance.one(of: isWoman ? Names.women : Names.men) : nil
    surname = chance.one(of: Names.surnames)
    preferred = chance.happens(250) ? middle : nil
    // Between 18 and 70, most of them under 45.
    let years = 18 + min(chance.number(below: 53), chance.number(below: 53))
    born = today - years * 365 - years / 4 - chance.number(below: 364) - 1
    level = chance.one(by: Self.levels) ?? nil
    sentence =
      chance.one(by: [(.community, 580), (.custody, 390), (.preSentence, 30)]) ?? .community
    let served =
      sentence == .preSentence
      ? chance.number(in: 10...35)
      : chance.happens(800) ? chance.number(in: 366...1200) : chance.number(in: 20...365)
    begins = (today - served).workingDay
    ends = today + chance.number(in: sentence == .custody ? 60...1500 : 30...700)
    language = chance.one(by: [("en", 955), ("cy", 20), ("other", 25)]) ?? "en"
    needsInterpreter = language == "other" && chance.happens(700)
    circumstances = Circumstances(isWoman: isWoman, &chance)
  }

  /// What they are called when spoken of.
  var calledName: String { preferred ?? forename }
}
