/// Where a change comes from.
public enum Origin: Hashable, Sendable {
  case device
  /// The office itself: imports, feeds, operators.
  case office
}

extension Record {
  /// The rule's other question, asked at write time on both sides: may this author set these fields
  /// to these values now?
  ///
  /// - Parameters:
  ///   - record: the record as it stands; `nil` if there is none yet.
  ///   - policy: `nil` for a type that this catalogue does not know: it is carried, not dropped.
  ///   - mayBeLost: this store was put back from a backup and may lack what the author saw. Then an
  ///     edit of what is not there is admitted, for the rest may come home later.
  /// - Returns: why not, or `nil` when it is admitted.
  public static func refusal(
    of change: Change, to record: Record?, policy: TypePolicy?, origin: Origin,
    mayBeLost: Bool = false
  ) -> Refusal? {
    let body = change.body
    if let record {
      guard record.type == body.type, record.caseID == body.caseID else { return .identityChanged }
    } else if !body.context.isEmpty, !mayBeLost {
      return .recordUnknown
    }
    if case .set(let members) = body.action, members.contains(where: \.forgesDeletion) {
      return .invalid(field: deletionField)
    }
    guard let policy else { return nil }
    let seen = record.map { body.context.met(with: $0.version) } ?? VersionVector()
    switch body.action {
    case .delete:
      return policy.deleters.contains(body.role) ? nil : .roleMayNotDelete
    case .set(let members):
      let isNew = mayBeLost ? body.context.isEmpty : seen.isEmpty
      if isNew, let missing = policy.missingField(in: members) {
        return .missing(field: missing)
      }
      for member in members {
        guard let field = policy.policy(of: member.name) else { continue }
        let standing = record?.standing(member.name, seenBy: seen) ?? []
        let attempt = Attempt(
          name: member.name, value: member.value, field: field, seen: standing, change: change,
          origin: origin)
        if let refusal = attempt.refusal { return refusal }
      }
      return nil
    }
  }
}

extension TypePolicy {
  fileprivate func missingField(in members: [Value.Member]) -> String? {
    fields.filter(\.value.isRequired).sorted { $0.key < $1.key }.first { name, field in
      !members.contains {
        $0.value != .none && (field.isSet ? $0.name.hasPrefix(name + "/") : $0.name == name)
      }
    }?.key
  }
}

/// One field set by one change, with the standing edits that it has seen.
private struct Attempt {
  let name: String
  let value: Value
  let field: FieldPolicy
  let seen: [StandingEdit]
  let change: Change
  let origin: Origin

  /// A set holds its elements as names, each present or absent.
  private var isValid: Bool {
    guard field.isSet else { return value == .none || field.kind.accepts(value) }
    let element = name.drop { $0 != "/" }.dropFirst()
    return (value == .none || value.flag != nil) && field.kind.accepts(.text(String(element)))
  }

  var refusal: Refusal? {
    guard isValid else { return .invalid(field: name) }
    let role = change.body.role
    switch field.rule {
    case .derived, .serverOwned:
      return origin == .office ? nil : .officeOnly(field: name)
    case .union:
      if !field.isSet, !seen.isEmpty { return .writtenOnce(field: name) }
    case .ratchet(let order):
      let highest = seen.map { rank($0.value, by: \.text, in: order) }.max() ?? -1
      // Who may ease it may set it: what their easing saw may have been eased by another meanwhile.
      if field.deciders.contains(role) && !change.body.reason.isEmpty { return nil }
      if rank(value, by: \.text, in: order) < highest { return .easing(field: name) }
    case .signed(let stages):
      let highest = seen.map { rank($0.value, by: \.stage, in: stages) }.max() ?? -1
      if rank(value, by: \.stage, in: stages) < highest { return .stageBack(field: name) }
    case .claims:
      let isDecision = Set(seen.map(\.value)).count > 1
      if isDecision { return field.deciders.contains(role) ? nil : .roleMayNotDecide(field: name) }
    case .fieldMerge:
      break
    }
    return field.writers.contains(role) ? nil : .roleMayNotWrite(field: name)
  }
}

extension FieldKind {
  /// Whether a value is of this kind and within its bounds. Members of a composite that are not
  /// known are carried.
  public func accepts(_ value: Value) -> Bool {
    switch (self, value) {
    case (.text(let maxBytes), .text(let text)): text.utf8.count <= maxBytes
    case (.code(let codes), .text(let code)): codes.contains { $0.utf8.elementsEqual(code.utf8) }
    case (.flag, .flag), (.instant, .integer): true
    case (.integer(let range), .integer(let number)): range.contains(number)
    case (.date, .text(let text)): CalendarDate(text) != nil
    case (.reference, .text(let text)): RecordID(text) != nil
    case (.composite(let kinds, let required), .composite(let members)):
      members.allSatisfy { kinds[$0.name]?.accepts($0.value) ?? true }
        && required.allSatisfy { name in members.contains { $0.name == name } }
    case (.text, _), (.code, _), (.flag, _), (.instant, _), (.integer, _), (.date, _),
      (.reference, _),
      (.composite, _):
      false
    }
  }
}

/// A day of the Gregorian calendar without a time or a zone, written `YYYY-MM-DD`.
public struct CalendarDate: Hashable, Comparable, Sendable, CustomStringConvertible {
  public let year: Int
  public let month: Int
  public let day: Int

  /// `nil` for a day that does not exist. Years 1 to 9999.
  public init?(year: Int, month: Int, day: Int) {
    guard (1...9999).contains(year), (1...12).contains(month), day >= 1,
      day <= Self.days(in: month, of: year)
    else { return nil }
    self.year = year
    self.month = month
    self.day = day
  }

  public init?(_ text: String) {
    let parts = Array(text.utf8).split(
      separator: UInt8(ascii: "-"), omittingEmptySubsequences: false)
    guard parts.count == 3, parts[0].count == 4, parts[1].count == 2, parts[2].count == 2 else {
      return nil
    }
    var numbers: [Int] = []
    for part in parts {
      guard part.allSatisfy({ (0x30...0x39).contains($0) }) else { return nil }
      numbers.append(part.reduce(0) { $0 * 10 + Int($1 - 0x30) })
    }
    self.init(year: numbers[0], month: numbers[1], day: numbers[2])
  }

  private static func days(in month: Int, of year: Int) -> Int {
    switch month {
    case 4, 6, 9, 11: 30
    case 2: year % 4 == 0 && (year % 100 != 0 || year % 400 == 0) ? 29 : 28
    default: 31
    }
  }

  public static func < (left: Self, right: Self) -> Bool {
    (left.year, left.month, left.day) < (right.year, right.month, right.day)
  }

  public var description: String {
    func pad(_ number: Int, _ width: Int) -> String {
      let digits = String(number)
      return String(repeating: "0", count: max(0, width - digits.count)) + digits
    }
    return "\(pad(year, 4))-\(pad(month, 2))-\(pad(day, 2))"
  }
}
