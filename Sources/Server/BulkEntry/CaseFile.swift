import RecordCatalogue
import SyncCore

/// One case while it is being made up.
struct CaseFile {
  let crn: CRN
  let caseID: CaseID
  let person: Person
  let officer: Author
  let senior: Author
  /// Who stands in for the officer.
  let colleague: Author
  let today: Day
  let contactsPerYear: Int
  var chance: SplitMix64
  var entries = CaseEntries()

  private let noms: String
  private let pnc: String
  private let cro: String

  init(
    index: Int, crn: CRN, officer: Int, population: Population, chance: SplitMix64
  ) {
    var chance = chance
    let staff = population.staff
    self.crn = crn
    caseID = .named("case", crn.description)
    today = population.today
    contactsPerYear = population.contactsPerYear
    person = Person(today: today, &chance)
    self.officer = Author(name: staff.officer(officer), role: .officer)
    colleague = Author(name: staff.officer(officer + 1), role: .officer)
    senior = Author(name: staff.senior(of: officer), role: .senior)
    let year = person.born.parts.year + 14 + chance.number(below: 4)
    noms = population.numbers.noms(index)
    pnc = population.numbers.pnc(index, year: min(year, today.parts.year))
    cro = population.numbers.cro(index, year: min(year + 1, today.parts.year))
    self.chance = chance
  }

  /// Makes everything that was entered in the case until yesterday.
  mutating func fill() {
    addHeader()
    let home = addAddresses()
    addRisk()
    let past = addDiary(home)
    addContacts(past)
    addDocuments()
  }

  /// From here on things are entered in this case.
  var begins: Day { person.begins }
  var yesterday: Day { today - 1 }
  /// The first day of the twelve months, or of the sentence if that is later.
  var since: Day { max(begins, today - 365) }

  private mutating func addHeader() {
    let name = Value.composite([
      "forename": .text(person.forename), "middle": .optional(person.middle),
      "surname": .text(person.surname), "preferred": .optional(person.preferred),
    ])
    let sentence = Value.composite([
      "type": .text(person.sentence.rawValue), "start": .text(begins.text),
      "end": .text(person.ends.text), "court": .text(chance.one(of: Places.courts)),
    ])
    entries.set(
      .named("case-header", crn.description), "case-header",
      [
        "crn": .text(crn.description), "name": name, "date-of-birth": .text(person.born.text),
        "noms": person.sentence == .custody || chance.happens(300) ? .text(noms) : .none,
        "pnc": chance.happens(960) ? .text(pnc) : .none,
        "cro": chance.happens(700) ? .text(cro) : .none,
        "language": .text(person.language), "interpreter": .flag(person.needsInterpreter),
        "sentence": sentence, "tier": person.level.map { .text(tier(of: $0)) } ?? .none,
        "responsible-officer": .text(officer.name), "senior": .text(senior.name),
      ], by: .office, at: begins.moment(9 * 60))
  }

  /// How much protection, A to D, and how much change, 0 to 3.
  private mutating func tier(of level: Person.Level) -> String {
    let letter =
      switch level {
      case .veryHigh: "A"
      case .high: "B"
      case .medium: "C"
      case .low: "D"
      }
    return letter + String(chance.number(below: 4))
  }

  /// - Returns: the main address, where visits go.
  private mutating func addAddresses() -> Home {
    let main = makeAddress()
    let moment = begins.moment(9 * 60 + 20)
    let notes =
      person.circumstances.animal.map { "There is \($0) in the house; ring before knocking." }
    let id = entries.add(
      "address",
      [
        "address": address(main, "main", verified: chance.happens(500) ? "document" : "unverified"),
        "notes": .optional(notes),
      ], by: .office, at: moment, &chance)
    for kind in ["previous", "other"] where chance.happens(kind == "previous" ? 550 : 180) {
      _ = entries.add(
        "address", ["address": address(makeAddress(), kind, verified: "unverified")], by: .office,
        at: moment, &chance)
    }
    return Home(record: id, lines: main)
  }

  private mutating func makeAddress() -> AddressLines {
    let street = chance.one(of: Places.streets) + " " + chance.one(of: Places.streetKinds)
    let flat = chance.happens(300) ? "Flat \(chance.number(in: 1...24))" : nil
    let letters = Places.postcodeLetters
    let ending = [chance.one(of: letters, or: 65), chance.one(of: letters, or: 65)]
    let area = chance.one(of: Places.postcodeAreas) + String(chance.number(in: 1...99))
    return AddressLines(
      line1: "\(chance.number(in: 1...180)) \(street)", line2: flat,
      town: chance.one(of: Places.towns), county: chance.one(of: Places.counties),
      postcode: area + " " + String(chance.number(below: 10))
        + String(decoding: ending, as: UTF8.self))
  }

  /// The address as the catalogue has it.
  func address(
    _ lines: AddressLines, _ kind: String, verified: String, on day: Day? = nil
  ) -> Value {
    .composite([
      "line-1": .text(lines.line1), "line-2": .optional(lines.line2), "town": .text(lines.town),
      "county": .text(lines.county), "postcode": .text(lines.postcode), "kind": .text(kind),
      "verified": .text(verified), "verified-on": .optional(day?.text),
    ])
  }
}

/// Where somebody lives.
struct AddressLines: Sendable {
  let line1: String
  let line2: String?
  let town: String
  let county: String
  let postcode: String
}

/// The address that visits go to, and its record.
struct Home: Sendable {
  let record: RecordID
  let lines: AddressLines
}

extension Value {
  /// A text, or nothing.
  static func optional(_ text: String?) -> Value { text.map { .text($0) } ?? .none }

  /// A reference to a record.
  static func reference(_ id: RecordID) -> Value { .text(id.description) }

  static func instant(_ moment: Timestamp) -> Value { .integer(moment.milliseconds) }
}
