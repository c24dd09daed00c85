import ArgumentParser
import Foundation
import ProgramKit
import RecordCatalogue
import ServerStorage
import SyncCore

/// Work that a laptop could not send, brought in a file.
struct Rescue: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Take in a laptop's unsent work from a file (doorstep rescue --to).",
    subcommands: [Read.self])

  struct Read: ServerCommand {
    static let configuration = CommandConfiguration(
      abstract: "Say what is in such a file, and take it in as if the laptop had sent it.",
      discussion: """
        Nothing of a case is shown. What the office does not take is kept: see doorstepctl quarantine. The \
        laptop may send the same work later, and the file may be read again: each change is taken once. \
        The server must not be running, unless --look is given.
        """)

    @OptionGroup var data: DataOptions
    @OptionGroup var output: Output
    @Argument(help: "The file.") var file: String
    @Flag(name: .long, help: "Only say what is in it. Nothing is taken.") var look = false

    func work() async throws {
      let folder = data.folder
      let contents = try open(folder)
      let work = try RescuedWork(contents)
      tell(contents, work)
      if look {
        try output.answer(Answer(contents, work, []))
        return output.say("Nothing was taken. To take it: leave out --look.")
      }
      let catalogue = try data.loadCatalogue()
      let store = try await folder.openStore(telling: output)
      let taken: [RescuedWork.Taken]
      do {
        taken = try await store.transaction { transaction in
          guard let id = DeviceID(contents.device), let device = try transaction.device(id),
            device.user == contents.user
          else { throw Self.unknownLaptop }
          return try work.take(
            from: device, in: transaction, catalogue: catalogue, now: World.now(),
            newLife: ReplicaID(value: World.random()))
        }
        try store.close()
      } catch {
        try store.close()
        guard let problem = error as? RescuedWork.Problem else { throw error }
        throw Self.failure(problem)
      }
      try output.answer(Answer(contents, work, taken))
      try tell(taken)
    }

    private func open(_ folder: DataFolder) throws -> RescueFile.Contents {
      let authority = try folder.authority()
      do {
        return try RescueFile.open(
          NamedFolder.absolute(file), authorityPEM: try authority.certificatePEM(),
          authorityKeyPEM: try authority.keyPEM())
      } catch let problem as RescueFile.Problem {
        let sentence =
          switch problem {
          case .notOurs: "\(file) is not a file of doorstep rescue."
          case .otherOffice: "\(file) is damaged, or was sealed for another office."
          case .damaged: "\(file) is damaged. Make another with doorstep rescue --to."
          case .notSigned: "\(file) is not signed by a laptop of this office."
          }
        throw Failure(.badData, code: "bad-rescue", "\(sentence) Nothing was taken.")
      } catch let failure as Failure { throw failure } catch {
        throw Failure(
          .badData, code: "bad-rescue", "\(file) cannot be read. Check its name and permissions.")
      }
    }

    private static let unknownLaptop = Failure(
      .badData, code: "unknown-device",
      "The office knows no such laptop of that user. Nothing was taken. After a restore from a backup: enrol the laptop again, and make another file on it."
    )

    private static func failure(_ problem: RescuedWork.Problem) -> Failure {
      switch problem {
      case .notHeard:
        Failure(
          .refused, code: "revoked",
          "The office has withdrawn that laptop. Nothing was taken. Keep the file: it is for whoever withdrew the laptop to decide."
        )
      case .unreadable:
        Failure(
          .badData, code: "unreadable",
          "Something in it was written by a newer Doorstep. Nothing was taken. Update doorstepd and read it again."
        )
      case .incoherent:
        Failure(
          .badData, code: "bad-rescue",
          "Its changes do not follow one another. Nothing was taken. Make another with doorstep rescue --to."
        )
      }
    }

    // MARK: What is said

    struct Answer: Encodable {
      let user, device, replica: String
      let sealedAt: Int64
      let salvaged: Bool
      let changes: [Row]
      let taken: Bool

      init(
        _ contents: RescueFile.Contents, _ work: RescuedWork, _ taken: [RescuedWork.Taken]
      ) {
        (user, device, replica) = (contents.user, contents.device, contents.replica)
        sealedAt = contents.sealedAt
        salvaged = contents.isSalvaged
        self.taken = !taken.isEmpty
        changes =
          taken.isEmpty
          ? work.changes.map { Row($0.body, nil, false) }
          : taken.map { Row($0.change?.body, $0.verdict, $0.isAgain) }
      }
    }
    struct Row: Encodable {
      let record, type: String
      let recordedAt: Int64?
      let verdict, refusal: String?
      let again: Bool

      init(_ body: Change.Body?, _ verdict: Verdict?, _ isAgain: Bool) {
        record = body?.record.description ?? ""
        type = body?.type ?? ""
        recordedAt = body?.recordedAt.milliseconds
        let parts = verdict?.name.split(separator: ":", omittingEmptySubsequences: false)
        self.verdict = parts?.first.map { String($0) }
        refusal = parts.flatMap { $0.count > 1 ? String($0[1]) : nil }
        again = isAgain
      }
    }

    private func tell(_ contents: RescueFile.Contents, _ work: RescuedWork) {
      output.say(
        "From \(contents.user), laptop \(contents.device), sealed \(Show.time(contents.sealedAt)) by its clock: \(Show.count(work.changes.count, "change"))."
      )
      if contents.isSalvaged { output.say("They were read out of a damaged store.") }
      let bodies = work.changes.compactMap(\.body)
      for (type, all) in Dictionary(grouping: bodies, by: \.type).sorted(by: { $0.key < $1.key }) {
        output.say("  \(Show.count(all.count, "change")) of \(type)")
      }
      if bodies.count < work.changes.count {
        output.say("  \(work.changes.count - bodies.count) that this program cannot read")
      }
    }

    private func tell(_ taken: [RescuedWork.Taken]) throws {
      let again = taken.filter(\.isAgain).count
      let refused = taken.filter(\.verdict.isRefusal)
      output.say(
        "Taken: \(taken.count - again - refused.filter { !$0.isAgain }.count). Known before: \(again). Refused: \(refused.count)."
      )
      guard !refused.isEmpty else { return }
      let codes = Dictionary(grouping: refused) { taken -> String in
        if case .refused(let code, _) = taken.verdict { code } else { "" }
      }
      for (code, all) in codes.sorted(by: { $0.key < $1.key }) {
        output.say("  \(all.count) refused: \(code)")
      }
      output.say("What was refused is kept until somebody decides: doorstepctl quarantine list")
      throw ExitCode(ExitStatus.needsYou.rawValue)
    }
  }
}

extension RescuedWork {
  fileprivate init(_ contents: RescueFile.Contents) throws {
    guard let replica = ReplicaID(contents.replica), contents.firstCounter > 0,
      contents.firstCounter < UInt64(Int64.max), contents.clockOffset.magnitude < 1 << 50
    else {
      throw Failure(
        .badData, code: "bad-rescue", "The file says what cannot be. Nothing was taken.")
    }
    let changes = contents.changes.map { bytes -> PushedChange in
      do { return .readable(try Change(reading: [UInt8](bytes))) } catch {
        return .unreadable([UInt8](bytes))
      }
    }
    self.init(
      replica: replica, firstCounter: contents.firstCounter, changes: changes,
      clockOffset: contents.clockOffset, catalogueVersion: contents.catalogueVersion)
  }
}

extension PushedChange {
  fileprivate var body: Change.Body? {
    if case .readable(let change) = self { change.body } else { nil }
  }
}
