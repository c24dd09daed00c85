import CCurl
import Foundation
import SyncClient
import Synchronization

/// libcurl's own thread: the only one that touches its handles, except to wake it.
///
/// One multi handle keeps the connections of all transfers. Other threads leave commands in an
/// inbox.
final class CurlLoop: Sendable {
  /// More requests at once wait for a connection, within their connect timeout.
  private static let maximumConnections = 16
  /// Connections kept for later use.
  private static let keptConnections = 4
  /// Longest sleep without a command. libcurl's own timers shorten it.
  private static let longestSleep: Int32 = 60_000

  private enum Command {
    case start(Exchange)
    case resume(Exchange)
    case stop(Exchange)
  }

  private enum Life { case open, closing, ended }

  private struct Inbox {
    var life = Life.open
    var commands: [Command] = []
    var waiters: [CheckedContinuation<Void, Never>] = []
  }

  /// The pointer to the multi handle, for the thread and for those who wake it.
  ///
  /// Unchecked: other threads pass it to nothing but `curl_multi_wakeup`, which libcurl allows at
  /// any time, and only while the inbox is not ended, under its lock; the handle is freed after.
  private struct MultiHandle: @unchecked Sendable {
    let raw: UnsafeMutableRawPointer
  }

  private let settings: Settings
  private let multi: MultiHandle?
  private let inbox: Mutex<Inbox>
  private let counted = Mutex(CurlTransport.Traffic())

  /// Once per process, as libcurl wants it, before any thread uses it.
  private static let globalResult: CURLcode = curl_global_init(Int(CURL_GLOBAL_DEFAULT))

  init(settings: Settings) {
    self.settings = settings
    multi =
      Self.globalResult == CURLE_OK ? curl_multi_init().map { MultiHandle(raw: $0) } : nil
    inbox = Mutex(Inbox(life: multi == nil ? .ended : .open))
    guard let multi else { return }
    _ = cc_multi_set_long(multi.raw, CURLMOPT_MAX_TOTAL_CONNECTIONS, Self.maximumConnections)
    _ = cc_multi_set_long(multi.raw, CURLMOPT_MAXCONNECTS, Self.keptConnections)
    let thread = Thread { [self] in run(multi.raw) }
    thread.name = "doorstep-curl"
    thread.start()
  }

  var traffic: CurlTransport.Traffic { counted.withLock { $0 } }

  // MARK: From any thread

  /// Starts the transfer and waits for its head. Cancelling the task ends it.
  func head(of exchange: Exchange) async throws(TransportFailure) -> ResponseHead {
    let result = await withTaskCancellationHandler {
      await withCheckedContinuation { waiter in
        guard exchange.waitForHead(waiter) else { return }
        submit(.start(exchange))
      }
    } onCancel: {
      cancel(exchange)
    }
    return try result.get()
  }

  /// The next piece of the body, or `nil` after the last. Cancelling the task ends the transfer.
  func chunk(of exchange: Exchange) async throws(TransportFailure) -> [UInt8]? {
    let result = await withTaskCancellationHandler {
      await withCheckedContinuation { waiter in
        guard case .now(let result, let mustResume) = exchange.pull(waiter) else { return }
        if mustResume { submit(.resume(exchange)) }
        waiter.resume(returning: result)
      }
    } onCancel: {
      cancel(exchange)
    }
    return try result.get()
  }

  /// Ends the exchange at once; the thread lets go of its connection soon after.
  func cancel(_ exchange: Exchange) {
    if exchange.cancel() { submit(.stop(exchange)) }
  }

  /// Tells the thread to end everything and itself.
  func close() {
    inbox.withLock { inbox in
      guard inbox.life == .open else { return }
      inbox.life = .closing
      wake()
    }
  }

  /// Returns once the thread has freed all that libcurl held.
  func waitUntilEnded() async {
    await withCheckedContinuation { waiter in
      let hasEnded = inbox.withLock { inbox in
        if inbox.life != .ended { inbox.waiters.append(waiter) }
        return inbox.life == .ended
      }
      if hasEnded { waiter.resume() }
    }
  }

  private func submit(_ command: Command) {
    let isTaken = inbox.withLock { inbox in
      guard inbox.life == .open else { return false }
      inbox.commands.append(command)
      wake()
      return true
    }
    guard !isTaken, case .start(let exchange) = command else { return }
    exchange.finish(multi == nil ? .offline(Sentence.local(code: 2)) : .cancelled)
  }

  /// Called under the inbox's lock, while the handle lives.
  private func wake() {
    if let multi { _ = curl_multi_wakeup(multi.raw) }
  }

  // MARK: On the thread

  private func run(_ multi: UnsafeMutableRawPointer) {
    ignoreBrokenPipes()
    var transfers: [ObjectIdentifier: CurlHandle] = [:]
    while let commands = takeCommands() {
      for command in commands { obey(command, multi, &transfers) }
      var running: Int32 = 0
      _ = curl_multi_perform(multi, &running)
      reap(multi, &transfers)
      if curl_multi_poll(multi, nil, 0, Self.longestSleep, nil) != CURLM_OK {
        // Out of memory or descriptors: wait rather than spin, for the same may work again.
        usleep(50_000)
      }
    }
    end(multi, &transfers)
  }

  /// With signals off libcurl leaves this to the program: a cut connection must not end it.
  private func ignoreBrokenPipes() {
    var signals = sigset_t()
    sigemptyset(&signals)
    sigaddset(&signals, SIGPIPE)
    pthread_sigmask(SIG_BLOCK, &signals, nil)
  }

  /// The commands since the last time; `nil` when it is time to end.
  private func takeCommands() -> [Command]? {
    inbox.withLock { inbox in
      guard inbox.life == .open else { return nil }
      defer { inbox.commands = [] }
      return inbox.commands
    }
  }

  private func obey(
    _ command: Command, _ multi: UnsafeMutableRawPointer,
    _ transfers: inout [ObjectIdentifier: CurlHandle]
  ) {
    switch command {
    case .start(let exchange):
      // Its task may have been cancelled before the command was read.
      if exchange.hasEnded { return }
      do throws(TransportFailure) {
        let handle = try CurlHandle(exchange, settings: settings)
        guard curl_multi_add_handle(multi, handle.easy) == CURLM_OK else {
          return exchange.finish(.offline(Sentence.local(code: 2)))
        }
        transfers[ObjectIdentifier(exchange)] = handle
      } catch {
        exchange.finish(error)
      }
    case .resume(let exchange):
      if let handle = transfers[ObjectIdentifier(exchange)] { _ = cc_resume(handle.easy) }
    case .stop(let exchange):
      guard let handle = transfers[ObjectIdentifier(exchange)] else { return }
      count(handle)
      curl_multi_remove_handle(multi, handle.easy)
      transfers.removeValue(forKey: ObjectIdentifier(exchange))
    }
  }

  /// Tells the exchanges whose transfers have ended.
  private func reap(
    _ multi: UnsafeMutableRawPointer, _ transfers: inout [ObjectIdentifier: CurlHandle]
  ) {
    var left: Int32 = 0
    while let message = curl_multi_info_read(multi, &left) {
      guard message.pointee.msg == CURLMSG_DONE, let easy = message.pointee.easy_handle,
        let handle = transfers.values.first(where: { $0.easy == easy })
      else { continue }
      let failure = handle.failure(after: cc_message_result(message))
      count(handle)
      curl_multi_remove_handle(multi, easy)
      transfers.removeValue(forKey: ObjectIdentifier(handle.exchange))
      handle.exchange.finish(failure)
    }
  }

  private func end(
    _ multi: UnsafeMutableRawPointer, _ transfers: inout [ObjectIdentifier: CurlHandle]
  ) {
    for handle in transfers.values {
      _ = handle.exchange.cancel()
      curl_multi_remove_handle(multi, handle.easy)
    }
    transfers = [:]
    let last = inbox.withLock { inbox in
      defer { inbox = Inbox(life: .ended) }
      return inbox
    }
    for case .start(let exchange) in last.commands { _ = exchange.cancel() }
    curl_multi_cleanup(multi)
    for waiter in last.waiters { waiter.resume() }
  }

  private func count(_ handle: CurlHandle) {
    let share = handle.traffic
    counted.withLock { $0 += share }
  }
}
