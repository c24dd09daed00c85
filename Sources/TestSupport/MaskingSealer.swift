import SyncCore
import SyncReplica

/// The second conformance of `Sealer`: bodies are masked with a key made of their label and carry a
/// checksum over label and body.
///
/// Not encryption either, but no body can be read in a file, and an altered or swapped one is
/// noticed: so tests can prove that every body passes through the seam.
package struct MaskingSealer: Sealer {
  private let secret: [UInt8]
  private static let sumBytes = 16

  package init(secret: [UInt8] = Array("a key for tests".utf8)) { self.secret = secret }

  package func seal(_ body: [UInt8], for label: SealLabel) throws(ReplicaError) -> [UInt8] {
    sum(body, label) + masked(body, label)
  }

  package func open(_ sealed: [UInt8], for label: SealLabel) throws(ReplicaError) -> [UInt8] {
    guard sealed.count >= Self.sumBytes else { throw .damaged("a sealed body is cut") }
    let body = masked(Array(sealed.dropFirst(Self.sumBytes)), label)
    guard sum(body, label) == Array(sealed.prefix(Self.sumBytes)) else {
      throw .damaged("a sealed body is not what was written")
    }
    return body
  }

  private func key(_ label: SealLabel) -> [UInt8] {
    func framed(_ bytes: [UInt8]) -> [UInt8] { [UInt8(truncatingIfNeeded: bytes.count)] + bytes }
    let parts = [
      secret, Array(label.purpose.utf8), Array(label.type.utf8), label.id, label.version,
    ]
    return Hash(of: parts.flatMap(framed)).bytes
  }

  private func sum(_ body: [UInt8], _ label: SealLabel) -> [UInt8] {
    Array(Hash(of: key(label) + body).bytes.prefix(Self.sumBytes))
  }

  private func masked(_ body: [UInt8], _ label: SealLabel) -> [UInt8] {
    let key = key(label)
    var result = body
    var block: [UInt8] = []
    for index in result.indices {
      if index % 32 == 0 {
        let number = withUnsafeBytes(of: UInt64(index / 32)) { Array($0) }
        block = Hash(of: key + number).bytes
      }
      result[index] ^= block[index % 32]
    }
    return result
  }
}
