/// What misfortunes there are, by the ids of the fault catalogue.
package enum Fault: String, CaseIterable, Sendable {
  /// A program is killed, and started again later.
  case killed = "P1"
  /// Killed with half of an unsynced write on the disk.
  case tornWrite = "P4"
  /// A copy of a laptop's disk goes on beside the original.
  case cloned = "I1"
  /// A laptop's disk is put back from a backup.
  case putBack = "I2"
  /// The office's store is put back from a backup.
  case officePutBack = "I3"
  /// One officer with two laptops.
  case secondLaptop = "I6"
  /// A laptop's clock is wrong, by up to ten years.
  case wrongClock = "C1"
  /// A laptop's clock jumps.
  case clockJump = "C2"
  /// The request is lost before the office commits.
  case lostRequest = "N1"
  /// The office commits and its answer is lost.
  case lostAnswer = "N2"
  /// Stale or swapped answers.
  case wrongAnswer = "N3"
  /// A request is repeated, or arrives long after.
  case repeatedRequest = "N4"
  /// The answer is cut at some frame.
  case cutAnswer = "N5"
  /// Bytes of the answer are changed.
  case garbledAnswer = "N6"
  /// A web page instead of an answer.
  case webPage = "N7"
  /// Frames out of order.
  case misorderedFrames = "M13"
  /// A partition, one way too.
  case partition = "N9"
  /// Two servers on one store.
  case twoServers = "S1"
  /// Others write while pages are sent.
  case writesBetweenPages = "S9"
  /// Laptop and office with different catalogues.
  case mixedCatalogues = "S11"
  /// A case leaves a laptop with unsent edits on it.
  case leftWithUnsent = "A1"
  /// A case comes with records that are older than the position.
  case cameWithPast = "A2"
  /// The scope changes between two pages.
  case scopeChangedBetweenPages = "A3"
  /// A device is revoked.
  case revoked = "A4"
  /// A deletion beside a concurrent edit.
  case deletedBesideEdit = "A6"
}

/// What must happen sometimes: a simulation that never gets there proves nothing about it.
package enum Label: String, CaseIterable, Sendable {
  case conflictTwoWay = "conflict.twoWay"
  case conflictThreeWay = "conflict.threeWay"
  case conflictContested = "conflict.contested"
  case conflictEqualValues = "conflict.equalValues"
  case conflictResolved = "conflict.resolved"
  case conflictRatchet = "conflict.ratchet"
  case conflictClaims = "conflict.claims"
  case conflictAgreed = "conflict.agreed"
  case conflictNaturalKey = "conflict.naturalKey"
  case deleteCovered = "delete.covered"
  case deleteDisputed = "delete.disputed"
  case editStaleForm = "edit.staleForm"
  case editRefusedHere = "edit.refusedOnTheLaptop"
  case editOnUnsent = "edit.onUnsent"
  case editAfterRefused = "edit.afterRefused"
  case editDuringSync = "edit.duringSync"
  case ratchetRaised = "ratchet.raised"
  case ratchetEased = "ratchet.eased"
  case receiptApplied = "receipt.applied"
  case receiptMerged = "receipt.merged"
  case receiptContested = "receipt.contested"
  case receiptLate = "receipt.late"
  case alertDeletion = "alert.deletion"
  case alertDisputed = "alert.disputed"
  case alertFlagChallenged = "alert.flag-challenged"
  case alertLateWork = "alert.late-work"
  case alertRiskConcern = "alert.risk-concern"
  case receiptRefused = "receipt.refused"
  case receiptAgain = "receipt.again"
  case receiptSettles = "receipt.settles"
  case refusedEasing = "refused.easing"
  case refusedUnknown = "refused.recordUnknown"
  case refusedWrittenOnce = "refused.writtenOnce"
  case refusedInvalid = "refused.invalid"
  case refusedOfficeOnly = "refused.officeOnly"
  case refusedGroup = "refused.group"
  case refusedAuthor = "refused.notTheAuthor"
  case groupAccepted = "group.accepted"
  case pushSeveral = "push.severalRequests"
  case pageSeveral = "page.several"
  case pageCutBetween = "page.cutBetween"
  case pageEmpty = "page.empty"
  case scopeDropped = "scope.dropped"
  case scopeDroppedUnsent = "scope.droppedWithUnsent"
  case scopeGrantedAgain = "scope.grantedAgain"
  case scopeAgainUnnoticed = "scope.grantedAgainUnnoticed"
  case windowLeft = "window.left"
  case limitSet = "limit.set"
  case limitEnded = "limit.ended"
  case limitBetweenPages = "limit.betweenPages"
  case restrictionSet = "restriction.set"
  case restrictionEnded = "restriction.ended"
  case transferOne = "transfer.one"
  case transferAll = "transfer.all"
  case transferSeveral = "transfer.several"
  case transferRenamed = "transfer.renamedOfficer"
  case transferUnsent = "transfer.withUnsent"
  case movedHeard = "transfer.heard"
  case grantForDays = "days.granted"
  case daysBegan = "days.began"
  case daysEnded = "days.ended"
  case quarantineReleased = "quarantine.released"
  case quarantineRedirected = "quarantine.redirected"
  case quarantineReturned = "quarantine.returned"
  case quarantineRefused = "quarantine.refusedAgain"
  case quarantineReissued = "quarantine.reissued"
  case quarantineHeard = "quarantine.heard"
  case accessReplayed = "access.replayed"
  case refusedRestricted = "refused.restricted"
  case scopeChangedBetween = "scope.changedBetweenPages"
  case resyncOrdered = "resync.ordered"
  case resyncFinished = "resync.finished"
  case resyncWithUnsent = "resync.withUnsent"
  case resyncCut = "resync.cut"
  case resyncEdited = "resync.editedMeanwhile"
  case crashMidRound = "crash.midRound"
  case crashWithForms = "crash.withOpenForms"
  case requestLateNew = "request.lateAndNew"
  case requestAgain = "request.again"
  case answerStale = "answer.stale"
  case verifyAgreed = "verify.agreed"
  case forkFound = "fork.found"
  case forkWithUnsent = "fork.withUnsent"
  case forkTwice = "fork.twice"
  case restoreAfterPush = "restore.afterPush"
  case restoreWithUnsent = "restore.withUnsent"
  case restoreLostEdits = "restore.lostEdits"
  case officeRestored = "office.restored"
  case officeLost = "office.lostAccepted"
  case officeTwice = "office.restoredTwice"
  case epochNoticed = "epoch.noticed"
  case epochOffered = "epoch.offered"
  case epochReturned = "epoch.returned"
  case reissued = "edit.reissued"
  case reissuedKnown = "edit.reissuedAndKnown"
  case absence = "time.quarterAway"
}

/// Counts of what happened, over one seed or many.
package struct Tally: Sendable {
  package private(set) var faults = [Int](repeating: 0, count: Fault.allCases.count)
  package private(set) var labels = [Int](repeating: 0, count: Label.allCases.count)
  package var seeds = 0
  /// Requests that an office answered or a network lost.
  package var sessions = 0
  package var edits = 0

  package init() {}

  package mutating func note(_ fault: Fault) { faults[Self.place(of: fault)] += 1 }
  package mutating func note(_ label: Label) { labels[Self.place(of: label)] += 1 }

  package func count(_ fault: Fault) -> Int { faults[Self.place(of: fault)] }
  package func count(_ label: Label) -> Int { labels[Self.place(of: label)] }

  package mutating func add(_ other: Tally) {
    for index in faults.indices { faults[index] += other.faults[index] }
    for index in labels.indices { labels[index] += other.labels[index] }
    seeds += other.seeds
    sessions += other.sessions
    edits += other.edits
  }

  private static let faultPlaces = Dictionary(
    uniqueKeysWithValues: Fault.allCases.enumerated().map { ($1, $0) })
  private static let labelPlaces = Dictionary(
    uniqueKeysWithValues: Label.allCases.enumerated().map { ($1, $0) })

  private static func place(of fault: Fault) -> Int { faultPlaces[fault] ?? 0 }
  private static func place(of label: Label) -> Int { labelPlaces[label] ?? 0 }
}
