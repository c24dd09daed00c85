import GRDB

/// The tables of a laptop's store.
///
/// Outside the sealed bodies stand only ids, types, versions, places and times.
enum ReplicaSchema {
  static var migrator: DatabaseMigrator {
    var migrator = DatabaseMigrator()
    migrator.registerMigration("1") { db in
      try db.execute(
        sql: """
          CREATE TABLE meta (key TEXT PRIMARY KEY, value BLOB NOT NULL) WITHOUT ROWID;

          -- One generation is shown; while a resync runs, the next is built beside it.
          CREATE TABLE cases (
            generation INTEGER NOT NULL,
            case_id BLOB NOT NULL,
            is_whole INTEGER NOT NULL,
            PRIMARY KEY (generation, case_id)
          ) WITHOUT ROWID;

          -- base: the office's state as last received, with its proof and the office's position then.
          -- shown: base with the laptop's own changes; null when equal.
          CREATE TABLE records (
            generation INTEGER NOT NULL,
            record_id BLOB NOT NULL,
            case_id BLOB NOT NULL,
            type TEXT NOT NULL,
            version BLOB NOT NULL,
            base BLOB,
            shown_version BLOB,
            shown BLOB,
            proof BLOB,
            arrived_epoch INTEGER,
            arrived_sequence INTEGER,
            is_owed INTEGER NOT NULL DEFAULT 0,
            -- Whether some field has two standing edits with unequal values.
            is_disputed INTEGER NOT NULL DEFAULT 0,
            PRIMARY KEY (generation, record_id)
          ) WITHOUT ROWID;
          CREATE INDEX records_by_case ON records (generation, case_id, type);
          CREATE INDEX records_owed ON records (generation, record_id) WHERE is_owed = 1;
          CREATE INDEX records_disputed ON records (generation, record_id) WHERE is_disputed = 1;

          -- The laptop's own changes in the order in which they were made. verdict is null until the office has
          -- receipted it.
          CREATE TABLE changes (
            number INTEGER PRIMARY KEY,
            replica BLOB NOT NULL,
            counter INTEGER NOT NULL,
            record_id BLOB NOT NULL,
            case_id BLOB NOT NULL,
            type TEXT NOT NULL,
            hash BLOB NOT NULL,
            body BLOB,
            recorded_at INTEGER NOT NULL,
            verdict TEXT,
            epoch INTEGER,
            sequence INTEGER,
            proof BLOB,
            in_base INTEGER NOT NULL DEFAULT 0,
            is_owed INTEGER NOT NULL DEFAULT 0
          );
          CREATE UNIQUE INDEX changes_by_dot ON changes (replica, counter);
          CREATE INDEX changes_waiting ON changes (number) WHERE verdict IS NULL;
          CREATE INDEX changes_by_record ON changes (record_id);
          CREATE INDEX changes_over_base ON changes (record_id) WHERE in_base = 0;
          CREATE INDEX changes_owed ON changes (number) WHERE is_owed = 1;

          CREATE TABLE drafts (
            id BLOB PRIMARY KEY,
            case_id BLOB NOT NULL,
            type TEXT NOT NULL,
            saved_at INTEGER NOT NULL,
            body BLOB NOT NULL
          ) WITHOUT ROWID;
          """)
    }
    // A case's records of one type lie beside each other, because that is how they are read: what
    // is due in a caseload needs a few types of each case, and found each row on a page of its own.
    migrator.registerMigration("2") { db in
      try db.execute(
        sql: """
          CREATE TABLE records_beside (
            generation INTEGER NOT NULL,
            case_id BLOB NOT NULL,
            type TEXT NOT NULL,
            record_id BLOB NOT NULL,
            version BLOB NOT NULL,
            base BLOB,
            shown_version BLOB,
            shown BLOB,
            proof BLOB,
            arrived_epoch INTEGER,
            arrived_sequence INTEGER,
            is_owed INTEGER NOT NULL DEFAULT 0,
            is_disputed INTEGER NOT NULL DEFAULT 0,
            PRIMARY KEY (generation, case_id, type, record_id)
          ) WITHOUT ROWID;
          INSERT INTO records_beside
            SELECT generation, case_id, type, record_id, version, base, shown_version, shown, proof,
              arrived_epoch, arrived_sequence, is_owed, is_disputed
            FROM records ORDER BY generation, case_id, type, record_id;
          DROP TABLE records;
          ALTER TABLE records_beside RENAME TO records;
          CREATE UNIQUE INDEX records_by_id ON records (generation, record_id);
          CREATE INDEX records_owed ON records (generation, record_id) WHERE is_owed = 1;
          CREATE INDEX records_disputed ON records (generation, record_id) WHERE is_disputed = 1;
          """)
    }
    migrator.registerMigration("3") { db in
      // What somebody at the office decided on a change after it was refused.
      try db.execute(sql: "ALTER TABLE changes ADD COLUMN decision TEXT")
    }
    migrator.registerMigration("4") { db in
      try db.execute(
        sql: """
          -- Contents of attachments that are here, or on their way. waits: the office has yet to get it.
          CREATE TABLE contents (
            record_id BLOB PRIMARY KEY,
            case_id BLOB NOT NULL,
            size INTEGER NOT NULL,
            waits INTEGER NOT NULL
          ) WITHOUT ROWID;

          CREATE TABLE content_pieces (
            number INTEGER PRIMARY KEY,
            record_id BLOB NOT NULL,
            start INTEGER NOT NULL,
            length INTEGER NOT NULL,
            body BLOB NOT NULL
          );
          CREATE UNIQUE INDEX content_pieces_in_order ON content_pieces (record_id, start);
          """)
    }
    return migrator
  }
}
