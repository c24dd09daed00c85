/// A case reference number: the person's key in nDelius, one letter and six digits.
///
/// Lower case is taken and written as upper, as the service's own pages do. One person may have had
/// several.
public struct CRN: Hashable, Comparable, Sendable, CustomStringConvertible {
  /// The canonical form, for instance `X123456`.
  public let description: String

  /// `nil` for what cannot be one. Blanks around it are passed over.
  public init?(_ text: String) {
    let bytes = tidied(text)
    guard bytes.count == 7, isLetter(bytes[0]), bytes[1...].allSatisfy(isDigit) else { return nil }
    description = String(decoding: bytes, as: UTF8.self)
  }

  public static func < (left: Self, right: Self) -> Bool { left.description < right.description }
}

/// A prison number: a letter, four digits, two letters.
public struct NOMSNumber: Hashable, Comparable, Sendable, CustomStringConvertible {
  /// The canonical form, for instance `A1234BC`.
  public let description: String

  /// `nil` for what cannot be one. Blanks around it are passed over, lower case is taken.
  public init?(_ text: String) {
    let bytes = tidied(text)
    guard bytes.count == 7, isLetter(bytes[0]), bytes[1...4].allSatisfy(isDigit),
      bytes[5...].allSatisfy(isLetter)
    else { return nil }
    description = String(decoding: bytes, as: UTF8.self)
  }

  public static func < (left: Self, right: Self) -> Bool { left.description < right.description }
}

/// A Police National Computer id: a year, a serial number and a check letter.
///
/// The check letter stands over the last two digits of the year and the serial number of seven
/// digits. A wrong one is refused rather than stored: a mistyped id would tie the record to another
/// person.
public struct PNCIdentifier: Hashable, Comparable, Sendable, CustomStringConvertible {
  /// The canonical form, `YYYY/NNNNNNNC`, for instance `1979/0163001B`.
  public let description: String

  /// Reads `YYYY/N…C` or `YY/N…C` with one to seven digits after the slash. Without a slash, up to
  /// nine digits begin with a year of two digits, ten and eleven with a year of four.
  /// - Parameter currentYear: a year of two digits up to this one's is of this century, any other
  ///   of the last.
  public init?(_ text: String, currentYear: Int) {
    let bytes = tidied(text)
    guard let check = bytes.last, isLetter(check) else { return nil }
    var parts = bytes.dropLast().split(
      separator: UInt8(ascii: "/"), omittingEmptySubsequences: false)
    if parts.count == 1 {
      let digits = parts[0]
      let yearLength = digits.count <= 9 ? 2 : 4
      parts = [digits.prefix(yearLength), digits.dropFirst(yearLength)]
    }
    guard parts.count == 2, parts[0].count == 2 || parts[0].count == 4,
      (1...7).contains(parts[1].count),
      let given = number(parts[0]), let serial = number(parts[1])
    else { return nil }
    guard checkLetter(given % 100 * 10_000_000 + serial) == check else { return nil }
    let year = parts[0].count == 4 ? given : Self.fullYear(given, currentYear: currentYear)
    let letter = String(decoding: [check], as: UTF8.self)
    description = "\(padded(year, to: 4))/\(padded(serial, to: 7))\(letter)"
  }

  private static func fullYear(_ short: Int, currentYear: Int) -> Int {
    let current = min(max(currentYear, 1900), 9999)
    let century = current / 100 * 100
    return short <= current % 100 ? century + short : century - 100 + short
  }

  public static func < (left: Self, right: Self) -> Bool { left.description < right.description }
}

/// A Criminal Records Office number: a serial number, a year of two digits and a check letter; or,
/// in its other form, `SF`, the year, the serial number and the check letter.
public struct CRONumber: Hashable, Comparable, Sendable, CustomStringConvertible {
  /// The canonical form: `NNNNNN/YYC`, for instance `065656/91H`, or `SFYY/N…C` as given, for
  /// instance `SF83/50058Z`.
  public let description: String

  /// `nil` for what cannot be one. Blanks around it are passed over, lower case is taken.
  public init?(_ text: String) {
    let bytes = tidied(text)
    guard let check = bytes.last, isLetter(check) else { return nil }
    let letter = String(decoding: [check], as: UTF8.self)
    let isSF = bytes.starts(with: "SF".utf8)
    let parts = bytes.dropLast().dropFirst(isSF ? 2 : 0)
      .split(separator: UInt8(ascii: "/"), omittingEmptySubsequences: false)
    guard parts.count == 2 else { return nil }
    let (yearDigits, serialDigits) = isSF ? (parts[0], parts[1]) : (parts[1], parts[0])
    guard yearDigits.count == 2, (1...6).contains(serialDigits.count),
      let year = number(yearDigits),
      let serial = number(serialDigits)
    else { return nil }
    if isSF {
      // In this form the serial number is checked and kept at the length it was given.
      guard let whole = number(yearDigits + serialDigits), checkLetter(whole) == check else {
        return nil
      }
      description = "SF\(padded(year, to: 2))/\(padded(serial, to: serialDigits.count))\(letter)"
    } else {
      guard checkLetter(year * 1_000_000 + serial) == check else { return nil }
      description = "\(padded(serial, to: 6))/\(padded(year, to: 2))\(letter)"
    }
  }

  public static func < (left: Self, right: Self) -> Bool { left.description < right.description }
}

/// The letter that police identifiers end in. I, O and S are left out, because they look like
/// digits.
private func checkLetter(_ number: Int) -> UInt8 {
  let letters = Array("ZABCDEFGHJKLMNPQRTUVWXY".utf8)
  return letters[number % letters.count]
}

/// Without blanks around it, in upper case; empty for anything too long to be an identifier.
private func tidied(_ text: String) -> [UInt8] {
  let bytes = text.utf8
  guard bytes.count <= 64 else { return [] }
  let isBlank = { (byte: UInt8) in byte == UInt8(ascii: " ") || (9...13).contains(byte) }
  let inner = bytes.drop(while: isBlank).reversed().drop(while: isBlank).reversed()
  return inner.map { (UInt8(ascii: "a")...UInt8(ascii: "z")).contains($0) ? $0 - 32 : $0 }
}

private func isDigit(_ byte: UInt8) -> Bool {
  (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte)
}

private func isLetter(_ byte: UInt8) -> Bool {
  (UInt8(ascii: "A")...UInt8(ascii: "Z")).contains(byte)
}

/// At most eleven digits as a number; `nil` for anything else.
private func number(_ digits: some Collection<UInt8>) -> Int? {
  guard (1...11).contains(digits.count), digits.allSatisfy(isDigit) else { return nil }
  return digits.reduce(0) { $0 * 10 + Int($1 - UInt8(ascii: "0")) }
}

private func padded(_ number: Int, to length: Int) -> String {
  let digits = String(number)
  return String(repeating: "0", count: max(0, length - digits.count)) + digits
}
