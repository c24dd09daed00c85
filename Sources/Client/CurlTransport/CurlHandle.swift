import CCurl
import SyncClient

/// One transfer as libcurl sees it. Made, used and freed on the loop's thread only.
final class CurlHandle {
  let exchange: Exchange
  let easy: UnsafeMutableRawPointer
  private let errorText: UnsafeMutablePointer<CChar>
  private var headerList: UnsafeMutablePointer<curl_slist>?
  private var head = HeadReader()
  /// Bytes of the request's body that libcurl has taken.
  private var sent = 0
  /// Why this side stopped the transfer, which libcurl knows only as a failed write.
  private var ownFailure: TransportFailure?

  /// Sets libcurl up for `exchange`; refuses when this libcurl lacks any of what safety needs.
  init(_ exchange: Exchange, settings: Settings) throws(TransportFailure) {
    guard let easy = curl_easy_init() else {
      throw .offline(Sentence.local(code: Int(CURLE_FAILED_INIT.rawValue)))
    }
    self.exchange = exchange
    self.easy = easy
    errorText = .allocate(capacity: Int(CURL_ERROR_SIZE))
    errorText.initialize(repeating: 0, count: Int(CURL_ERROR_SIZE))
    var options = CurlOptions(easy)
    options.setSafety()
    options.set(settings.timeouts)
    options.set(settings.trust, settings.identity)
    options.set(proxy: settings.proxy)
    if settings.offersGzip { options.set(CURLOPT_ACCEPT_ENCODING, "gzip") }
    setRequest(&options)
    setCallbacks(&options)
    guard options.firstFailure == CURLE_OK else {
      let code = Int(options.firstFailure.rawValue)
      throw options.firstFailure == CURLE_OUT_OF_MEMORY
        ? .offline(Sentence.local(code: code)) : .refused(Sentence.oldLibrary(code: code))
    }
  }

  /// After the loop has taken it out of the multi handle, as libcurl demands.
  deinit {
    curl_easy_cleanup(easy)
    curl_slist_free_all(headerList)
    errorText.deallocate()
  }

  private func setRequest(_ options: inout CurlOptions) {
    let call = exchange.call
    options.set(CURLOPT_URL, call.url)
    for header in call.headers {
      guard let longer = curl_slist_append(headerList, header) else {
        return options.note(CURLE_OUT_OF_MEMORY)
      }
      headerList = longer
    }
    options.note(cc_set_list(easy, CURLOPT_HTTPHEADER, headerList))
    switch call.method {
    case .get: options.set(CURLOPT_HTTPGET, 1)
    case .post:
      options.set(CURLOPT_POST, 1)
      options.note(cc_set_offset(easy, CURLOPT_POSTFIELDSIZE_LARGE, curl_off_t(call.body.count)))
    }
  }

  /// libcurl keeps an unowned pointer to this object, which outlives its handle.
  private func setCallbacks(_ options: inout CurlOptions) {
    let context = Unmanaged.passUnretained(self).toOpaque()
    for option in [
      CURLOPT_HEADERDATA, CURLOPT_WRITEDATA, CURLOPT_READDATA, CURLOPT_SEEKDATA,
    ] {
      options.note(cc_set_pointer(easy, option, context))
    }
    options.note(cc_set_pointer(easy, CURLOPT_ERRORBUFFER, errorText))
    options.note(
      cc_set_data_callback(easy, CURLOPT_HEADERFUNCTION) { bytes, size, count, context in
        guard let bytes, let context else { return 0 }
        return CurlHandle.at(context).receivedHeader(.init(start: bytes, count: size &* count))
      })
    options.note(
      cc_set_data_callback(easy, CURLOPT_WRITEFUNCTION) { bytes, size, count, context in
        guard let bytes, let context else { return 0 }
        return CurlHandle.at(context).receivedBody(.init(start: bytes, count: size &* count))
      })
    options.note(
      cc_set_data_callback(easy, CURLOPT_READFUNCTION) { bytes, size, count, context in
        guard let bytes, let context else { return Int(CURL_READFUNC_ABORT) }
        return CurlHandle.at(context).sendBody(into: .init(start: bytes, count: size &* count))
      })
    // Asked when a request is sent again because its kept connection was dead.
    options.note(
      cc_set_seek_callback(easy) { context, offset, origin in
        guard let context, origin == SEEK_SET else { return CURL_SEEKFUNC_FAIL }
        return CurlHandle.at(context).rewind(to: offset)
      })
  }

  private static func at(_ context: UnsafeMutableRawPointer) -> CurlHandle {
    Unmanaged<CurlHandle>.fromOpaque(context).takeUnretainedValue()
  }

  // MARK: Callbacks

  private func receivedHeader(_ line: UnsafeRawBufferPointer) -> Int {
    switch head.read(line) {
    case .needsMore: return line.count
    case .complete(let head):
      exchange.received(head)
      return line.count
    case .refused(let failure):
      ownFailure = failure
      return 0
    }
  }

  private func receivedBody(_ bytes: UnsafeRawBufferPointer) -> Int {
    guard !bytes.isEmpty else { return 0 }
    return switch exchange.received(bytes) {
    case .taken: bytes.count
    case .pause: Int(CURL_WRITEFUNC_PAUSE)
    case .stop: 0
    }
  }

  private func sendBody(into space: UnsafeMutableRawBufferPointer) -> Int {
    let part = exchange.call.body[sent...].prefix(space.count)
    space.copyBytes(from: part)
    sent += part.count
    return part.count
  }

  private func rewind(to offset: curl_off_t) -> Int32 {
    guard let place = Int(exactly: offset), 0...exchange.call.body.count ~= place else {
      return CURL_SEEKFUNC_FAIL
    }
    sent = place
    return CURL_SEEKFUNC_OK
  }

  // MARK: After the end

  /// What the engine is told, given how libcurl ended; `nil` when the whole answer came.
  func failure(after code: CURLcode) -> TransportFailure? {
    if let ownFailure { return ownFailure }
    return Ending(
      code: code, detail: String(cString: errorText),
      bytesReceived: offset(CURLINFO_SIZE_DOWNLOAD_T),
      isRequestSent: number(CURLINFO_REQUEST_SIZE) > 0, isHeadComplete: head.isComplete,
      proxyStatus: number(CURLINFO_HTTP_CONNECTCODE)
    ).failure
  }

  /// What this transfer put on the wire. The body is read by callback, so that libcurl counts it
  /// apart from the request's head.
  var traffic: CurlTransport.Traffic {
    var traffic = CurlTransport.Traffic()
    let head = number(CURLINFO_REQUEST_SIZE)
    traffic.bytesSent = head + offset(CURLINFO_SIZE_UPLOAD_T)
    traffic.bytesReceived = number(CURLINFO_HEADER_SIZE) + offset(CURLINFO_SIZE_DOWNLOAD_T)
    traffic.requests = head > 0 ? 1 : 0
    traffic.connections = number(CURLINFO_NUM_CONNECTS)
    return traffic
  }

  private func number(_ info: CURLINFO) -> Int {
    var value = 0
    return cc_get_long(easy, info, &value) == CURLE_OK ? max(0, value) : 0
  }

  private func offset(_ info: CURLINFO) -> Int {
    var value: curl_off_t = 0
    return cc_get_offset(easy, info, &value) == CURLE_OK ? max(0, Int(value)) : 0
  }
}
