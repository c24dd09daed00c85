import RecordCatalogue
import SyncClient
import SyncCore
import SyncReplica
import TestSupport
import Testing

/// One case at an office, and two laptops that hold it.
struct CaseScene {
  let office: OfficeInProcess
  let caseID: CaseID
  let khan: Laptop
  let jones: Laptop

  /// - Parameters:
  ///   - officer: user name of who answers for the case.
  ///   - senior: and of who answers for that officer.
  init(
    jonesIs role: Role = .officer, officer: String? = nil, senior: String? = nil
  ) async throws {
    office = OfficeInProcess()
    caseID = try await office.open("X000001")
    if let officer {
      try await office.enter(
        .set(
          ["responsible-officer": .text(officer), "senior": senior.map { .text($0) } ?? .none],
          of: .named("case-header", "X000001"),
          type: "case-header", caseID: caseID))
    }
    khan = try await office.laptop("khan", holding: [caseID])
    jones = try await office.laptop("jones", holding: [caseID], role: role)
    try await khan.sync()
    try await jones.sync()
  }

  /// Both send, then both fetch.
  func reconcile(khanFirst: Bool = true) async throws {
    let order = khanFirst ? [khan, jones, khan, jones] : [jones, khan, jones]
    for laptop in order { try await laptop.sync() }
  }

  func read(_ id: RecordID, _ field: String, on laptop: Laptop) throws -> Reading? {
    guard let record = try laptop.replica.record(id) else { return nil }
    return read(record, field)
  }

  private func read(_ record: Record, _ field: String) -> Reading? {
    let rule = Catalogue.standard.policy(of: record.type)?.rule(of: field)
    return record.read(field, by: rule ?? .fieldMerge(.first))
  }

  /// What a field reads as, which must be the same at the office and on both laptops.
  func reads(
    _ field: String, of id: RecordID, at location: SourceLocation = #_sourceLocation
  ) async throws -> Reading {
    let stored = try #require(try await office.record(id), sourceLocation: location)
    let there = try #require(read(stored, field), sourceLocation: location)
    for laptop in [khan, jones] {
      let here = try #require(try read(id, field, on: laptop), sourceLocation: location)
      #expect(
        here.value == there.value && here.status == there.status, "on the laptop of \(laptop.user)",
        sourceLocation: location)
    }
    return there
  }

  /// Adds a record; its natural key names it where it has one.
  @discardableResult
  func add(
    _ type: String, _ fields: [String: Value], on laptop: Laptop, id: RecordID? = nil
  ) throws -> RecordID {
    let natural = Catalogue.standard[type]?.naturalID(of: fields, in: caseID)
    let id = id ?? natural ?? laptop.newID()
    try laptop.edit(.set(fields, of: id, type: type, caseID: caseID))
    return id
  }

  /// An act that answers an outcome.
  func letter(_ action: String, on laptop: Laptop, _ outcome: RecordID) throws
    -> RecordID
  {
    try add(
      "enforcement-act",
      [
        "outcome": .text("\(outcome)"), "action": .text(action),
        "on": .composite(["date": .text("2026-04-21")]),
      ], on: laptop)
  }

  /// The office's own hand.
  @discardableResult
  func enter(_ type: String, _ fields: [String: Value], id: RecordID? = nil) async throws
    -> RecordID
  {
    let natural = Catalogue.standard[type]?.naturalID(of: fields, in: caseID)
    let id = id ?? natural ?? .named(type, "the one")
    try await office.enter(.set(fields, of: id, type: type, caseID: caseID))
    return id
  }

  /// Why a laptop does not take an edit at all; `nil` when it takes it.
  func refusal(_ type: String, _ fields: [String: Value], of id: RecordID, on laptop: Laptop)
    throws -> Refusal?
  {
    let context = try laptop.replica.record(id)?.version ?? VersionVector()
    do {
      try laptop.edit(.set(fields, of: id, type: type, caseID: caseID, context: context))
      return nil
    } catch ReplicaError.refused(let refusal) { return refusal }
  }

  /// The alerts that the office raised, by kind, with whom they are for.
  func alerts() async throws -> [String: [Set<String>]] {
    var alerts: [String: [Set<String>]] = [:]
    for record in try await office.records(of: caseID) where record.type == "alert" {
      let kind = read(record, "kind")?.value.text ?? ""
      alerts[kind, default: []].append(
        Set(record.elements(of: "addressees", by: .union).map(\.element)))
    }
    return alerts
  }

  /// An appointment of yesterday that both laptops hold.
  func appointment() async throws -> RecordID {
    let id = khan.newID()
    try khan.edit(.appointment(in: caseID, id: id))
    try await reconcile()
    return id
  }
}
