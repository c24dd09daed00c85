import SyncCore

/// GRDB has a class of this name too; here it always means the core's.
typealias Record = SyncCore.Record
