import SyncClient
import SyncCore
import SyncReplica

/// One laptop: its disk, its program while it runs, the forms on its screen, and what the model
/// remembers of both.
final class Machine {
  /// Counted from 0; a clone is a machine of its own.
  let number: Int
  let device: DeviceID
  let user: String
  let role: Role
  let isOutdated: Bool
  /// The disk with the program that has it open; `nil` while the machine is off.
  var store: (any ReplicaStore)?
  /// What the disk held when the machine went off.
  var disk: DiskImage?
  var round: SyncRound?
  /// Counts rounds and restarts, so that an answer to an earlier one is not taken for this one's.
  var incarnation = 0
  var forms: [Form] = []
  /// What its clock shows more than the true time, in milliseconds.
  var clockOffset: Int64 = 0
  var cutOffUntil: Int64 = 0
  var hearsNothing = false

  /// What goes with the disk when it is copied or put back.
  var memory = Memory()
  var backups: [Backup] = []
  /// Answers that it had, for a network that mixes answers up.
  var oldAnswers: [[Frame]] = []
  var forks = 0
  /// When it last began to sync.
  var lastAsked: Int64?
  /// Chance of the round that runs.
  var chance = Chance(0, .identity)

  /// What the model knows of a disk.
  struct Memory {
    /// Edits that this disk, or one that it was copied from, called saved.
    var edits: [Int] = []
    /// What was seen of each record, which must not shrink.
    var views: [Int: SeenSet] = [:]
    var place: Place?
    /// Cases of which the office has said that they are complete.
    var complete: Set<CaseID> = []
    var hasSynced = false
    var hasPushed = false
    /// Transfers of which it heard: in the answer that runs, and in those that are done.
    var newMoves: Set<Int> = []
    var heardMoves: Set<Int> = []
  }

  struct Backup {
    let disk: DiskImage
    let memory: Memory
  }

  init(number: Int, device: DeviceID, user: String, role: Role, isOutdated: Bool) {
    self.number = number
    self.device = device
    self.user = user
    self.role = role
    self.isOutdated = isOutdated
  }

  /// Whether a fresh copy is being built beside the one that is shown.
  var isResyncing: Bool {
    guard let store, let state = try? store.read({ try $0.state() }) else { return false }
    return state.building != nil
  }

  var name: String { "laptop \(number)" }
}
