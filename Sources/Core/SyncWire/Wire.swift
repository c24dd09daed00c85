import SwiftProtobuf
import SyncCore

/// The two written forms of the same messages, chosen by media type. See `Protocol/README.md`
/// section 4.
package enum WireForm: Sendable, CaseIterable {
  /// Binary protobuf, for programs.
  case binary
  /// proto3 JSON, for people and tools.
  case json

  package var mediaType: String {
    switch self {
    case .binary: "application/vnd.doorstep.v1+protobuf"
    case .json: "application/vnd.doorstep.v1+json"
    }
  }

  /// From a media type without parameters. `application/json` and `application/x-protobuf` are
  /// taken too.
  package init?(mediaType: String) {
    switch mediaType {
    case Self.binary.mediaType, "application/x-protobuf", "application/protobuf": self = .binary
    case Self.json.mediaType, "application/json": self = .json
    default: return nil
    }
  }

  /// Throws only for what is past the encoding's own limits, such as 2 GiB.
  package func write(_ message: some SwiftProtobuf.Message) throws(WireRefusal) -> [UInt8] {
    do {
      switch self {
      case .binary: return try message.serializedBytes()
      case .json: return try message.jsonUTF8Bytes()
      }
    } catch { throw .unwritable("\(error)") }
  }
}

/// Why bytes from a peer are not taken, or a message cannot be given a form. Says what is wrong,
/// never what it held.
package enum WireRefusal: Error, Equatable, Sendable, CustomStringConvertible {
  case tooLarge(limit: Int)
  case unreadable(String)
  case unsupportedVersion(UInt32)
  case unwritable(String)

  package var description: String {
    switch self {
    case .tooLarge(let limit): "The message is larger than \(limit) bytes."
    case .unreadable(let problem): "The message cannot be read: \(problem)."
    case .unsupportedVersion(let version):
      "Version \(version) of the protocol is not spoken here; update the older side."
    case .unwritable(let problem): "The message cannot be written: \(problem)."
    }
  }
}

/// Bytes that somebody else made. The only way to a message of the core leads through a check.
package struct Unverified: Sendable {
  package let bytes: [UInt8]
  package let form: WireForm

  package init(_ bytes: [UInt8], as form: WireForm) {
    self.bytes = bytes
    self.form = form
  }

  /// Decodes a message whose fields need no further check than their own use.
  package func message<Message: SwiftProtobuf.Message>(
    _ type: Message.Type = Message.self
  ) throws(WireRefusal) -> Message {
    do {
      switch form {
      case .binary: return try Message(serializedBytes: bytes)
      case .json:
        var options = JSONDecodingOptions()
        options.messageDepthLimit = 32
        return try Message(jsonUTF8Bytes: bytes, options: options)
      }
    } catch {
      throw .unreadable("it is not a \(Message.protoMessageName) in \(form.mediaType)")
    }
  }
}

func refusing<Result>(_ body: () throws(MalformedBytes) -> Result) throws(WireRefusal) -> Result {
  do { return try body() } catch { throw .unreadable(error.problem) }
}

func checkedID<ID: Identifier>(_ bytes: some Collection<UInt8>, _ name: String) throws(WireRefusal)
  -> ID
{
  guard let id = ID(bytes: bytes) else { throw .unreadable("\(name) is not 16 bytes") }
  return id
}

func checkedHash(_ bytes: some Collection<UInt8>, _ name: String) throws(WireRefusal) -> Hash {
  if bytes.isEmpty { return .zero }
  guard let hash = Hash(bytes: bytes) else { throw .unreadable("\(name) is not 32 bytes") }
  return hash
}
