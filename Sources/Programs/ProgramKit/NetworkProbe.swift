import Foundation

/// Single steps on the way to a server, each asked for itself, with the rights of anybody.
package enum NetworkProbe {
  package enum Name: Sendable {
    /// As numbers, for people.
    case addresses([String])
    case unknown(reason: String)
  }

  /// Looks a name up as the system does. May take as long as the system's own patience.
  package static func lookUp(_ host: String) -> Name {
    do { return .addresses(try found(host, port: 443).map(\.text)) } catch {
      return .unknown(reason: (error as? Unknown)?.reason ?? "it cannot be looked up")
    }
  }

  /// Connects to the first address of a host that lets us, and hangs up.
  /// - Parameter seconds: for each address.
  /// - Returns: `nil` when it went well, else why not.
  package static func connect(_ host: String, port: Int, seconds: Int32) -> String? {
    do {
      var reason = "it has no address"
      for address in try found(host, port: port) {
        guard let problem = connect(address, seconds) else { return nil }
        reason = problem
      }
      return reason
    } catch { return (error as? Unknown)?.reason ?? "it cannot be looked up" }
  }

  private struct Unknown: Error { let reason: String }
  private struct Address {
    let family, kind, number: Int32
    let bytes: [UInt8]
    let text: String
  }

  private static func found(_ host: String, port: Int) throws -> [Address] {
    var hints = addrinfo()
    hints.ai_socktype = Int32(SOCK_STREAM.rawValue)
    var list: UnsafeMutablePointer<addrinfo>?
    let status = getaddrinfo(host, String(port), &hints, &list)
    guard status == 0 else { throw Unknown(reason: String(cString: gai_strerror(status))) }
    defer { freeaddrinfo(list) }
    var addresses: [Address] = []
    var next = list
    while let entry = next {
      next = entry.pointee.ai_next
      guard let name = entry.pointee.ai_addr else { continue }
      let length = entry.pointee.ai_addrlen
      var text = [CChar](repeating: 0, count: Int(NI_MAXHOST))
      getnameinfo(name, length, &text, socklen_t(text.count), nil, 0, NI_NUMERICHOST)
      let bytes = [UInt8](UnsafeRawBufferPointer(start: name, count: Int(length)))
      addresses.append(
        Address(
          family: entry.pointee.ai_family, kind: entry.pointee.ai_socktype,
          number: entry.pointee.ai_protocol, bytes: bytes,
          text: String(
            decoding: text.prefix { $0 != 0 }.map(UInt8.init(bitPattern:)), as: UTF8.self)
        ))
    }
    return addresses
  }

  private static func connect(_ address: Address, _ seconds: Int32) -> String? {
    let descriptor = socket(address.family, address.kind, address.number)
    guard descriptor >= 0 else { return String(cString: strerror(errno)) }
    defer { close(descriptor) }
    guard fcntl(descriptor, F_SETFL, O_NONBLOCK) == 0 else {
      return String(cString: strerror(errno))
    }
    let status = address.bytes.withUnsafeBytes { raw in
      raw.withMemoryRebound(to: sockaddr.self) { name in
        Foundation.connect(descriptor, name.baseAddress, socklen_t(raw.count))
      }
    }
    if status == 0 { return nil }
    guard errno == EINPROGRESS else { return String(cString: strerror(errno)) }
    var waiting = pollfd(fd: descriptor, events: Int16(POLLOUT), revents: 0)
    guard poll(&waiting, 1, seconds * 1000) == 1 else { return "no answer in \(seconds) seconds" }
    var problem: Int32 = 0
    var length = socklen_t(MemoryLayout<Int32>.size)
    guard getsockopt(descriptor, SOL_SOCKET, SO_ERROR, &problem, &length) == 0 else {
      return String(cString: strerror(errno))
    }
    return problem == 0 ? nil : String(cString: strerror(problem))
  }
}
