import Foundation
import RecordCatalogue
import SyncCore
import SyncReplica

/// Everything that a laptop's disk holds, as a value: copied for a clone, kept for a backup, put
/// back for a restore.
enum DiskImage {
  case memory(MemoryReplica.Image)
  /// The files of a SQLite store by their endings.
  case files([(ending: String, bytes: Data)])
}

/// Where simulated laptops keep their stores: in memory, or as SQLite files in a folder that is
/// removed at the end.
final class SimulatedDisks {
  private let directory: URL
  private var count = 0
  private static let endings = ["", "-wal"]

  init() throws {
    let root = FileManager.default.fileExists(atPath: "/dev/shm") ? "/dev/shm" : "/tmp"
    directory = URL(fileURLWithPath: root)
      .appendingPathComponent("doorstep-sim-\(ProcessInfo.processInfo.globallyUniqueString)")
    try FileManager.default.createDirectory(at: directory, withIntermediateDirectories: true)
  }

  deinit { try? FileManager.default.removeItem(at: directory) }

  func newPath() -> String {
    count += 1
    return directory.appendingPathComponent("laptop-\(count).db").path
  }

  /// What is in the files now, as a power cut or a copying program finds them.
  func image(of path: String) throws -> DiskImage {
    .files(
      try Self.endings.compactMap { ending in
        guard FileManager.default.fileExists(atPath: path + ending) else { return nil }
        return (ending, try Data(contentsOf: URL(fileURLWithPath: path + ending)))
      })
  }

  /// Writes an image to new files.
  /// - Parameter torn: bytes of a write that never ended, at the end of the log.
  func put(_ files: [(ending: String, bytes: Data)], torn: [UInt8]) throws -> String {
    let path = newPath()
    for (ending, bytes) in files {
      let all = ending == "-wal" ? bytes + torn : bytes
      try all.write(to: URL(fileURLWithPath: path + ending))
    }
    return path
  }
}

extension World {
  func newStore(for machine: Machine, replica: ReplicaID) throws -> any ReplicaStore {
    let identity = ReplicaIdentity(
      replica: replica, device: machine.device, user: machine.user, role: machine.role,
      office: "Office")
    let catalogue = try catalogue(of: machine)
    guard let disks else {
      return MemoryReplica(identity: identity, catalogue: catalogue, limits: swarm.limits)
    }
    return try Replica.create(
      path: disks.newPath(), identity: identity, catalogue: catalogue, limits: swarm.limits)
  }

  /// Opens a disk as a program does that starts.
  func open(
    _ image: DiskImage, for machine: Machine, torn: [UInt8] = []
  ) throws -> any ReplicaStore {
    let catalogue = try catalogue(of: machine)
    switch image {
    case .memory(let image):
      return MemoryReplica(image, catalogue: catalogue, limits: swarm.limits)
    case .files(let files):
      guard let disks else { throw Failure(.unexpected, "an image of files without a folder") }
      return try Replica(
        path: disks.put(files, torn: torn), access: .write(), catalogue: catalogue,
        limits: swarm.limits)
    }
  }

  func image(of store: any ReplicaStore) throws -> DiskImage {
    if let memory = store as? MemoryReplica { return .memory(memory.image) }
    guard let replica = store as? Replica, let disks else {
      throw Failure(.unexpected, "a store that has no image")
    }
    return try disks.image(of: replica.storePath)
  }

  func close(_ store: any ReplicaStore) throws {
    if let replica = store as? Replica { try replica.close() }
  }

  private func catalogue(of machine: Machine) throws -> Catalogue {
    machine.isOutdated ? try Self.outdated.get() : .standard
  }

  /// A catalogue so old that it knows none of the office's types: what it lets through, the office
  /// may refuse.
  private static let outdated = Result {
    try Catalogue(files: [
      ("catalogue.yaml", "# The version of a catalogue for simulation.\nversion: 1\n"),
      (
        "jotting.yaml",
        """
        label: Jotting
        plural: Jottings
        why: It is only here for simulation.
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
}

extension ReplicaStore {
  /// Every case of which something is held, shown or not.
  func heldCases() throws -> [CaseID] {
    try read { rows in
      let state = try rows.state()
      var cases = Set(try rows.cases(in: state.generation).map(\.caseID))
      if let building = state.building {
        cases.formUnion(try rows.cases(in: building).map(\.caseID))
      }
      return cases.sorted()
    }
  }

  /// All changes that this store made itself, in their order.
  func ownRows() throws -> [OwnRow] {
    try read { rows in
      let state = try rows.state()
      var own: [OwnRow] = []
      for replica in [state.replica] + state.former.map(\.replica) {
        try rows.own(of: replica, from: 0) {
          own.append($0)
          return true
        }
      }
      return own.sorted { $0.number < $1.number }
    }
  }

  func holds(_ caseID: CaseID) throws -> Bool { try heldCases().contains(caseID) }
}
