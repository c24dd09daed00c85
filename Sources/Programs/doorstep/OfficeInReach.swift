import ProgramKit
import RecordCatalogue
import SyncCore
import SyncReplica

/// Deciding with the office in reach, where a catalogue's check asks for it: what it holds is
/// fetched before, and what was decided is sent at once.
struct OfficeInReach {
  let laptop: LaptopOptions

  func around(_ save: () throws -> Void) async throws {
    do {
      // Its replica is let go of here: the store has one writer, and the entry is the next.
      try await sync().sayWhatWasLost()
    } catch {
      let failure = Failure(error)
      throw Failure(
        failure.status, code: failure.code,
        "This is decided with the office in reach only, on all that it holds. Nothing was entered. \(failure.status == .offline ? "Enter it again when the connection is back." : failure.message)"
      )
    }
    try save()
    let summary: SyncSummary
    do { summary = try await sync() } catch {
      let failure = Failure(error)
      throw Failure(
        failure.status, code: failure.code,
        "It is saved on this laptop and counts once the office has it: doorstep sync. \(failure.message)"
      )
    }
    try summary.showWhatBecame()
  }

  private func sync() async throws -> SyncSummary {
    let replica = try laptop.sharing()
    let numbers = try replica.use { (replica) throws(ReplicaError) in try replica.numbers() }
    let report = try await SyncRun(laptop: laptop, replica: replica).run()
    return SyncSummary(report: report, replica: replica, numbers: numbers, output: laptop.output)
  }
}
