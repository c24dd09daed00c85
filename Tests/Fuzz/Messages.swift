import SwiftProtobuf
import SyncWire

/// Enrolment, operators' requests and the answers to them. The first byte chooses the message.
enum Messages {
  private static let checks: [@Sendable ([UInt8], WireForm) -> Void] = [
    { check(PBProblem.self, $0, $1) },
    { check(PBEnrolRequest.self, $0, $1) },
    { check(PBEnrolResponse.self, $0, $1) },
    { check(PBEnrolCodeRequest.self, $0, $1) },
    { check(PBEnrolCodeResponse.self, $0, $1) },
    { check(PBDeviceList.self, $0, $1) },
    { check(PBGrantRequest.self, $0, $1) },
    { check(PBGrantResponse.self, $0, $1) },
    { check(PBResyncRequest.self, $0, $1) },
    { check(PBResyncResponse.self, $0, $1) },
    { check(PBRevokeRequest.self, $0, $1) },
    { check(PBRevokeResponse.self, $0, $1) },
    { check(PBOfficeReport.self, $0, $1) },
    { check(PBVerifyResponse.self, $0, $1) },
  ]

  static func check(_ bytes: [UInt8], as form: WireForm) {
    guard let choice = bytes.first else { return }
    checks[Int(choice) % checks.count](Array(bytes.dropFirst()), form)
  }

  private static func check<Message: SwiftProtobuf.Message & Equatable>(
    _ type: Message.Type, _ bytes: [UInt8], _ form: WireForm
  ) {
    guard let message: Message = try? Unverified(bytes, as: form).message() else { return }
    let again: Message? = try? Unverified(WireForm.binary.write(message), as: .binary).message()
    promise("a message that was read is written and read again", again == message)
    let json = (try? WireForm.json.write(message)) ?? []
    let other: Message? = try? Unverified(json, as: .json).message()
    let second = try? other.map { try WireForm.json.write($0) }
    promise("so it is in JSON", second == json && json.count >= 2)
  }
}
