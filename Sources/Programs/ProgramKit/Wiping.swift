import CurlTransport
import Foundation
import SyncClient
import SyncCore
import SyncWire

/// Destroying all that Doorstep keeps on a laptop, by order of its office.
///
/// A marker comes first: from then on nothing is shown or written here, whatever happens. Then the
/// data goes, then the office is told, then the key with which it was told. A power cut between any
/// two steps leaves a laptop that goes on with them at the next command.
package struct Wiping: Sendable {
  private let home: Home

  package init(_ home: Home) { self.home = home }

  private struct Marker: Codable {
    var office: String
    /// Milliseconds since 1970.
    var at: Int64
    /// Whether the office has been told.
    var isTold: Bool
  }

  private var markerFile: String { home.path + "/wiped.json" }

  private func marker() throws -> Marker? {
    guard let data = FileManager.default.contents(atPath: markerFile) else { return nil }
    guard let marker = try? JSONDecoder().decode(Marker.self, from: data) else {
      // Nothing is destroyed on the word of a file that nobody wrote so.
      throw Failure(
        .disk, code: "damaged",
        "\(markerFile) is damaged. It says whether the office ordered this laptop to be wiped. Remove it, then: doorstep sync. If the office did, it orders it again."
      )
    }
    return marker
  }

  private func write(_ marker: Marker) throws {
    let bytes = [UInt8](try JSONEncoder().encode(marker))
    do { try DurableFile.write(bytes, to: markerFile) } catch { throw failure }
  }

  /// Throws where a wipe was begun, after it has destroyed what is left.
  package func check() throws {
    guard let marker = try marker() else { return }
    try destroy()
    let time = " on \(Show.time(marker.at))"
    guard marker.isTold else {
      throw Failure(
        .refused, code: "wiped",
        "By order of “\(marker.office)” everything that Doorstep kept here was destroyed\(time). The office has not heard of it yet: connect, then doorstep sync."
      )
    }
    throw Failure(
      .notSetUp, code: "wiped",
      "By order of “\(marker.office)” everything that Doorstep kept here was destroyed\(time), and the office knows. To use this laptop again, ask the office for a code, then: doorstep enrol."
    )
  }

  /// Destroys everything and tells the office.
  /// - Throws: always; the failure says what was done.
  package func carryOut(_ options: HomeOptions) async throws {
    let office = try home.configuration().office
    try write(Marker(office: office, at: World.now().milliseconds, isTold: false))
    try await goOn(options)
  }

  /// Ends a wipe that was begun; returns where none was, or where it has ended.
  package func resume(_ options: HomeOptions) async throws {
    guard let marker = try marker(), !marker.isTold else { return }
    try await goOn(options)
  }

  private func goOn(_ options: HomeOptions) async throws {
    try destroy()
    if home.isEnrolled {
      let transport = try home.transport(options)
      do {
        let _: PBWipedResponse = try await OfficeCall(transport).post("/v1/wiped", PBWipedRequest())
      } catch SyncFailure.refused("revoked", _) {
        // Its last word came through before, and the answer did not.
      } catch {
        await transport.close()
        if case SyncFailure.offline = error { try check() }
        throw error
      }
      await transport.close()
      try destroy(home.configurationFile)
    }
    if var marker = try marker() {
      marker.isTold = true
      try write(marker)
    }
    try check()
  }

  /// What Doorstep makes beside the key with which the office is told.
  private static let beginnings = ["replica.sqlite", "catalogue", "office.json.new"]

  private func destroy() throws {
    let names = (try? FileManager.default.contentsOfDirectory(atPath: home.path)) ?? []
    for name in names where Self.beginnings.contains(where: { name.hasPrefix($0) }) {
      try destroy("\(home.path)/\(name)")
    }
  }

  private func destroy(_ path: String) throws {
    do { try DurableFile.destroy(path) } catch { throw failure }
  }

  private var failure: Failure {
    Failure(
      .disk, code: "wipe-failed",
      "The office ordered this laptop to be wiped, and \(home.path) could not be destroyed whole. Nothing is shown of it. Check who owns it; the next command goes on."
    )
  }

  /// Forgets an old wipe, when somebody has been enrolled here again.
  package func forget() throws {
    guard try marker() != nil else { return }
    do { try DurableFile.destroy(markerFile) } catch { throw failure }
  }

  /// Whether somebody may be enrolled here: no wipe is under way.
  package func checkIsOver() throws {
    if let marker = try marker(), !marker.isTold { try check() }
  }
}
