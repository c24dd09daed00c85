import ArgumentParser
import CaseFacts
import Foundation
import ProgramKit
import RecordCatalogue
import SyncClient
import SyncCore
import SyncReplica

struct Attach: LaptopCommand {
  static let configuration = CommandConfiguration(
    abstract: "Attach a file to a case, for instance a photograph of a letter.",
    discussion:
      "The file is copied into this laptop's store, and goes to the office after the next sync. It is never changed: to correct one, attach another."
  )

  @OptionGroup var laptop: LaptopOptions
  @Argument(help: "The CRN.") var crn: String
  @Argument(help: "The file.") var file: String
  @Option(name: .long, help: "Id of the note that it belongs to.") var about: String?
  @Option(name: .long, help: "What to call it. Default: the file's own name.") var name: String?

  func perform() async throws {
    let limits = Limits.standard
    let content = try Self.read(file, atMost: limits.attachmentBytes)
    let name = name ?? NamedFolder.split(NamedFolder.absolute(file)).name
    let replica = try laptop.recording()
    let caseID = try replica.findCase(crn, isRecording: true)
    var fields: [String: Value] = [
      "name": .text(name), "kind": .text(Attachment.kind(of: content)),
      "size": .integer(Int64(content.count)), "digest": .text(Hash(of: content).description),
    ]
    var note: RecordID?
    if let about {
      note = try replica.findRecord(about, type: "contact-entry", caseID: caseID).id
      fields["about"] = note.map { .text($0.description) }
    }
    let others = try replica.records(caseID: caseID, types: [Attachment.type])
      .compactMap { Attachment($0) }.filter { $0.about == note }
    guard others.count < limits.attachmentsOfOne else {
      throw Failure(
        .badData, code: "too-many",
        "There are \(limits.attachmentsOfOne) attachments there already, which is the most. Attach it to another note, with --about."
      )
    }
    let edit = Edit.set(fields, of: newRecord(), type: Attachment.type, caseID: caseID)
    let changes: [SyncCore.Change]
    do { changes = try replica.attach(content, by: edit, at: World.now()) } catch {
      throw Remedy.of(error, [edit], replica.catalogue) ?? error
    }
    let unsent = unsent(in: replica)
    try output.answer(
      Saved(
        record: edit.record.description, changes: changes.map(\.dot.counter), unsent: unsent))
    output.say(
      "“\(name)” (\(Show.size(content.count))) is saved on this laptop (\(edit.record.short)). It goes to the office with the next sync."
    )
  }

  private static func read(_ path: String, atMost limit: Int) throws -> [UInt8] {
    let named = NamedFolder.absolute(path)
    var isFolder: ObjCBool = false
    guard FileManager.default.fileExists(atPath: named, isDirectory: &isFolder) else {
      throw Failure(.badData, code: "no-file", "There is no file \(path). Check its name.")
    }
    guard !isFolder.boolValue else {
      throw Failure(.badData, code: "no-file", "\(path) is a folder. Attach its files one by one.")
    }
    let content: Data
    do {
      let file = try FileHandle(forReadingFrom: URL(fileURLWithPath: named))
      content = try file.read(upToCount: limit + 1) ?? Data()
      try file.close()
    } catch {
      throw Failure(.badData, code: "no-file", "\(path) cannot be read. Check its permissions.")
    }
    guard !content.isEmpty else {
      throw Failure(.badData, code: "empty", "\(path) is empty. Nothing was attached.")
    }
    guard content.count <= limit else {
      throw Failure(
        .badData, code: "too-large",
        "\(path) is larger than \(limit >> 20) MiB, the most for one attachment. Make it smaller, for instance by a lower resolution."
      )
    }
    return [UInt8](content)
  }
}

struct Attachments: LaptopCommand {
  static let configuration = CommandConfiguration(
    abstract: "Show the attachments of a case, or those that wait to be sent.")

  @OptionGroup var laptop: LaptopOptions
  @Argument(help: "The CRN. Without it: all that wait to be sent.") var crn: String?

  struct Row: Encodable {
    let id, caseID, name, kind, digest: String
    let size: UInt64
    let about: String?
    /// Bytes of it that are on this laptop.
    let held: Int
    /// Whether the office has yet to get it from here.
    let waits: Bool
  }

  func perform() async throws {
    let replica = try laptop.reading()
    let caseID = try crn.map { try replica.findCase($0) }
    let found = try replica.records(caseID: caseID, types: [Attachment.type])
      .compactMap { Attachment($0) }.sorted { $0.record < $1.record }
    let rows = try replica.readContents { contents in
      let waiting = Set(try contents.waiting())
      return try found.filter { caseID != nil || waiting.contains($0.record) }.map { one in
        Row(
          id: one.record.description, caseID: one.caseID.description, name: one.name,
          kind: one.kind, digest: one.digest.description, size: one.size,
          about: one.about?.description, held: try contents.bytes(of: one.record),
          waits: waiting.contains(one.record))
      }
    }
    try output.answer(rows)
    guard !rows.isEmpty else {
      return output.say(crn == nil ? "No attachment waits to be sent." : "No attachments.")
    }
    output.table(
      ["Id", "Name", "Size", "Where"],
      rows.map { row in
        let place =
          row.waits
          ? "here; waits to be sent"
          : row.held >= Int(clamping: row.size) ? "here and at the office" : "at the office"
        return [
          RecordID(row.id)?.short ?? row.id, row.name, Show.size(Int(clamping: row.size)), place,
        ]
      })
  }
}

struct SaveAttachment: LaptopCommand {
  static let configuration = CommandConfiguration(
    commandName: "save-attachment",
    abstract: "Save an attachment as a file, fetched from the office when it is not here.",
    discussion:
      "A file that is saved leaves the protection of this laptop's store: delete it when you are done with it."
  )

  @OptionGroup var laptop: LaptopOptions
  @Argument(help: "The attachment's id, or the end of it.") var id: String
  @Argument(help: "The file to make. It must not be there yet.") var file: String

  struct Answer: Encodable {
    let file, kind: String
    let size: UInt64
  }

  func perform() async throws {
    let path = NamedFolder.absolute(file)
    guard !FileManager.default.fileExists(atPath: path) else {
      throw Failure(
        .cannotCreate, code: "already-there",
        "\(file) is there already. It was left as it is: choose another name.")
    }
    let record = try laptop.reading().findRecord(id, type: Attachment.type)
    guard let attachment = Attachment(record) else {
      throw Failure(
        .badData, code: "no-content", "This attachment does not say what its content is.")
    }
    let content = try await content(attachment)
    do throws(DurableFile.Problem) { try DurableFile.write(content, to: path) } catch {
      throw Failure(
        .cannotCreate, code: error.isLackOfRoom ? "disk-full" : "no-file",
        error.isLackOfRoom
          ? "There is no room for \(file). Free some space and try again."
          : "\(file) cannot be made. Check the folder and its permissions.")
    }
    try output.answer(Answer(file: path, kind: attachment.kind, size: attachment.size))
    output.say("“\(attachment.name)” is saved as \(file).")
  }

  private func content(_ attachment: Attachment) async throws -> [UInt8] {
    let kept = try laptop.reading().readContents { try $0.content(of: attachment.record) }
    if Hash(of: kept) == attachment.digest { return kept }
    let transport = try laptop.folder.transport(laptop.home)
    let fetched: [UInt8]?
    do {
      fetched = try await AttachmentExchange(laptop.sharing(), transport).fetch(
        attachment.record, of: attachment.caseID, size: attachment.size,
        digest: attachment.digest)
    } catch {
      await transport.close()
      throw error
    }
    await transport.close()
    guard let fetched else {
      throw Failure(
        .tryAgain, code: "not-there-yet",
        "The office does not have all of it yet. \(attachment.author)’s laptop has it, and sends it when it syncs."
      )
    }
    return fetched
  }
}
