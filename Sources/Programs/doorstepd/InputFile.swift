import Foundation
import ProgramKit

/// A file that somebody gives to be read whole.
enum InputFile {
  /// - Parameter most: bytes that it may take.
  static func bytes(_ file: String, most: Int) throws -> [UInt8] {
    let size = try? FileManager.default.attributesOfItem(atPath: file)[.size] as? Int
    guard size ?? 0 <= most else {
      throw Failure(
        .badData, code: "too-large",
        "\(file) is larger than \(most >> 20) MiB. Divide it into several.")
    }
    guard let bytes = FileManager.default.contents(atPath: file) else {
      throw Failure(
        .badData, code: "no-file", "\(file) cannot be read. Check its name and its permissions.")
    }
    return [UInt8](bytes)
  }
}
