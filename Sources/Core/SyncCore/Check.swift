/// A condition over several fields, as data in the catalogue: the minutes credited are those from
/// start to finish, an outcome is of an appointment that has begun.
///
/// It asks of the author only what the author can know. What stands in the change itself is judged
/// on both sides, and a change that fails is refused. What stands elsewhere is judged where it is
/// entered; a change that arrives is refused for what somebody else did meanwhile only by those
/// that bar it, see `TypePolicy.bar`.
public struct Check: Hashable, Sendable {
  /// Unique within its record type.
  public let name: String
  /// What is so of a record that meets it, as people are told.
  public let says: String
  /// Where it applies; everywhere if `nil`.
  public let condition: Membership?
  public let demand: Demand

  public init(name: String, says: String, condition: Membership? = nil, demand: Demand) {
    self.name = name
    self.says = says
    self.condition = condition
    self.demand = demand
  }

  /// Where a value stands: a field of the record, or of a record that it refers to.
  public struct Path: Hashable, Sendable, CustomStringConvertible {
    /// The fields that lead to the other record, each from one to the next; none for the record
    /// itself.
    public let references: [String]
    public let field: String
    /// The part of a composite.
    public let member: String?

    public init(_ field: String, _ member: String? = nil, of references: String...) {
      self.init(field, member, through: references)
    }

    public init(_ field: String, _ member: String?, through references: [String]) {
      self.references = references
      self.field = field
      self.member = member
    }

    /// The field of the record itself with which it begins.
    public var start: String { references.first ?? field }
    public var isOwn: Bool { references.isEmpty }

    /// As the catalogue's files write it.
    public var description: String {
      references.map { "\($0)>" }.joined() + field + (member.map { ".\($0)" } ?? "")
    }
  }

  public struct Membership: Hashable, Sendable {
    public let path: Path
    /// A flag reads as `yes` or `no`. With none, anything that stands there will do.
    public let codes: [String]

    public init(_ path: Path, in codes: [String]) {
      self.path = path
      self.codes = codes
    }
  }

  public enum Demand: Hashable, Sendable {
    case present(Path)
    case among(Membership)
    case compare(Path, Comparison, [Term])
    /// These fields are closed to laptops: somebody acts on what they say already.
    case closed([String])
    /// These fields are set only by whoever saw all that the store holds of the record.
    case onNewest([String])
    /// Only these roles take the step of the condition.
    case writtenBy(Set<Role>)
    /// Whoever made the field read so does not take the step of the condition too.
    case byAnother(Membership)
  }

  public enum Comparison: String, CaseIterable, Sendable {
    case equalTo = "equal-to"
    case atMost = "at-most"
    case atLeast = "at-least"
  }

  /// Part of a sum. Dates count in days, times of day in minutes, instants in milliseconds.
  public struct Term: Hashable, Sendable {
    public let operand: Operand
    public let isSubtracted: Bool

    public init(_ operand: Operand, isSubtracted: Bool = false) {
      self.operand = operand
      self.isSubtracted = isSubtracted
    }
  }

  public enum Operand: Hashable, Sendable {
    /// `orNought`: it counts as 0 where nothing stands.
    case path(Path, orNought: Bool = false)
    case number(Int64)
    case today
  }

  /// What somebody can say of a path.
  public enum Knowledge: Hashable, Sendable {
    case value(Value)
    /// Nothing stands there.
    case nothing
    /// It stands where this judge does not look.
    case unknown
  }

  /// Every path that it looks at.
  public var paths: [Path] {
    var paths = condition.map { [$0.path] } ?? []
    switch demand {
    case .present(let path): paths.append(path)
    case .among(let membership), .byAnother(let membership): paths.append(membership.path)
    case .compare(let path, _, let terms):
      paths.append(path)
      for term in terms { if case .path(let path, _) = term.operand { paths.append(path) } }
    case .closed, .onNewest, .writtenBy: break
    }
    return paths
  }

  /// The fields that it bars.
  public var barred: [String] {
    switch demand {
    case .closed(let fields), .onNewest(let fields): fields
    case .present, .among, .compare, .writtenBy, .byAnother: []
    }
  }

  /// Every closed list that it compares with.
  public var memberships: [Membership] {
    switch demand {
    case .among(let membership), .byAnother(let membership):
      return [condition, membership].compactMap(\.self)
    case .present, .compare, .closed, .onNewest, .writtenBy: return [condition].compactMap(\.self)
    }
  }

  /// Whether it is met, as far as can be known: what is unknown fails nothing, and where nothing
  /// stands there is nothing to compare.
  /// - Parameter today: `nil` where no clock is to be asked.
  public func isMet(
    today: CalendarDate?, by knowledge: (Path) throws -> Knowledge
  ) rethrows -> Bool {
    if let condition {
      guard case .value(let value) = try knowledge(condition.path), condition.holds(value) else {
        return true
      }
    }
    switch demand {
    case .present(let path):
      return try knowledge(path) != .nothing
    case .among(let membership):
      guard case .value(let value) = try knowledge(membership.path) else { return true }
      return membership.holds(value)
    case .compare(let path, let comparison, let terms):
      guard case .value(let value) = try knowledge(path), let left = value.amount else {
        return true
      }
      switch try Self.sum(terms, today: today, by: knowledge) {
      case .nothing: return true
      case .tooLarge: return false
      case .number(let right):
        return switch comparison {
        case .equalTo: left == right
        case .atMost: left <= right
        case .atLeast: left >= right
        }
      }
    case .closed, .onNewest, .writtenBy, .byAnother: return true
    }
  }

  private enum Amount {
    case number(Int64)
    /// A term is not there.
    case nothing
    case tooLarge
  }

  private static func sum(
    _ terms: [Term], today: CalendarDate?, by knowledge: (Path) throws -> Knowledge
  ) rethrows -> Amount {
    var sum: Int64 = 0
    for term in terms {
      guard let amount = try amount(of: term.operand, today: today, by: knowledge) else {
        return .nothing
      }
      let (result, overflow) =
        term.isSubtracted
        ? sum.subtractingReportingOverflow(amount) : sum.addingReportingOverflow(amount)
      guard !overflow else { return .tooLarge }
      sum = result
    }
    return .number(sum)
  }

  private static func amount(
    of operand: Operand, today: CalendarDate?, by knowledge: (Path) throws -> Knowledge
  ) rethrows -> Int64? {
    switch operand {
    case .number(let number): return number
    case .today: return today?.dayNumber
    case .path(let path, let orNought):
      switch try knowledge(path) {
      case .value(let value): return value.amount
      case .nothing: return orNought ? 0 : nil
      case .unknown: return nil
      }
    }
  }
}

extension Check.Membership {
  func holds(_ value: Value) -> Bool {
    let code = value.flag.map { $0 ? "yes" : "no" } ?? value.text
    return codes.isEmpty
      || codes.contains { known in code.map { known.utf8.elementsEqual($0.utf8) } ?? false }
  }
}

extension Value {
  /// What it counts, by what it is written as: a day, a minute of the day, or a number.
  fileprivate var amount: Int64? {
    if case .integer(let number) = self { return number }
    guard let text, text.utf8.count <= 10 else { return nil }
    return CalendarDate(text)?.dayNumber ?? LocalTime(text).map { Int64($0.minutes) }
  }
}

// MARK: Who judges what

extension TypePolicy {
  /// The first check that a change fails by what it says itself. Both sides ask this.
  /// - Parameter isNew: it begins the record, so what it does not set is not there.
  func failedCheck(by members: [Value.Member], isNew: Bool) -> Check? {
    checks.first { check in
      !check.isMet(today: nil) { path in
        guard path.isOwn else { return .unknown }
        guard let value = members.first(where: { $0.name == path.field })?.value else {
          return isNew ? .nothing : .unknown
        }
        return .of(value, path.member)
      }
    }
  }

  /// The first check that a record fails, asked where something is entered.
  /// - Parameters:
  ///   - fields: the names of what was set; a check of none of these is not asked.
  ///   - record: with the change applied.
  ///   - today: by the best clock there is.
  ///   - referred: a record that this one refers to; `nil` where it is not held.
  ///   - policy: of the type of that record.
  public func failedCheck(
    setting fields: Set<String>, in record: Record, today: CalendarDate?,
    referred: (RecordID) throws -> Record?, policy: (String) -> TypePolicy?
  ) rethrows -> Check? {
    try checks.first { check in
      guard check.paths.contains(where: { fields.contains($0.start) }) else {
        return false
      }
      return try !check.isMet(today: today) { path in
        try knowledge(of: path, in: record, referred: referred, policy: policy)
      }
    }
  }

  /// What stands at the end of a path. Where a record on the way is not held, that is unknown.
  func knowledge(
    of path: Check.Path, in record: Record,
    referred: (RecordID) throws -> Record?, policy: (String) -> TypePolicy?
  ) rethrows -> Check.Knowledge {
    var (here, its) = (record, self)
    for reference in path.references {
      let target = here.read(reference, by: its.rule(of: reference))?.value.text
      guard let id = target.flatMap({ RecordID($0) }), let next = try referred(id),
        let known = policy(next.type)
      else { return .unknown }
      (here, its) = (next, known)
    }
    return here.knowledge(of: path, by: its)
  }
}

extension Record {
  /// What a field reads as. While people disagree about it, nothing is held against anybody.
  func knowledge(of path: Check.Path, by policy: TypePolicy) -> Check.Knowledge {
    guard let reading = read(path.field, by: policy.rule(of: path.field)) else { return .nothing }
    return reading.status == .contested ? .unknown : .of(reading.value, path.member)
  }
}

extension Check.Knowledge {
  fileprivate static func of(_ value: Value, _ member: String?) -> Self {
    guard let member else { return value == .none ? .nothing : .value(value) }
    return value[member: member].map { .value($0) } ?? .nothing
  }
}
