import Foundation
import ProgramKit
import RecordCatalogue
import SyncCore
import SyncReplica

/// A text that somebody types, kept as a draft after every line, so that an empty battery costs
/// no more than the line that is being written.
///
/// The store is let go of between lines: a sync goes on meanwhile.
struct Typing {
  private let laptop: LaptopOptions
  private let record: RecordID
  private let type: String
  private let caseID: CaseID
  private let what: String
  /// An earlier draft that it goes on with.
  private let earlier: Draft?
  /// Whether a line was kept as a draft under the record's id.
  private var isKept = false

  /// - Parameters:
  ///   - what: the text in words, for who is asked for it.
  ///   - draft: the end of an earlier draft's id.
  init(
    _ laptop: LaptopOptions, _ record: RecordID, _ type: String, _ caseID: CaseID, what: String,
    from draft: String?
  ) throws {
    self.laptop = laptop
    self.record = record
    self.type = type
    self.caseID = caseID
    self.what = what
    earlier = try draft.map { try laptop.recording().findDraft($0) }
    if let earlier, earlier.caseID != caseID {
      throw Failure(
        .badData, code: "another-case", "That draft was written for another case: doorstep drafts.")
    }
  }

  /// The text from the arguments, or from standard input where there is none; behind what stands
  /// in the earlier draft.
  mutating func read(_ words: [String]) throws -> String {
    let isTyped = words.isEmpty || words == ["-"]
    let more = isTyped ? try typed() : words.joined(separator: " ")
    let text = [earlier?.text ?? "", more]
      .map { $0.trimmingCharacters(in: .whitespacesAndNewlines) }.filter { !$0.isEmpty }
      .joined(separator: "\n")
    guard !text.isEmpty else {
      throw Failure(.badData, code: "no-text", "There is nothing to save: \(what) is empty.")
    }
    return text
  }

  private mutating func typed() throws -> String {
    let limit = Limits.standard.changeBytes
    let isTerminal = isatty(0) == 1
    if isTerminal {
      say("Write \(what). End with Ctrl-D on a line of its own.")
      if let earlier { say(earlier.text) }
    }
    var data = Data()
    var isTold = false
    while data.count <= limit {
      let more = try Self.nextInput()
      guard !more.isEmpty else { break }
      data += more
      guard more.last == UInt8(ascii: "\n"),
        let text = String(validating: data, as: UTF8.self),
        !text.allSatisfy(\.isWhitespace)
      else { continue }
      do {
        try laptop.recording().save(draft(text))
        isKept = true
      } catch {
        // The next line tries again.
        if !isTold { say("This line is not kept before all is saved: \(Failure(error).message)") }
        isTold = true
      }
    }
    guard data.count <= limit else { throw ReplicaError.tooLarge(limit: limit) }
    guard let text = String(validating: data, as: UTF8.self) else {
      throw Failure(
        .badData, code: "bad-text",
        "The text is not valid UTF-8. Save the file as UTF-8 and try again.")
    }
    return text
  }

  /// What standard input has, as soon as it has any; empty at its end.
  private static func nextInput() throws -> [UInt8] {
    var buffer = [UInt8](repeating: 0, count: 4096)
    while true {
      let count = Foundation.read(0, &buffer, buffer.count)
      if count >= 0 { return Array(buffer.prefix(count)) }
      guard errno == EINTR else {
        throw Failure(
          .badData, code: "bad-text", "Standard input cannot be read. Give the text as an argument."
        )
      }
    }
  }

  private func draft(_ text: String) -> Draft {
    Draft(id: record, caseID: caseID, type: type, savedAt: World.now(), text: text)
  }

  private func say(_ line: String) { FileHandle.standardError.write(Data((line + "\n").utf8)) }

  /// Saves the edit and throws the drafts away that are in it. Where it cannot be saved, the whole
  /// text is kept as a draft.
  func finish(_ edit: Edit, _ save: (Edit, Replica) throws -> Void) throws {
    let replica = try laptop.recording()
    var text = ""
    if case .set(let fields) = edit.action {
      text = fields.first { $0.name == "text" }?.value.text ?? ""
    }
    try replica.keeping([draft(text)]) { try save(edit, replica) }
    // What was saved is saved, also when a draft cannot be taken away a moment later.
    let drafts = [isKept ? record : nil, earlier?.id].compactMap(\.self)
    do { for id in drafts { try replica.discardDraft(id) } } catch {
      laptop.output.warn("Its draft could not be thrown away: \(Failure(error).message)")
    }
  }
}

extension Replica {
  /// The one draft whose id ends as typed.
  func findDraft(_ end: String) throws -> Draft {
    let found = try drafts().filter {
      $0.id.compact.hasSuffix(end.lowercased().filter { $0 != "-" })
    }
    guard let draft = found.first, found.count == 1 else {
      throw Failure(
        .badData, code: "unknown-record", "No single draft has an id that ends in \(end).")
    }
    return draft
  }

  /// What somebody wrote is never thrown away because another part of the form was wrong: when
  /// `save` fails, it is kept as drafts.
  func keeping(_ drafts: [Draft], _ save: () throws -> Void) throws {
    do { try save() } catch {
      let isOutOfRoom = [.diskFull, .readOnly].contains(error as? ReplicaError)
      guard !drafts.isEmpty, !isOutOfRoom else { throw error }
      // Where a draft cannot be kept either, the first reason says more.
      let first = error
      do { for draft in drafts { try self.save(draft) } } catch { throw first }
      let failure = Failure(error)
      let kept = drafts.map(\.id.short).joined(separator: ", ")
      let sentence =
        drafts.count == 1 ? "Your text is kept as a draft" : "Your texts are kept as drafts"
      throw Failure(
        failure.status, code: failure.code,
        "\(failure.message) \(sentence) (\(kept)): doorstep drafts.")
    }
  }
}
