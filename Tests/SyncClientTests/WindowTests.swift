import CaseFacts
import RecordCatalogue
import ServerStorage
import SyncClient
import SyncCore
import TestSupport
import Testing

@testable import SyncReplica

@Suite struct `A record that is too old for laptops` {
  /// An office with one case that two officers hold, and an appointment that leaves after a year.
  private struct Scene {
    let office: OfficeInProcess
    let caseID: CaseID
    let sam: Laptop
    let kim: Laptop
    let id: RecordID

    /// - Parameters:
    ///   - isCareless: whether sam's catalogue lets through what the office refuses.
    ///   - fault: of sam's line.
    init(
      _ store: any ServerStore = MemoryStore(), limits: Limits = .standard,
      isCareless: Bool = false,
      fault: @escaping @Sendable () async -> OfficeLine.Fault? = { nil }
    ) async throws {
      office = OfficeInProcess(store, limits: limits)
      caseID = try await office.open("X000001")
      let device = try await office.enrol("sam")
      try await office.grant("sam", [caseID])
      sam = try Laptop(
        device, over: OfficeLine(office, device: device.id, fault: fault),
        catalogue: isCareless ? try Workload.outdated() : .standard, clock: office.clock)
      kim = try await office.laptop("kim", holding: [caseID])
      try await sam.sync()
      id = sam.newID()
      try sam.edit(.appointment(on: Scene.today(of: office), in: caseID, id: id))
      try await sam.sync()
      try await kim.sync()
    }

    static func today(of office: OfficeInProcess) -> String {
      CalendarDate(at: office.clock.now)?.description ?? ""
    }

    func advance(days: Int64) { office.clock.advance(milliseconds: days * 86_400_000) }

    /// Nobody differs from the office, and its store is what it says.
    func agree() async throws {
      for laptop in [sam, kim] {
        let report = try await laptop.sync(verifying: true)
        #expect(report.differences == [])
        #expect(report.isSynced)
      }
      #expect(try await office.problems() == [])
    }
  }

  @Test(arguments: StoreKind.allCases)
  func `leaves all of them on the same word of the office, which keeps it`(
    kind: StoreKind
  ) async throws {
    let scene = try await Scene(try kind.make())
    scene.advance(days: 365)
    try await scene.agree()
    #expect(try scene.kim.replica.record(scene.id) != nil)
    #expect(try !scene.kim.replica.hasOlder(scene.caseID))
    scene.advance(days: 1)
    try await scene.kim.sync()
    #expect(try scene.kim.replica.record(scene.id) == nil)
    #expect(try scene.kim.replica.hasOlder(scene.caseID))
    // Who has not asked yet still holds it: no laptop goes by its own clock.
    #expect(try scene.sam.replica.record(scene.id) != nil)
    try await scene.agree()
    #expect(try scene.sam.replica.record(scene.id) == nil)
    #expect(try await scene.office.record(scene.id) != nil)
    let other = try await scene.office.laptop("lee", holding: [scene.caseID])
    try await other.sync(verifying: true)
    #expect(try other.replica.record(scene.id) == nil)
    #expect(try other.replica.hasOlder(scene.caseID))
    #expect(try await other.sync(verifying: true).differences == [])
  }

  @Test func `comes back whole to everybody once somebody writes to it`() async throws {
    let scene = try await Scene()
    try scene.sam.change(scene.id, ["place": .text("Not sent yet")])
    scene.advance(days: 366)
    try await scene.kim.sync()
    #expect(try scene.kim.replica.record(scene.id) == nil)
    try await scene.sam.sync()
    try await scene.kim.sync()
    for laptop in [scene.sam, scene.kim] {
      #expect(try laptop.replica.record(scene.id) == (try await scene.office.record(scene.id)))
      #expect(try laptop.text(of: "place", in: scene.id) == ["Not sent yet"])
    }
    try await scene.agree()
    scene.advance(days: 1)
    try await scene.agree()
    #expect(try scene.sam.replica.record(scene.id) == nil)
  }

  @Test func `leaves after what was written to it is refused, whose text stays`() async throws {
    let scene = try await Scene(isCareless: true)
    let refused = try scene.sam.change(
      scene.id, ["when": .composite(["date": .text("2026-02-30")])])
    scene.advance(days: 366)
    try await scene.kim.sync()
    try await scene.sam.sync()
    let own = try scene.sam.replica.ownChanges(of: scene.id).first { $0.dot == refused.dot }
    #expect(own?.change != nil)
    guard case .refused? = own?.state else {
      Issue.record("it was taken")
      return
    }
    try await scene.agree()
    #expect(try scene.sam.replica.record(scene.id) == nil)
  }

  @Test func `stays under what its officer has written until that is sent`() async throws {
    let scene = try await Scene()
    let replica = scene.sam.replica
    var page = Page(
      records: [], completed: [], checkpoint: try replica.checkpoint(),
      place: try #require(try replica.place()))
    page.departed = [scene.id]
    try scene.sam.change(scene.id, ["place": .text("Not sent yet")])
    try replica.apply(page)
    #expect(try scene.sam.text(of: "place", in: scene.id) == ["Not sent yet"])
    #expect(try scene.sam.text(of: "type", in: scene.id) == ["CHVS"])
    try await scene.sam.sync()
    try replica.apply(page)
    #expect(try replica.record(scene.id) == nil)
  }

  @Test func `does not come back to its author by a resync or a repair`() async throws {
    let scene = try await Scene()
    scene.advance(days: 366)
    try await scene.agree()
    try await scene.office.orderResync(of: scene.sam.device.id)
    try await scene.sam.sync()
    #expect(try scene.sam.replica.record(scene.id) == nil)
    let repair = CaseRepair(
      scene.sam.replica, OfficeLine(scene.office, device: scene.sam.device.id))
    #expect(try await repair.compare(scene.caseID, mending: true) == [])
    try await scene.agree()
    #expect(try scene.sam.replica.record(scene.id) == nil)
  }

  @Test func `is told of once more to who wrote to it before the answer was cut`() async throws {
    for cut in stride(from: 0, to: 600, by: 40) {
      let faults = Notes<OfficeLine.Fault>()
      let scene = try await Scene(fault: { faults.takeLast() })
      try scene.sam.change(scene.id, ["place": .text("Not sent yet")])
      scene.advance(days: 366)
      faults.add(.cutReply(after: cut, closing: true))
      _ = try? await scene.sam.sync()
      try await scene.sam.sync()
      scene.advance(days: 1)
      try await scene.agree()
      #expect(try scene.sam.replica.record(scene.id) == nil)
    }
  }

  /// Each seed is a story: days pass, people write to old and new records, answers are cut.
  @Test(arguments: 0..<120)
  func `is held by nobody, and all else by everybody, whatever happens`(seed: Int) async throws {
    var chance = Seeded(seed)
    var limits = Limits.standard
    limits.pageRecords = 1 + chance.below(4)
    let faults = Notes<OfficeLine.Fault>()
    let scene = try await Scene(
      seed % 10 == 9 ? try StoreKind.sqlite.make() : MemoryStore(), limits: limits,
      isCareless: seed % 3 == 0, fault: { faults.takeLast() })
    let laptops = [scene.sam, scene.kim]
    let badDay = Value.composite(["date": .text("2026-02-30")])
    var appointments = [scene.id]
    for _ in 0..<(10 + chance.below(20)) {
      let laptop = chance.pick(laptops)
      switch chance.below(6) {
      case 0, 1:
        let now = try #require(CalendarDate(at: scene.office.clock.now)).dayNumber
        let day = CalendarDate(
          at: Timestamp(milliseconds: (now - Int64(chance.below(380))) * 86_400_000))
        let id = laptop.newID()
        try laptop.edit(
          .appointment(on: day?.description ?? "", in: scene.caseID, id: id))
        appointments.append(id)
      case 2:
        let id = chance.pick(appointments)
        if try laptop.replica.record(id) != nil {
          let isBad = seed % 3 == 0 && laptop === scene.sam && chance.happens(onceIn: 3)
          let place = Value.text("Room \(chance.below(9))")
          try laptop.change(id, isBad ? ["when": badDay] : ["place": place])
        }
      case 3:
        let id = chance.pick(appointments)
        let claim = RecordID.named("outcome-claim", id.description)
        if try laptop.replica.record(id) != nil, try laptop.replica.record(claim) == nil {
          try laptop.edit(.outcome(chance.pick(["ATTC", "UAAB"]), of: id, in: scene.caseID))
        }
      case 4: scene.advance(days: Int64(chance.below(60)))
      default:
        if chance.happens(onceIn: 6) {
          try await scene.office.orderResync(of: laptop.device.id)
        }
        if chance.happens(onceIn: 3) {
          faults.add(.cutReply(after: chance.below(1_500), closing: chance.happens(onceIn: 2)))
        }
        _ = try? await laptop.sync()
      }
    }
    faults.removeAll()
    for _ in 0..<3 {
      scene.advance(days: 1)
      for laptop in laptops { try await laptop.sync() }
    }
    try await scene.agree()
    let all = try await scene.office.records(of: scene.caseID)
    let today = try #require(CalendarDate(at: scene.office.clock.now))
    let departed = CaseWindow(all, .standard, today: today).departed
    for laptop in laptops {
      let held = try laptop.replica.records(caseID: scene.caseID).sorted { $0.id < $1.id }
      #expect(held == all.filter { !$0.isDeleted && !departed.contains($0.id) })
    }
  }
}
