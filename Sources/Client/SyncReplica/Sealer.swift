import SyncCore

/// What a sealed body belongs to. Only ids, types and versions may stand outside the seal, and they
/// are bound to it.
public struct SealLabel: Sendable {
  /// What kind of row it is, for instance `base`.
  public let purpose: String
  public let type: String
  public let id: [UInt8]
  /// The record's version or the change's counter, in its written form.
  public let version: [UInt8]

  public init(purpose: String, type: String, id: [UInt8], version: [UInt8]) {
    self.purpose = purpose
    self.type = type
    self.id = id
    self.version = version
  }
}

/// The one seam through which every body passes on its way to and from the laptop's disk.
public protocol Sealer: Sendable {
  func seal(_ body: [UInt8], for label: SealLabel) throws(ReplicaError) -> [UInt8]
  /// Throws `damaged` when the body was altered or belongs to another label.
  func open(_ sealed: [UInt8], for label: SealLabel) throws(ReplicaError) -> [UInt8]
}

/// Writes bodies as they are. **Not encryption**: whoever reads the disk reads the cases. The
/// README says so.
public struct PlainSealer: Sealer {
  public init() {}
  public func seal(_ body: [UInt8], for label: SealLabel) throws(ReplicaError) -> [UInt8] { body }
  public func open(_ sealed: [UInt8], for label: SealLabel) throws(ReplicaError) -> [UInt8] {
    sealed
  }
}
