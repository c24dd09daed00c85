import SyncCore
import Testing

@testable import RecordCatalogue

@Suite struct `A case reference number` {
  @Test(arguments: [("X123456", "X123456"), ("x123456", "X123456"), (" D000001\n", "D000001")])
  func `is written with an upper-case letter`(text: String, canonical: String) {
    #expect(CRN(text)?.description == canonical)
  }

  @Test(arguments: [
    "", "X12345", "X1234567", "1234567", "XX12345", "X12345A", "X 12345", "É12345", "X12345٣",
    "X123456;", String(repeating: " ", count: 100) + "X123456",
  ])
  func `is refused in any other form`(text: String) {
    #expect(CRN(text) == nil)
  }
}

@Suite struct `A prison number` {
  @Test(arguments: [("A1234BC", "A1234BC"), ("a1234bc ", "A1234BC")])
  func `is a letter, four digits and two letters`(text: String, canonical: String) {
    #expect(NOMSNumber(text)?.description == canonical)
  }

  @Test(arguments: ["", "A1234B", "A1234BCD", "11234BC", "A12345C", "AA234BC", "A1234B1"])
  func `is refused in any other form`(text: String) {
    #expect(NOMSNumber(text) == nil)
  }
}

@Suite struct `A PNC number` {
  @Test(arguments: [
    ("1979/0163001B", "1979/0163001B"), ("19790163001B", "1979/0163001B"),
    ("79/163001B", "1979/0163001B"), ("79163001B", "1979/0163001B"),
    ("790163001B", "1979/0163001B"), ("79/0163001b ", "1979/0163001B"),
    ("02/73319Z", "2002/0073319Z"), ("033Y", "2003/0000003Y"), ("81/34U", "1981/0000034U"),
  ])
  func `is written in full, whatever it was shortened to`(text: String, canonical: String) {
    #expect(PNCIdentifier(text, currentYear: 2026)?.description == canonical)
  }

  @Test(arguments: [
    "", "B", "1979/0163001", "1979/0163001C", "1979/01630011B", "979/163001B", "1979//163001B",
    "1979/163001/B", "1979-0163001B", "19x9/0163001B", "/163001B", "79/B", "01B",
    "1979/0163001BB", "٧٩/163001B", "99999999999999999999999999999999999B",
  ])
  func `is refused if it is not one or its letter is wrong`(text: String) {
    #expect(PNCIdentifier(text, currentYear: 2026) == nil)
  }

  @Test(arguments: [(2026, "2026"), (2025, "1926"), (2099, "2026"), (2125, "2026"), (2126, "2126")])
  func `is of this century if its year has come`(currentYear: Int, century: String) {
    let letter = letter(of: "260000001")
    let pnc = PNCIdentifier("26/1\(letter)", currentYear: currentYear)
    #expect(pnc?.description == "\(century)/0000001\(letter)")
  }

  @Test(arguments: [Int.min, -1, 0, 10_000, Int.max])
  func `is read in any year that a clock may show`(currentYear: Int) {
    #expect(PNCIdentifier("79/163001B", currentYear: currentYear) != nil)
  }

  @Test(arguments: 0..<500 as Range<UInt64>)
  func `is taken with its own check letter and with no other`(seed: UInt64) {
    var chance = Chance(seed: seed)
    let year = 1900 + chance.below(200)
    let serial = pad(chance.below(10_000_000), 7)
    let good = letter(of: pad(year % 100, 2) + serial)
    let taken = letters.filter { PNCIdentifier("\(year)/\(serial)\($0)", currentYear: 2026) != nil }
    #expect(taken == [good])
    let canonical = PNCIdentifier("\(year)/\(serial)\(good)", currentYear: 2026)
    let again = canonical.flatMap { PNCIdentifier($0.description, currentYear: 2026) }
    #expect(canonical?.description == "\(year)/\(serial)\(good)")
    #expect(again == canonical)
  }
}

@Suite struct `A CRO number` {
  @Test(arguments: [
    ("265416/21G", "265416/21G"), ("65656/91H", "065656/91H"), ("065656/91h", "065656/91H"),
    ("SF05/482703J", "SF05/482703J"), ("sf83/50058z", "SF83/50058Z"),
  ])
  func `is written with its serial number in full, except in the SF form`(
    text: String, canonical: String
  ) {
    #expect(CRONumber(text)?.description == canonical)
  }

  @Test(arguments: [
    "", "G", "85227/65G", "265416/21H", "2654166/21G", "265416/2021G", "26541621G", "/21G",
    "SF/482703J", "SF05482703J", "SF5/482703J", "SF05/J", "SF05/4827030J", "SG05/482703J", "SFJ",
    "SF83/050058Z", "265416/21/G",
  ])
  func `is refused if it is not one or its letter is wrong`(text: String) {
    #expect(CRONumber(text) == nil)
  }

  @Test(arguments: 0..<500 as Range<UInt64>)
  func `is taken with its own check letter and with no other`(seed: UInt64) {
    var chance = Chance(seed: seed)
    let year = pad(chance.below(100), 2)
    let serial = pad(chance.below(1_000_000), 6)
    let short = pad(chance.below(1000), 1 + chance.below(5))
    let standard = letters.filter { CRONumber("\(serial)/\(year)\($0)") != nil }
    let other = letters.filter { CRONumber("SF\(year)/\(short)\($0)") != nil }
    #expect(standard == [letter(of: year + serial)])
    #expect(other == [letter(of: year + short)])
  }
}

private let letters = (UInt8(ascii: "A")...UInt8(ascii: "Z")).map { Character(Unicode.Scalar($0)) }

/// The check letter, worked out by long division, so that it shares nothing with the code it tests.
private func letter(of digits: String) -> Character {
  let remainder = digits.reduce(0) { ($0 * 10 + ($1.wholeNumberValue ?? 0)) % 23 }
  return Array("ZABCDEFGHJKLMNPQRTUVWXY")[remainder]
}

private func pad(_ number: Int, _ length: Int) -> String {
  let digits = String(number)
  return String(repeating: "0", count: max(0, length - digits.count)) + digits
}
