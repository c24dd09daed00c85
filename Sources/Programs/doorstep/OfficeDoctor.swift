import CurlTransport
import Foundation
import ProgramKit
import SyncClient
import SyncCore
import SyncReplica
import SyncWire

/// Goes the way to the office step by step, and says at which one it ends.
struct OfficeDoctor {
  private let known: Home.Configuration
  private let laptop: LaptopOptions
  private let check: StoreCheck
  private let catalogue: UInt32

  private static let patience: Duration = .seconds(10)
  /// A request that takes several packets of any size in use.
  private static let largeBytes = 48 << 10
  /// As the laptop's clock may be off before it is told.
  private static let tolerance: Int64 = 120_000

  init(
    _ known: Home.Configuration, _ laptop: LaptopOptions, _ check: StoreCheck, catalogue: UInt32
  ) {
    self.known = known
    self.laptop = laptop
    self.check = check
    self.catalogue = catalogue
  }

  func findings() async -> [Finding] {
    guard let url = URLComponents(string: known.address), let host = url.host, !host.isEmpty else {
      return [
        .wrong(
          "address", "The office's address on this laptop is not valid.", "Ask IT to correct it."),
        clock(officeDate: nil),
      ]
    }
    let proxies = proxies()
    var findings = [proxyFinding(proxies)]
    if proxies.isEmpty {
      let name = host.hasPrefix("[") ? String(host.dropFirst().dropLast()) : host
      guard case .addresses = look(up: name, into: &findings) else {
        return findings + rest(after: "dns")
      }
      guard connects(name, url.port ?? 443, into: &findings) else {
        return findings + rest(after: "tcp")
      }
    } else {
      findings.append(.unknown("dns", "The proxy looks the office's name up, not this laptop."))
      findings.append(.unknown("tcp", "The proxy connects to the office, not this laptop."))
    }
    return findings + (await answers())
  }

  // MARK: The line

  private func look(up name: String, into findings: inout [Finding]) -> NetworkProbe.Name {
    let found = NetworkProbe.lookUp(name)
    switch found {
    case .addresses(let addresses):
      findings.append(.well("dns", "\(name) is found: \(addresses.joined(separator: ", "))."))
    case .unknown(let reason):
      findings.append(
        .wrong(
          "dns", "\(name) is not found on this network (\(reason)).",
          "Check the Wi-Fi, mobile data or VPN. In a network that asks you to sign in, do so in a browser first."
        ))
    }
    return found
  }

  private func connects(
    _ name: String, _ port: Int, into findings: inout [Finding]
  ) -> Bool {
    if let problem = NetworkProbe.connect(name, port: port, seconds: 10) {
      findings.append(
        .wrong(
          "tcp", "Nothing lets this laptop connect to \(name), port \(port) (\(problem)).",
          "Try another network or your VPN. If it is the same there, ask the office whether its server runs."
        ))
      return false
    }
    findings.append(.well("tcp", "\(name) takes connections at port \(port)."))
    return true
  }

  /// The names of what sets a proxy, without its address, which may hold a password.
  private func proxies() -> [String] {
    if let given = laptop.home.proxy { return given.isEmpty ? [] : ["--proxy"] }
    return ["https_proxy", "HTTPS_PROXY", "all_proxy", "ALL_PROXY"].filter {
      NamedFolder.variable($0) != nil
    }
  }

  private func proxyFinding(_ proxies: [String]) -> Finding {
    guard !proxies.isEmpty else { return .well("proxy", "No proxy is set.") }
    return .well(
      "proxy",
      "A proxy is set by \(proxies.joined(separator: ", ")). If the office is not reached, try without: --proxy \"\"."
    )
  }

  private func rest(after step: String) -> [Finding] {
    let steps = ["tcp", "tls", "answer", "accepted", "large-requests", "catalogue"]
    return later(steps.filter { $0 != step }) + [clock(officeDate: nil)]
  }

  private static let names = [
    "tcp": "Connecting", "tls": "The office's certificate", "answer": "The office's answer",
    "accepted": "Whether the office accepts this laptop", "large-requests": "Large requests",
    "catalogue": "Forms and rules",
  ]

  // MARK: What answers

  private func answers() async -> [Finding] {
    let stranger = CurlTransport(
      office: known.address, trust: laptop.folder.trust(of: known), proxy: laptop.home.proxy,
      timeouts: .init(connect: Self.patience, stall: Self.patience, total: .seconds(20)))
    var findings: [Finding] = []
    var date: String?
    do throws(TransportFailure) {
      let response = try await stranger.exchange(
        TransportRequest(.get, "/healthz", accept: "text/plain"))
      let body = try await response.body.collect(limit: 4 << 10)
      date = response.date
      findings.append(.well("tls", "The office shows a certificate of its own authority and name."))
      guard response.status == 200, body == Array("ok\n".utf8) else {
        findings.append(
          .wrong(
            "answer", "The server answers with status \(response.status), and not that it is well.",
            "Try again later; if it stays, tell the office."))
        await stranger.close()
        return findings + later(["accepted", "large-requests", "catalogue"]) + [
          clock(officeDate: date)
        ]
      }
      findings.append(.well("answer", "The office answers."))
    } catch {
      await stranger.close()
      return failed(error) + later(["accepted", "large-requests", "catalogue"])
        + [clock(officeDate: nil)]
    }
    findings.append(await large(stranger))
    await stranger.close()
    findings += await acceptance()
    findings.append(clock(officeDate: date))
    return findings
  }

  private func later(_ checks: [String]) -> [Finding] {
    checks.map { .unknown($0, "\(Self.names[$0] ?? $0): not tried, since the way ends before it.") }
  }

  /// The office itself was not reached, or something else answered in its place.
  private func failed(_ failure: TransportFailure) -> [Finding] {
    switch failure {
    case .offline(let says):
      [
        .wrong(
          "tls", "A connection is made, and then nothing comes. \(says)",
          "Try another network. A network that lets only small packets or only the web through does this."
        )
      ]
    case .refused(let says):
      [
        .wrong(
          "tls", "What answers is not your office, or cannot prove it. \(says)",
          "Nothing was sent. Do not go around this warning.")
      ]
    case .garbled(let says):
      [
        .unknown("tls", "Whether the office is there cannot be told: something else answers."),
        .wrong(
          "answer", "What answers is not the office. \(says)",
          "Open a browser, sign in to the network, then: doorstep sync"),
      ]
    case .cancelled: [.unknown("tls", "It was stopped.")]
    }
  }

  /// Asked as somebody without a code, which the office answers and forgets.
  private func large(_ transport: CurlTransport) async -> Finding {
    let message = PBEnrolRequest.with { $0.label = String(repeating: "-", count: Self.largeBytes) }
    let size = "\(Self.largeBytes >> 10) KiB"
    do throws(SyncFailure) {
      let _: PBEnrolResponse = try await OfficeCall(transport).post("/v1/enrol", message)
      return .unknown(
        "large-requests", "The office answered a large request in a way that is not known.")
    } catch {
      switch error {
      case .refused(let code, _) where code != "connection":
        return .well("large-requests", "A request of \(size) gets through whole.")
      case .busy: return .unknown("large-requests", "The office is busy.")
      case .offline, .cancelled, .garbled, .refused, .store:
        return .wrong(
          "large-requests",
          "A request of \(size) gets no answer, where a small one does. Something on the way may lose large packets (path MTU) or limit what is sent; which, and where, cannot be told from this laptop.",
          "Try another network, or without VPN. If only this network does it, tell IT these words.")
      }
    }
  }

  /// Shows this laptop's certificate, and asks for what every laptop may ask.
  private func acceptance() async -> [Finding] {
    let transport: CurlTransport
    do {
      transport = try laptop.folder.transport(
        laptop.home,
        timeouts: .init(connect: Self.patience, stall: Self.patience, total: .seconds(60)))
    } catch {
      return [
        .unknown("accepted", "Whether the office accepts this laptop: its key cannot be used."),
        .unknown(
          "catalogue", "Forms and rules: not asked, since this laptop's key cannot be used."),
      ]
    }
    let result: Result<PBCatalogue, SyncFailure>
    do throws(SyncFailure) {
      result = .success(try await OfficeCall(transport).get("/v1/catalogue"))
    } catch { result = .failure(error) }
    await transport.close()
    switch result {
    case .success(let answer):
      return [.well("accepted", "The office accepts this laptop."), forms(answer.version)]
    case .failure(.busy):
      return [
        .unknown("accepted", "The office is busy."), .unknown("catalogue", "The office is busy."),
      ]
    case .failure(let failure):
      return [
        .wrong("accepted", "The office does not accept this laptop.", Failure(failure).message),
        .unknown("catalogue", "Forms and rules: the office did not say."),
      ]
    }
  }

  private func forms(_ office: UInt32) -> Finding {
    guard office > catalogue else {
      return .well(
        "catalogue", "Forms and rules are of version \(catalogue), the office's \(office).")
    }
    return .wrong(
      "catalogue", "The office has forms and rules of version \(office); here is \(catalogue).",
      "doorstep sync. If it cannot use them, update Doorstep.")
  }

  // MARK: The clock

  private func clock(officeDate: String?) -> Finding {
    let now = World.now()
    if let office = officeDate.flatMap(Self.time) {
      let off = office.milliseconds(until: now)
      guard off.magnitude >= Self.tolerance else {
        return .well("clock", "This laptop's clock agrees with the office's.")
      }
      return .wrong(
        "clock",
        "This laptop's clock is \(Show.length(milliseconds: off)) \(off > 0 ? "ahead of" : "behind") the office's.",
        "Have it set, so that the times of your visits are right.")
    }
    guard let newest = check.newest else {
      return .unknown(
        "clock", "Whether this laptop's clock is right cannot be told without the office.")
    }
    guard now.milliseconds(until: newest) <= Self.tolerance else {
      return .wrong(
        "clock",
        "This laptop's clock shows an earlier time than when something was last saved here (\(Show.time(newest.milliseconds))).",
        "Have it set, so that the times of your visits are right.")
    }
    return .well(
      "clock",
      "This laptop's clock is not behind what was last saved here; whether it is ahead, only the office can tell."
    )
  }

  /// Of a `Date` header (RFC 9110), for instance `Sun, 06 Nov 1994 08:49:37 GMT`.
  private static func time(_ text: String) -> Timestamp? {
    let formatter = DateFormatter()
    formatter.locale = Locale(identifier: "en_US_POSIX")
    formatter.timeZone = .gmt
    formatter.dateFormat = "EEE, dd MMM yyyy HH:mm:ss 'GMT'"
    return formatter.date(from: text).map {
      Timestamp(milliseconds: Int64($0.timeIntervalSince1970 * 1000))
    }
  }
}
