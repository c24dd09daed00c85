import ArgumentParser
import Foundation
import Logging
import NIOCore
import ProgramKit
import ServerSQLite
import ServerStorage
import SyncCore
import SyncServer

/// Serves laptops and operators until it is asked to stop.
struct Serve: ServerCommand {
  static let configuration = CommandConfiguration(
    abstract: "Serve laptops and operators.",
    discussion:
      "Stops gracefully on SIGTERM and SIGINT: requests that run are finished, new ones are refused."
  )

  @OptionGroup var data: DataOptions
  @OptionGroup var output: Output

  @Option(name: .long, help: "Address to listen on.")
  var host = "127.0.0.1"

  @Option(name: .long, help: "Port to listen on; 0 lets the system choose one.")
  var port = 8443

  @Option(name: .long, help: "Days that a laptop's certificate lasts, 1 to 825.")
  var certificateDays = 90

  @Option(
    name: .long,
    help:
      "Days that a laptop can be used without a sync, 1 to 90; cases with limited access for one day."
  )
  var leaseDays: UInt64 = 14

  @Option(
    name: .long,
    help:
      "Connections at once, 16 to 50000; three quarters of them may wait for news, and an eighth sync."
  )
  var connections = Limits.standard.connections

  @Option(name: .long, help: "How much to log: trace, debug, info, notice, warning, error.")
  var log = "notice"

  func validate() throws {
    guard (0...65_535).contains(port) else { throw ValidationError("--port must be 0 to 65535.") }
    guard (1...825).contains(certificateDays) else {
      throw ValidationError("--certificate-days must be 1 to 825.")
    }
    guard (1...90).contains(leaseDays) else {
      throw ValidationError("--lease-days must be 1 to 90.")
    }
    guard (16...50_000).contains(connections) else {
      throw ValidationError("--connections must be 16 to 50000.")
    }
    guard Logger.Level(rawValue: log) != nil else {
      throw ValidationError("--log “\(log)” is not a level.")
    }
  }

  func work() async throws {
    let folder = data.folder
    let settings = try folder.settings()
    let catalogue = try data.loadCatalogue()
    let server = try folder.serverCertificate()
    var configuration = OfficeServer.Configuration(
      authority: try folder.authority(), serverCertificatePEM: server.certificate,
      serverKeyPEM: server.key, now: World.now, random: World.random)
    configuration.host = host
    configuration.port = port
    configuration.office = settings.office
    configuration.certificateDays = certificateDays
    configuration.limits.connections = connections
    configuration.lease.seconds = leaseDays * 86_400
    let unknown = OfficeWriter.kindsNotRaised(under: catalogue)
    if !unknown.isEmpty {
      output.warn(
        "Alerts of this catalogue have no \(unknown.joined(separator: ", ")): such alerts are not raised. Add the codes to `kind` of alert.yaml."
      )
    }
    let store = try await folder.openStore(telling: output, showing: catalogue)
    var logger = Logger(label: "doorstepd")
    logger.logLevel = Logger.Level(rawValue: log) ?? .notice
    let office = OfficeServer(configuration, store: store, catalogue: catalogue, logger: logger)
    let output = output
    let name = settings.office
    let host = host
    do {
      try await office.run { [logger] port in
        struct Ready: Encodable { let ready: String }
        do { try output.answer(Ready(ready: "https://\(host):\(port)")) } catch {
          logger.error("The ready line could not be written: \(error)")
        }
        output.say("“\(name)” is ready on https://\(host):\(port). Stop it with Ctrl-C.")
        fflush(nil)
      }
    } catch let error as IOError {
      throw Failure(
        .cannotCreate, code: "cannot-listen",
        "It cannot listen on \(host):\(port) (\(String(cString: strerror(error.errnoCode)))). Is another server there? Choose another --port."
      )
    } catch let error where error is SocketAddressError.UnknownHost || error is SocketAddressError {
      throw Failure(
        .cannotCreate, code: "cannot-listen",
        "“\(host)” is not an address or name that can be listened on. Choose another --host.")
    }
    try store.close()
  }
}
