import ArgumentParser
import ProgramKit
import RecordCatalogue
import SyncCore
import SyncReplica

struct Why: LaptopCommand {
  static let configuration = CommandConfiguration(
    abstract: "Say why a record reads as it does, field by field.",
    discussion: "One sentence a field: what it reads, by which rule, and who said what.")

  @OptionGroup var laptop: LaptopOptions
  @Argument(help: "The record's id, or the end of it.") var record: String
  @Argument(help: "One field; all of them if left out.") var field: String?

  struct Row: Encodable { let field, value, status, sentence, why: String }

  func perform() async throws {
    let replica = try laptop.reading()
    let found = try replica.findRecord(record)
    let catalogue = replica.catalogue
    let wording = Wording(catalogue: catalogue)
    let names = found.fields.filter { field == nil || $0 == field }
    guard !names.isEmpty else {
      throw Failure(
        .badData, code: "bad-field",
        "Nothing stands in “\(field ?? "")”. Something does in \(found.fields.joined(separator: ", "))."
      )
    }
    let rows = names.compactMap { name -> Row? in
      let rule = catalogue.policy(of: found.type)?.rule(of: name) ?? .fieldMerge(.first)
      guard let reading = found.read(name, by: rule) else { return nil }
      let text = { wording.text($0, type: found.type, field: name) }
      return Row(
        field: name, value: text(reading.value), status: reading.status.word,
        sentence: reading.sentence(by: rule, text),
        why: catalogue[found.type]?.field(name)?.why ?? "")
    }
    try output.answer(rows)
    for row in rows {
      output.say("\(row.field): \(row.value)")
      output.say("  \(row.sentence)")
      if row.status != Reading.Status.settled.word, !row.why.isEmpty { output.say("  \(row.why)") }
    }
  }
}

extension Reading {
  fileprivate func sentence(by rule: Rule, _ text: (Value) -> String) -> String {
    let first = standing[0]
    let others = standing.filter { $0.value != value }
    let authors = Self.authors(standing.filter { $0.value == value })
    guard !others.isEmpty else {
      let again = standing.count > 1 ? "\(authors) said the same" : "\(first.by.author) said so"
      return
        "\(again), on \(Show.time(first.by.recordedAt.milliseconds)) by the clock there, and nobody has said otherwise since."
    }
    let said = others.map { "\($0.by.author) said “\(text($0.value))”" }.joined(separator: ", ")
    switch rule {
    case .union: return "\(authors) and others wrote it at once: \(said). All of it stays."
    case .ratchet:
      return
        "The more protective stands: \(authors) said so, and meanwhile \(said). Only a named role may ease it."
    case .derived, .serverOwned:
      return "The office said so last; before, \(said)."
    case .fieldMerge(.first):
      return
        "What the office took first is shown, by \(authors); at the same time \(said). Somebody should decide."
    case .fieldMerge(.last):
      return
        "What the office took last is shown, by \(authors); at the same time \(said). Somebody should decide."
    case .fieldMerge(.ranked(let member, _)):
      return
        "What is better by “\(member)” is shown, by \(authors); at the same time \(said). Somebody should decide."
    case .signed:
      return "The furthest stage stands, by \(authors); \(said), which is kept as dissent."
    case .claims where status == .settledByRule:
      return "They agree in what counts: \(authors) said so, and \(said). All of it stays."
    case .claims:
      return
        "People reported it differently: \(said). Until somebody decides, nothing follows from it."
    }
  }

  private static func authors(_ edits: [StandingEdit]) -> String {
    var names: [String] = []
    for edit in edits where !names.contains(edit.by.author) { names.append(edit.by.author) }
    return names.isEmpty ? "nobody" : names.joined(separator: " and ")
  }
}
