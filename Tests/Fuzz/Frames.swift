import SyncCore
import SyncWire

/// The answer of an office, read by a laptop as it arrives.
enum Frames {
  /// What comes out of a stream: its frames as they would be sent again, and why it ended.
  private struct Outcome: Equatable {
    var frames: [[UInt8]] = []
    var refusal: WireRefusal?
    var isCut = false
  }

  static func check(_ bytes: [UInt8], as form: WireForm) {
    let whole = read(bytes, as: form, chunk: max(1, bytes.count))
    for chunk in [1, 7] where bytes.count < 64 * chunk {
      promise(
        "a stream reads alike however it is cut", read(bytes, as: form, chunk: chunk) == whole)
    }
    let again = read(whole.frames.flatMap { $0 }, as: .binary, chunk: 4_096)
    promise("a frame that was read is written and read again", again.frames == whole.frames)
    promise("what was written is whole", again.refusal == nil && !again.isCut)
  }

  private static func read(_ bytes: [UInt8], as form: WireForm, chunk: Int) -> Outcome {
    var reader = FrameReader(form)
    var outcome = Outcome()
    var rest = bytes[...]
    do throws(WireRefusal) {
      while !rest.isEmpty {
        reader.append(Array(rest.prefix(chunk)))
        rest = rest.dropFirst(chunk)
        while let frame = try reader.next() {
          outcome.frames.append(frame.bytes(as: .binary))
          if chunk == bytes.count {
            promise("JSON is written of every frame", frame.bytes(as: .json).count > 2)
          }
        }
      }
      outcome.isCut = reader.hasPartialFrame
    } catch {
      promise("a refusal says why", !error.description.isEmpty)
      outcome.refusal = error
    }
    return outcome
  }
}
