import SyncCore
public struct Catalogue: Sendable {
  public let version: UInt32 = 1
  public init() {}
  public func policy(of type: String) -> TypePolicy? { nil }
}
