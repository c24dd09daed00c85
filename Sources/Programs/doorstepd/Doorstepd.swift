import ArgumentParser

/// The office server: one binary, one data folder.
@main
struct Doorstepd: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "doorstepd",
    abstract: "The office's server: receives what laptops send, and sends each what it may hold.",
    discussion: """
      First: doorstepd init. Then: doorstepd serve. Everything is in one folder (--data); doorstepd \
      backup copies it while it serves.

      Exit status: 0 done · 1 something needs you · 64 wrong arguments · 65 a file or an entry is wrong · 70 internal error · 73 cannot create · \
      74 disk · 75 in use by another doorstepd · 78 not set up.
      """,
    version: "0.1.0",
    subcommands: [
      Init.self, Serve.self, OperatorCode.self, Import.self, Seed.self, Report.self, Rules.self,
      History.self, Conflicts.self, Resolve.self, Alerts.self, Clear.self, Backup.self,
      Restore.self, Rescue.self,
    ])
}
