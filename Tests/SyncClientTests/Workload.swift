import RecordCatalogue
import SyncCore
import SyncReplica
import TestSupport

/// What officers do all day, drawn from a seed: allowed things and things that the rules refuse.
struct Workload {
  /// A catalogue so old that it knows none of the office's types: what it lets through, the office
  /// may refuse.
  static func outdated() throws -> Catalogue {
    try Catalogue(files: [
      ("catalogue.yaml", "# The version of a catalogue for tests.\nversion: 1\n"),
      (
        "jotting.yaml",
        """
        label: Jotting
        plural: Jottings
        why: It is only here for tests.
        priority: 3
        window: while-held
        writers: [officer, office]
        deleters: [officer]
        fields:
          text:
            label: Text
            kind: text
            bytes: 400
            rule: union
            required: yes
        """
      ),
    ])
  }

  /// The edits of one act on one laptop; `nil` when it holds nothing to write on.
  static func act(
    on laptop: Laptop, _ chance: inout Seeded
  ) throws -> (edits: [Edit], group: GroupID?)? {
    let cases = try laptop.replica.cases()
    guard !cases.isEmpty else { return nil }
    let caseID = chance.pick(cases)
    let records = try laptop.replica.records(caseID: caseID).sorted { $0.id < $1.id }
    if !records.isEmpty, !chance.happens(onceIn: 3) {
      let types = Set(records.map(\.type)).sorted()
      let type = chance.pick(types)
      return (change(chance.pick(records.filter { $0.type == type }), &chance), nil)
    }
    if chance.happens(onceIn: 5) {
      let group: GroupID = chance.id()
      return ([visit(in: caseID, &chance), note(in: caseID, &chance)], group)
    }
    return ([new(in: caseID, beside: records, &chance)], nil)
  }

  private static func new(
    in caseID: CaseID, beside records: [SyncCore.Record], _ chance: inout Seeded
  ) -> Edit {
    let id: RecordID = chance.id()
    switch chance.below(9) {
    case 0: return .appointment(in: caseID, id: id, place: word(&chance))
    case 1: return .plan(in: caseID, id: id)
    case 2, 7: return .flag(level: chance.pick(levels), in: caseID, id: id)
    case 3: return .concern(word(&chance), in: caseID, id: id)
    case 4:
      let appointments = records.filter { $0.type == "appointment" }
      guard !appointments.isEmpty else { return note(in: caseID, &chance) }
      let of = chance.pick(appointments).id
      return .outcome(chance.pick(["ATTC", "UAAB", "AFTC"]), of: of, in: caseID)
    case 5:
      let value = Value.unknown(11, [0x5A, 1, UInt8(chance.below(256))])
      return .set(["shape": value], of: id, type: "drone-photo", caseID: caseID)
    default: return note(in: caseID, &chance)
    }
  }

  private static func note(in caseID: CaseID, _ chance: inout Seeded) -> Edit {
    .note(word(&chance), in: caseID, id: chance.id())
  }

  private static func visit(in caseID: CaseID, _ chance: inout Seeded) -> Edit {
    // An arrival before time began is no moment for the office, and the whole act goes down.
    let arrived = chance.happens(onceIn: 4) ? Value.text("noon") : .integer(1_776_760_000_000)
    return .set(["arrived": arrived], of: chance.id(), type: "visit-record", caseID: caseID)
  }

  private static let levels = ["information-only", "low", "medium", "high"]

  private static func change(_ record: SyncCore.Record, _ chance: inout Seeded) -> [Edit] {
    let fields: [String: Value]
    switch record.type {
    case "contact-entry": fields = ["sensitive": .text(chance.pick(["yes", "no"]))]
    case "appointment":
      fields = [
        chance.pick(["place", "officer"]): .text(
          chance.happens(onceIn: 5) ? String(repeating: "far away ", count: 60) : word(&chance))
      ]
    case "risk-flag":
      fields = chance.pick([
        ["level": .text(chance.pick(levels))],
        ["next-review": .text("2026-0\(1 + chance.below(9))-01")],
        ["status": .text(chance.pick(["active", "removed"]))],
      ])
    case "outcome-claim":
      fields = ["claim": .composite(["code": .text(chance.pick(["ATTC", "UAAB"]))])]
    case "case-header": fields = ["tier": .text("B\(chance.below(3))")]
    case "visit-plan":
      if chance.happens(onceIn: 4) { return [.delete(record)] }
      fields = chance.pick([
        ["purpose": .text(chance.pick(["compliance", "safeguarding"]))],
        ["safe-call": .text(word(&chance))],
        ["accompanying/kim": .flag(chance.happens(onceIn: 2))],
        [SyncCore.Record.deletionField: .none],
      ])
    default: fields = ["shape": .integer(Int64(chance.below(9)))]
    }
    // Some forms are opened long before they are saved.
    var edit = Edit.change(record, fields, reason: chance.happens(onceIn: 2) ? "seen" : "")
    if chance.happens(onceIn: 4), let first = record.version.entries.first {
      edit.context = VersionVector([Dot(first.replica, 1 + first.counter / 2)])
    }
    return [edit]
  }

  static func word(_ chance: inout Seeded) -> String {
    chance.pick(["Tŷ Gwyn", "at home", "nobody in", "the office", "café"])
      + " \(chance.below(1_000))"
  }
}
