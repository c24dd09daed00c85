import ArgumentParser
import ProgramKit

struct Seed: ServerCommand {
  @OptionGroup var data: DataOptions
  @OptionGroup var output: Output
  func work() async throws {}
}
struct Import: ServerCommand {
  @OptionGroup var data: DataOptions
  @OptionGroup var output: Output
  func work() async throws {}
}
