import Foundation
import SyncClient

@testable import CurlTransport

/// The small office that the tests talk to: one Python process for all of them, on the loopback.
///
/// It ends when its input ends, which is when this process does, however it ends.
struct Office: Sendable, Decodable {
  static let shared = Task { try start() }

  private var ports: [String: Int]
  private var texts: [String: String]

  /// Where the office listens under one of its names; `host` must be in its certificate to pass.
  func address(_ listener: String = "office", host: String = "127.0.0.1") -> String {
    "https://\(host):\(ports[listener] ?? 0)"
  }

  func proxy(_ name: String) -> String { "http://127.0.0.1:\(ports[name] ?? 0)" }

  func pem(_ file: String) -> [UInt8] { Array((texts[file] ?? "").utf8) }

  func identity(_ name: String, key: String? = nil) -> CurlTransport.Identity {
    .init(certificate: pem(name + ".pem"), privateKey: pem((key ?? name) + ".key"))
  }

  /// A transport as an enrolled laptop has it, unless told otherwise.
  static func transport(
    to listener: String = "office", host: String = "127.0.0.1", trust: String = "authority",
    as laptop: String? = "laptop", proxy: String? = nil,
    timeouts: CurlTransport.Timeouts = .init(), offersGzip: Bool = false
  ) async throws -> CurlTransport {
    let office = try await shared.value
    return CurlTransport(
      office: office.address(listener, host: host),
      trust: .authority(pem: office.pem(trust + ".pem")),
      identity: laptop.map { office.identity($0) },
      proxy: proxy.map(office.proxy) ?? "", timeouts: timeouts, offersGzip: offersGzip)
  }

  private static func start() throws -> Office {
    let script = URL(filePath: #filePath).deletingLastPathComponent()
      .appending(path: "Office/office.py")
    let process = Process()
    process.executableURL = URL(filePath: "/usr/bin/env")
    process.arguments = ["python3", "-B", script.path]
    let input = Pipe()
    let output = Pipe()
    process.standardInput = input
    process.standardOutput = output
    try process.run()
    lifeline.withLock { $0 = input }
    var line = Data()
    while line.last != UInt8(ascii: "\n") {
      let more = output.fileHandleForReading.availableData
      guard !more.isEmpty else { throw OfficeDidNotStart() }
      line += more
    }
    return try JSONDecoder().decode(Office.self, from: line)
  }

  /// The office's input, held open as long as this process lives.
  private static let lifeline = Locked<Pipe?>(nil)
}

struct OfficeDidNotStart: Error {}

/// A value under a lock. Unchecked: every access holds the lock.
final class Locked<Value>: @unchecked Sendable {
  private let lock = NSLock()
  private var value: Value

  init(_ value: Value) { self.value = value }

  func withLock<Result>(_ body: (inout Value) throws -> Result) rethrows -> Result {
    try lock.withLock { try body(&value) }
  }
}

extension CurlTransport {
  /// The whole answer to a GET as text.
  func text(_ path: String) async throws(TransportFailure) -> String {
    let response = try await exchange(TransportRequest(.get, path, accept: "*/*"))
    return String(decoding: try await response.body.collect(limit: 64 << 20), as: UTF8.self)
  }

  /// The office's echo of `body`.
  func echo(_ body: [UInt8]) async throws(TransportFailure) -> [UInt8] {
    let request = TransportRequest(
      .post, "/echo", contentType: "application/octet-stream", accept: "*/*", body: body)
    return try await exchange(request).body.collect(limit: 64 << 20)
  }

  func get(_ path: String) async throws(TransportFailure) -> TransportResponse {
    try await exchange(TransportRequest(.get, path, accept: "application/x-doorstep"))
  }
}
