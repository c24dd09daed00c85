import RecordCatalogue
import ServerStorage
import SyncClient
import SyncCore
import SyncReplica
import SyncWire
import TestSupport
import Testing

/// One office, two laptops, and a seed that decides everything that happens to them.
actor World {
  let office: OfficeInProcess
  private(set) var laptops: [Laptop] = []
  private(set) var cases: [CaseID] = []
  /// Every change that a laptop called saved.
  private(set) var saved: [Dot: Hash] = [:]
  /// What a laptop showed of a record when a form on it opened, by the change that came of it;
  /// `nil` for nothing.
  private(set) var shown: [Dot: SyncCore.Record?] = [:]
  /// What happened in this story, by its name.
  private(set) var events: Set<String> = []
  private var chance: Seeded
  private var isFaulty = true
  private let users = ["sam", "kim"]
  private let seed: Int
  private let limits: Limits

  init(seed: Int, _ store: any ServerStore) {
    self.seed = seed
    var chance = Seeded(seed)
    var pages = Limits.standard
    pages.pageRecords = chance.pick([1, 2, 5, 2_000])
    var pushes = Limits.standard
    pushes.pushChanges = chance.pick([2, 3, 500])
    limits = pushes
    office = OfficeInProcess(store, limits: pages)
    self.chance = chance
  }

  func begin() async throws {
    for number in 1...3 { cases.append(try await office.open("X00000\(number)")) }
    for user in users {
      let device = try await office.enrol(user)
      try await office.grant(user, [cases[0], chance.pick(cases)])
      laptops.append(try laptop(device, in: nil))
    }
    guard !seed.isMultiple(of: 4) else { return }
    for laptop in laptops.indices { try await sync(laptop) }
  }

  private func laptop(_ device: Device, in directory: TemporaryDirectory?) throws -> Laptop {
    let line = OfficeLine(
      office, device: device.id, fault: { [weak self] in await self?.fault() },
      beforeFrame: { [weak self] _ in await self?.disturb() })
    let isOutdated = device.user == "kim" && seed % 3 == 0
    let catalogue = isOutdated ? try Workload.outdated() : .standard
    return try Laptop(
      device, over: line, in: directory, catalogue: catalogue,
      sealer: seed % 5 == 0 ? MaskingSealer() : PlainSealer(), limits: limits,
      form: seed % 7 == 0 ? .json : .binary, seed: chance.next())
  }

  // MARK: What happens

  private func fault() -> OfficeLine.Fault? {
    guard isFaulty else { return nil }
    switch chance.below(12) {
    case 0: return .cutBeforeCommit
    case 1:
      events.insert("cut after the commit")
      return .cutAfterCommit
    case 2...4:
      events.insert("cut reply")
      let far = chance.happens(onceIn: 2)
      return .cutReply(
        after: chance.below(far ? 3_000 : 120), closing: chance.happens(onceIn: 2))
    case 5:
      events.insert("repeated request")
      return .repeatsEarlier(chance.below(100))
    default: return nil
    }
  }

  /// Others work while an answer is on its way.
  private func disturb() async {
    guard isFaulty, chance.happens(onceIn: 12) else { return }
    do {
      events.insert("work while syncing")
      if chance.happens(onceIn: 2) {
        try edit()
      } else {
        try await atTheOffice()
      }
    } catch { Issue.record("seed \(seed): \(error)") }
  }

  func work(steps: Int) async throws {
    for _ in 0..<steps {
      switch chance.below(20) {
      case 0...9: for _ in 0...chance.below(3) { try edit() }
      case 10...15: try await sync(chance.below(laptops.count))
      case 16...17: try await atTheOffice()
      case 18: try restart(chance.below(laptops.count))
      default: try laptops[chance.below(laptops.count)].replica.beginResync()
      }
    }
  }

  private func edit() throws {
    let laptop = chance.pick(laptops)
    guard let act = try Workload.act(on: laptop, &chance) else { return }
    do {
      let before = try act.edits.map { try laptop.replica.record($0.record) }
      let changes = try laptop.replica.edit(act.edits, group: act.group, at: laptop.clock.now)
      for (change, record) in zip(changes, before) {
        saved[change.dot] = change.hash
        // Some forms were opened before what is shown now.
        if record?.version ?? VersionVector() == change.body.context { shown[change.dot] = record }
      }
    } catch ReplicaError.refused {}
  }

  private func sync(_ number: Int) async throws {
    do {
      note(try await laptops[number].sync())
    } catch {
      guard error.isOffline else { throw error }
    }
  }

  private func note(_ report: SyncEngine.Report) {
    if report.didResync { events.insert("resync") }
    if !report.dropped.isEmpty { events.insert("dropped case") }
    if report.receipts.contains(where: \.isAgain) { events.insert("verdict again") }
    if report.receipts.contains(where: \.settlesBase) { events.insert("settled by receipt") }
    if report.pages > 2 { events.insert("several pages") }
    for receipt in report.receipts {
      switch receipt.verdict {
      case .applied: events.insert("applied")
      case .merged: events.insert("merged")
      case .contested: events.insert("contested")
      case .late: events.insert("late")
      case .refused(let code, _): events.insert(code)
      case .retry: events.insert("retry")
      }
    }
  }

  private func restart(_ number: Int) throws {
    let old = laptops[number]
    events.insert("restart")
    try old.replica.close()
    laptops[number] = try laptop(old.device, in: old.directory)
  }

  private func atTheOffice() async throws {
    let (user, caseID) = (chance.pick(users), chance.pick(cases))
    switch chance.below(6) {
    case 0: try await office.grant(user, [caseID])
    case 1: try await office.end(user, caseID)
    case 2: try await office.orderResync(of: chance.pick(laptops).device.id)
    case 3: try await office.enter(.note(Workload.word(&chance), in: caseID, id: chance.id()))
    default:
      let records = try await office.records(of: caseID)
      let record = chance.pick(records)
      switch record.type {
      case "appointment":
        try await office.enter(.change(record, ["place": .text(Workload.word(&chance))]))
      case "risk-flag":
        let eased: [String: Value] = ["level": .text("low"), "status": .text("removed")]
        try await office.enter(.change(record, eased, reason: "reviewed"))
      default: break
      }
    }
  }

  // MARK: What must be so in the end

  /// Ends the faults and syncs until all agree.
  /// - Returns: the rounds that this took; `nil` when five were not enough.
  func heal() async throws -> Int? {
    isFaulty = false
    for round in 1...5 {
      for laptop in laptops { note(try await laptop.sync()) }
      if try await isAgreed() { return round }
    }
    return nil
  }

  private func isAgreed() async throws -> Bool {
    for laptop in laptops {
      let status = try laptop.replica.status()
      guard status.isSynced, !status.isResyncing else { return false }
      guard try laptop.replica.digests() == (try await office.digests(for: laptop.user)) else {
        return false
      }
    }
    return true
  }
}
