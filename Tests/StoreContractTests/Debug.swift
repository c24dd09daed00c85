import ServerStorage
import SyncCore
import TestSupport
import Testing
import Foundation
func say(_ s: String) { FileHandle.standardError.write(Data((s + "\n").utf8)) }
@Suite struct Debugging {
  @Test func zz() async throws {
    let office = OfficeInProcess(try StoreKind.memory.make())
    say("1")
    let caseID = try await office.open("X000001")
    say("2")
    var sam = try await Author("sam", at: office)
    say("3")
    try await office.grant("sam", [caseID])
    say("4")
    let r = sam.request(from: 1)
    say("4a")
    let o = try await office.receive(r, from: sam.device.id)
    say("4b")
    _ = try await office.page(after: o.acceptance.checkpoint!, for: sam.device.id)
    say("4c")
    try await sam.pull()
    say("5")
    let b = try await Bench(.memory)
    say("6 \(b.caseID)")
  }
}
