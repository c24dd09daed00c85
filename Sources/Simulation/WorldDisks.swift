import SyncCore
import SyncReplica

/// What befalls machines and their disks: kills, copies, backups and what is put back.
extension World {
  func crash(_ machine: Machine, _ chance: inout Chance) throws {
    guard let store = machine.store else { return }
    tally.note(.killed)
    if machine.round != nil { tally.note(.crashMidRound) }
    if !machine.forms.isEmpty { tally.note(.crashWithForms) }
    machine.disk = try image(of: store)
    try switchOff(machine)
    queue.add(
      .switchOn(machine), at: now + Int64(chance.below(swarm.pace * 10)), tie: chance.next())
  }

  private func switchOff(_ machine: Machine) throws {
    if let store = machine.store { try close(store) }
    machine.store = nil
    machine.round = nil
    machine.forms = []
    machine.incarnation += 1
  }

  func switchOn(_ machine: Machine) throws {
    guard machine.store == nil, let disk = machine.disk else { return }
    var chance = Chance(UInt64(truncatingIfNeeded: now), .disk)
    var torn: [UInt8] = []
    if chance.happens(swarm.tornWrites) {
      torn = (0..<chance.below(9_000)).map { _ in UInt8(truncatingIfNeeded: chance.next()) }
      tally.note(.tornWrite)
    }
    machine.store = try open(disk, for: machine, torn: torn)
    machine.disk = nil
    trace.note("\(now) \(machine.name) starts")
  }

  func clone(_ machine: Machine) throws {
    guard let store = machine.store, machines.count < 40 else { return }
    let copy = Machine(
      number: machines.count, device: machine.device, user: machine.user, role: machine.role,
      isOutdated: machine.isOutdated)
    copy.clockOffset = machine.clockOffset
    copy.memory = machine.memory
    copy.store = try open(try image(of: store), for: copy)
    machines.append(copy)
    tally.note(.cloned)
    trace.note("  \(copy.name) is a copy of \(machine.name)")
  }

  func backUp(_ machine: Machine) throws {
    guard let store = machine.store, machine.memory.hasSynced else { return }
    machine.backups.append(
      Machine.Backup(disk: try image(of: store), memory: machine.memory))
    if machine.backups.count > 4 { machine.backups.removeFirst() }
  }

  func restore(_ machine: Machine, _ chance: inout Chance) throws {
    guard machine.store != nil, !machine.backups.isEmpty else { return }
    let backup = chance.pick(machine.backups)
    let lost = machine.memory.edits.filter { !backup.memory.edits.contains($0) }
    if machine.memory.hasPushed { tally.note(.restoreAfterPush) }
    if backup.memory.edits.contains(where: { office.ledger.outcomes[$0] == nil }) {
      tally.note(.restoreWithUnsent)
    }
    if lost.contains(where: { office.ledger.outcomes[$0] == nil }) {
      tally.note(.restoreLostEdits)
    }
    try switchOff(machine)
    machine.store = try open(backup.disk, for: machine)
    machine.memory = backup.memory
    tally.note(.putBack)
    trace.note("  \(machine.name) is put back, \(lost.count) edits ago")
  }

  /// The office's store is put back from a backup. Grants and revocations are logged apart from it
  /// and applied again before anybody is served.
  func restoreOffice(_ chance: inout Chance) throws {
    guard !office.backups.isEmpty else { return }
    let isSecond = office.restores > 0
    let before = office.ledger
    let devices = try office.devices()
    let backup = chance.pick(office.backups)
    let notes = try office.restore(backup, life: chance.id(), isDeclared: chance.happens(500))
    // A role is entered again by hand.
    for device in devices { try office.change(device.id) { $0.role = device.role } }
    let names = users.map(\.name)
    try office.replay(notes, of: names, at: Timestamp(milliseconds: now))
    office.ledger.access = before.access
    for user in names { office.ledger.access.settle(of: user, today: PlainDay.at(now)) }
    try checkAccessLog(devices)
    if !notes.isEmpty { tally.note(.accessReplayed) }
    tally.note(.officePutBack)
    tally.note(.officeRestored)
    if isSecond { tally.note(.officeTwice) }
    let lost = before.outcomes.count - office.ledger.outcomes.count
    if lost > 0 { tally.note(.officeLost) }
    trace.note("  the office is put back, \(lost) edits ago")
  }
}
