/// Prison, police and records-office numbers in their right form, unique in a population, and of
/// nobody.
struct PoliceNumbers: Sendable {
  private let cases: Scatter
  private let prison: Scatter
  private let police: Scatter
  private let records: Scatter

  init(_ chance: inout SplitMix64) {
    cases = Scatter(below: 1_000_000, &chance)
    prison = Scatter(below: 26 * 26 * 26 * 10_000, &chance)
    police = Scatter(below: 10_000_000, &chance)
    records = Scatter(below: 1_000_000, &chance)
  }

  /// The most that there are: 26 letters with a million numbers each.
  static let most = 26_000_000

  /// X first, which is the letter that people expect of an example.
  func crn(_ index: Int) -> String {
    let letter = (UInt8(ascii: "X") - 65 + UInt8(index / 1_000_000 % 26)) % 26
    return Self.letter(Int(letter)) + Self.digits(cases[index % 1_000_000], 6)
  }

  /// A letter, four digits, two letters.
  func noms(_ index: Int) -> String {
    let number = prison[index]
    let letters = number / 10_000
    return Self.letter(letters / 676 % 26) + Self.digits(number % 10_000, 4)
      + Self.letter(letters / 26 % 26) + Self.letter(letters % 26)
  }

  /// `YYYY/NNNNNNNC`, with the check letter over the last two digits of the year and the number.
  func pnc(_ index: Int, year: Int) -> String {
    let year = min(max(year, 1900), 9999)
    let serial = police[index]
    return Self.digits(year, 4) + "/" + Self.digits(serial, 7)
      + Self.check(year % 100 * 10_000_000 + serial)
  }

  /// `NNNNNN/YYC`, with the check letter over year and number.
  func cro(_ index: Int, year: Int) -> String {
    let serial = records[index]
    let short = min(max(year, 1900), 9999) % 100
    return Self.digits(serial, 6) + "/" + Self.digits(short, 2)
      + Self.check(short * 1_000_000 + serial)
  }

  private static let checkLetters = Array("ZABCDEFGHJKLMNPQRTUVWXY".utf8)

  private static func check(_ number: Int) -> String {
    String(decoding: [checkLetters[number % checkLetters.count]], as: UTF8.self)
  }

  private static func letter(_ number: Int) -> String {
    String(decoding: [UInt8(65 + number)], as: UTF8.self)
  }

  private static func digits(_ number: Int, _ width: Int) -> String {
    let text = String(number)
    return String(repeating: "0", count: max(0, width - text.utf8.count)) + text
  }
}
