import CZlib

/// Compresses a response as it is written (RFC 1952), for laptops on slow networks.
///
/// The fastest level: notes shrink to a third, and the office's processor serves many.
///
/// `@unchecked Sendable`: made for one response, whose one writer alone uses it, piece after piece.
final class GzipStream: @unchecked Sendable {
  private var stream = z_stream()
  private var output = [UInt8](repeating: 0, count: 64 << 10)

  struct Failed: Error {}

  init() throws {
    guard cz_deflate_init_gzip(&stream, 1) == Z_OK else { throw Failed() }
  }

  deinit { deflateEnd(&stream) }

  /// Compresses a piece.
  /// - Parameter isLast: no more will follow.
  /// - Returns: what can be sent; it may be empty, since small pieces wait for more.
  func compress(_ piece: [UInt8], isLast: Bool) throws -> [UInt8] {
    var compressed: [UInt8] = []
    var input = piece
    try input.withUnsafeMutableBufferPointer { input in
      stream.next_in = input.baseAddress
      stream.avail_in = UInt32(input.count)
      repeat {
        let capacity = output.count
        let produced = try output.withUnsafeMutableBufferPointer { output -> Int in
          stream.next_out = output.baseAddress
          stream.avail_out = UInt32(capacity)
          let code = deflate(&stream, isLast ? Z_FINISH : Z_NO_FLUSH)
          guard code == Z_OK || code == Z_STREAM_END || code == Z_BUF_ERROR else { throw Failed() }
          return capacity - Int(stream.avail_out)
        }
        compressed.append(contentsOf: output[..<produced])
      } while stream.avail_out == 0
    }
    return compressed
  }
}
