import ProgramKit
import RecordCatalogue
import SyncReplica

/// What an officer waits for when a page is about every case.
extension Bench {
  /// W11: from exec to exit of the pages over a caseload: 100 cases of up to three years.
  func pages() async throws {
    let doorstep = OfficeProcess.programs + "/doorstep"
    let office = try await OfficeProcess(path("seeded")) { data in
      try OfficeProcess.run(
        OfficeProcess.programs + "/doorstepd",
        [
          "seed", "--data", data, "--people", "100", "--officers", "1", "--user", "a.khan",
          "--contacts-per-year", "350", "--json",
        ])
    }
    defer { office.stop() }
    let home = try office.enrol("a.khan", "laptop")
    try OfficeProcess.run(doorstep, ["sync", "--home", home.path, "--json"])
    office.stop()
    let replica = try Replica(path: home.store, access: .read, catalogue: .standard)
    let records = try replica.status().records
    try replica.close()
    let commands = ["status", "due", "today"]
    var ours = [Sample](repeating: Sample(), count: commands.count)
    var floor = Sample()
    for _ in 0..<max(rounds, 15) {
      for (index, command) in commands.enumerated() {
        ours[index].add(
          try Self.milliseconds {
            try OfficeProcess.run(doorstep, [command, "--home", home.path, "--json"])
          })
      }
      floor.add(try Self.milliseconds { try OfficeProcess.run(doorstep, ["--version"]) })
    }
    for (command, sample) in zip(commands, ours) {
      report.add(
        "W11", "doorstep \(command) over 100 cases, \(records) records, exec to exit", "ms", sample,
        floor: floor, floorIs: "the same program printing its version",
        goal: command == "status" ? "≤ 60 ms" : "≤ 100 ms")
    }
  }
}
