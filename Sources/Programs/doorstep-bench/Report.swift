import Foundation

/// Several runs of one contestant.
struct Sample {
  private(set) var values: [Double] = []

  mutating func add(_ value: Double) { values.append(value) }

  func quantile(_ part: Double) -> Double {
    let sorted = values.sorted()
    guard !sorted.isEmpty else { return 0 }
    return sorted[min(sorted.count - 1, Int(part * Double(sorted.count)))]
  }

  var median: Double { quantile(0.5) }
  var least: Double { values.min() ?? 0 }
  var most: Double { values.max() ?? 0 }
}

/// One measured figure, its floor, and what others were seen to do on the same work elsewhere.
struct Figure: Encodable {
  enum CodingKeys: String, CodingKey {
    case workload, metric, unit, value, least, most, floor, ratio, goal, peers, rounds
    case floorIs = "floor_is"
  }

  let workload, metric, unit: String
  let value, least, most: Double
  var floor: Double?
  var floorIs: String?
  var ratio: Double?
  var goal: String?
  var peers: String?
  let rounds: Int
}

/// Prints figures as they come, and all of them as a table at the end.
final class Report {
  private let json: Bool
  private var figures: [Figure] = []
  private var probes: [Double] = []

  init(json: Bool) { self.json = json }

  func note(_ text: String) { FileHandle.standardError.write(Data((text + "\n").utf8)) }

  /// The disk's own speed, because it changes from hour to hour.
  func probe(_ milliseconds: Double) { probes.append(milliseconds) }

  /// - higherIsBetter: for rates, where the ratio is value over floor too, but more is better.
  func add(
    _ workload: String, _ metric: String, _ unit: String, _ sample: Sample, floor: Sample? = nil,
    floorIs: String? = nil, goal: String? = nil, peers: String? = nil
  ) {
    let figure = Figure(
      workload: workload, metric: metric, unit: unit, value: sample.median, least: sample.least,
      most: sample.most, floor: floor?.median, floorIs: floorIs,
      ratio: floor.map { sample.median / $0.median }, goal: goal, peers: peers,
      rounds: sample.values.count)
    figures.append(figure)
    if json {
      let encoder = JSONEncoder()
      encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
      if let data = try? encoder.encode(figure) { print(String(decoding: data, as: UTF8.self)) }
    } else {
      print(Self.text(figure))
    }
  }

  private static func text(_ figure: Figure) -> String {
    func show(_ number: Double) -> String {
      number >= 1000 ? String(format: "%.0f", number) : String(format: "%.3g", number)
    }
    var text = "\(figure.workload)  \(figure.metric): \(show(figure.value)) \(figure.unit)"
    text += " (\(show(figure.least)) to \(show(figure.most)), \(figure.rounds) rounds)"
    if let floor = figure.floor, let ratio = figure.ratio {
      text += "\n    floor \(show(floor)) \(figure.unit) (\(figure.floorIs ?? ""))"
      text += "; ratio \(String(format: "%.2f", ratio))"
    }
    if let goal = figure.goal { text += "; goal \(goal)" }
    if let peers = figure.peers { text += "\n    seen elsewhere, other runs: \(peers)" }
    return text
  }

  func end() {
    guard !json, let least = probes.min(), let most = probes.max() else { return }
    print(
      String(
        format: "A 4 KiB write and fsync took %.2f to %.2f ms between the workloads.", least, most))
  }
}
