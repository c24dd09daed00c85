import Foundation

/// libFuzzer's loop, which a program that has a `main` of its own calls.
@_silgen_name("LLVMFuzzerRunDriver")
private func runFuzzer(
  _ count: UnsafeMutablePointer<CInt>,
  _ arguments: UnsafeMutablePointer<UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>>,
  _ body: @convention(c) (UnsafePointer<UInt8>?, Int) -> CInt
) -> CInt

private func feed(_ start: UnsafePointer<UInt8>?, _ length: Int) -> CInt {
  Target.chosen?.check(Array(UnsafeBufferPointer(start: start, count: length)))
  return 0
}

/// Feeds one decoder with bytes that libFuzzer makes up, guided by the branches that they reach.
///
/// Arguments are libFuzzer's own. Without a target to feed, it lists them.
@main struct Fuzz {
  static func main() {
    guard Target.chosen != nil else {
      for target in Target.allCases { print(target.rawValue) }
      return
    }
    var count = CommandLine.argc
    var arguments = CommandLine.unsafeArgv
    exit(runFuzzer(&count, &arguments, feed))
  }
}
