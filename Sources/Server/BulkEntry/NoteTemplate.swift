/// A sentence of a note with gaps: `{name} said that {he} had slept badly.`
struct NoteTemplate: Sendable {
  private enum Part: Sendable {
    case words(String)
    case gap(Gap)
  }

  /// What a gap is filled with.
  enum Gap: String, CaseIterable, Sendable {
    case name, he, him, his, home, relative, work, health, habit, aid, course, goal, pastime
    case upperHe = "He"
    case upperHis = "His"
    case day, time, few, weeks, amount, mark, tail
  }

  private let parts: [Part]

  /// Words in braces that name no gap stay as they are.
  init(_ text: String) {
    var parts: [Part] = []
    for (index, piece) in text.split(separator: "{", omittingEmptySubsequences: false).enumerated()
    {
      let halves = piece.split(separator: "}", maxSplits: 1, omittingEmptySubsequences: false)
      if index > 0, halves.count == 2, let gap = Gap(rawValue: String(halves[0])) {
        parts.append(.gap(gap))
        parts.append(.words(String(halves[1])))
      } else {
        parts.append(.words(index > 0 ? "{" + piece : String(piece)))
      }
    }
    self.parts = parts
  }

  /// Adds the sentence with its gaps filled.
  func write(_ person: Person, to text: inout String, _ chance: inout SplitMix64) {
    for part in parts {
      switch part {
      case .words(let words): text += words
      case .gap(.tail):
        Self.tails[chance.number(below: Self.tails.count)].write(person, to: &text, &chance)
      case .gap(let gap): text += Self.filling(of: gap, person, &chance)
      }
    }
  }

  private static func filling(
    of gap: Gap, _ person: Person, _ chance: inout SplitMix64
  ) -> String {
    let life = person.circumstances
    return switch gap {
    case .name: person.calledName
    case .he: person.isWoman ? "she" : "he"
    case .him: person.isWoman ? "her" : "him"
    case .his: person.isWoman ? "her" : "his"
    case .upperHe: person.isWoman ? "She" : "He"
    case .upperHis: person.isWoman ? "Her" : "His"
    case .home: life.home
    case .relative: life.relative
    case .work: life.work
    case .health: life.health
    case .habit: life.habit
    case .aid: life.aid
    case .course: life.course
    case .goal: life.goal
    case .pastime: life.pastime
    case .day: chance.one(of: days)
    case .time: clockText(chance.number(in: 108...205) * 5)
    case .few: chance.one(of: ["two", "three", "four", "five"])
    case .weeks: chance.one(of: ["a week", "a fortnight", "three weeks", "a month", "six weeks"])
    case .amount: "£\(chance.number(in: 4...90) * 5)"
    case .tail: ""
    case .mark: "\(chance.number(in: 3...9)) out of 10"
    }
  }

  /// How a sentence may go on, so that one said twice does not read the same.
  private static let tails = [
    "", "", ", and I believe {him}", ", which I shall check", ", and we left it there",
    ", as {he} had said that it would be", ", though {he} would not say more",
    ", and {he} wants that noted", ", which is new",
  ].map { NoteTemplate($0) }

  private static let days = ["Monday", "Tuesday", "Wednesday", "Thursday", "Friday"]
}
