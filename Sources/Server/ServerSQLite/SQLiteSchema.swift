import GRDB

/// The tables of an office's store.
enum SQLiteSchema {
  static var migrator: DatabaseMigrator {
    var migrator = DatabaseMigrator()
    migrator.registerMigration("1") { db in
      try db.execute(
        sql: """
          CREATE TABLE meta (key TEXT PRIMARY KEY, value BLOB NOT NULL) WITHOUT ROWID;

          -- Runs of a server process on this store; one that follows a restore begins an epoch.
          CREATE TABLE lives (
            number INTEGER PRIMARY KEY,
            replica BLOB NOT NULL UNIQUE,
            epoch INTEGER NOT NULL,
            start INTEGER NOT NULL
          );

          -- Replicas are numbered, so that a dot takes a few bytes in the log's index. head: the end of its chain.
          CREATE TABLE replicas (
            number INTEGER PRIMARY KEY,
            replica BLOB NOT NULL UNIQUE,
            counter INTEGER NOT NULL,
            hash BLOB NOT NULL
          );

          -- Every change that ever arrived, refused ones included, in server order.
          CREATE TABLE changes (
            sequence INTEGER PRIMARY KEY,
            replica INTEGER NOT NULL REFERENCES replicas (number),
            counter INTEGER NOT NULL,
            hash BLOB NOT NULL,
            bytes BLOB NOT NULL,
            verdict TEXT NOT NULL,
            refusal TEXT,
            record_id BLOB,
            case_id BLOB,
            received_at INTEGER NOT NULL,
            -- Of a change that was issued again: its first issue.
            origin_replica BLOB,
            origin_counter INTEGER,
            origin_hash BLOB
          );
          CREATE INDEX changes_issued_again ON changes (origin_hash, sequence) WHERE origin_hash IS NOT NULL;
          CREATE UNIQUE INDEX changes_by_dot ON changes (replica, counter);
          CREATE INDEX changes_refused ON changes (sequence) WHERE verdict = 'refused';

          CREATE TABLE records (
            record_id BLOB PRIMARY KEY,
            type TEXT NOT NULL,
            case_id BLOB NOT NULL,
            sequence INTEGER NOT NULL,
            body BLOB NOT NULL,
            proof BLOB NOT NULL,
            resolved TEXT NOT NULL,
            is_contested INTEGER NOT NULL
          ) WITHOUT ROWID;
          CREATE UNIQUE INDEX records_by_case ON records (case_id, sequence);
          CREATE INDEX records_contested ON records (record_id) WHERE is_contested = 1;

          -- For reporting: every record as it reads by its rules.
          CREATE VIEW resolved_records AS
            SELECT lower(hex(record_id)) AS record, type, lower(hex(case_id)) AS case_id, sequence, resolved
            FROM records;

          CREATE TABLE cases (
            case_id BLOB PRIMARY KEY,
            sequence INTEGER NOT NULL,
            records INTEGER NOT NULL,
            digest BLOB NOT NULL
          ) WITHOUT ROWID;

          CREATE TABLE grants (
            user TEXT NOT NULL,
            case_id BLOB NOT NULL,
            granted_at INTEGER NOT NULL,
            ended_at INTEGER,
            reason TEXT NOT NULL,
            PRIMARY KEY (user, case_id, granted_at)
          ) WITHOUT ROWID;

          CREATE TABLE devices (
            device_id BLOB PRIMARY KEY,
            user TEXT NOT NULL,
            role TEXT NOT NULL,
            label TEXT NOT NULL,
            is_operator INTEGER NOT NULL,
            state TEXT NOT NULL,
            fingerprint BLOB NOT NULL UNIQUE,
            certificate_expires INTEGER NOT NULL,
            enrolled_at INTEGER NOT NULL,
            replica BLOB UNIQUE,
            last_contact INTEGER,
            clock_offset INTEGER NOT NULL,
            unsent INTEGER NOT NULL,
            forks INTEGER NOT NULL,
            catalogue_version INTEGER NOT NULL
          );

          CREATE TABLE enrolment_codes (
            hash BLOB PRIMARY KEY,
            user TEXT NOT NULL,
            role TEXT NOT NULL,
            label TEXT NOT NULL,
            is_operator INTEGER NOT NULL,
            expires_at INTEGER NOT NULL,
            used_at INTEGER
          ) WITHOUT ROWID;

          CREATE TABLE orders (
            id INTEGER PRIMARY KEY,
            device_id BLOB NOT NULL,
            kind TEXT NOT NULL
          );
          CREATE INDEX orders_by_device ON orders (device_id);
          """)
    }
    migrator.registerMigration("2") { db in
      try db.execute(
        sql: """
          -- Where a grant ended because a limit of access keeps its user out: what the user is told.
          ALTER TABLE grants ADD COLUMN suspension TEXT;
          CREATE INDEX grants_by_case ON grants (case_id);

          -- The clock of the laptop that brought it minus the office's, in milliseconds; NULL where nobody knows.
          ALTER TABLE changes ADD COLUMN clock_offset INTEGER;

          -- The history of a record, and which records of a case have one.
          CREATE INDEX changes_by_record ON changes (record_id, case_id) WHERE record_id IS NOT NULL;
          """)
    }
    migrator.registerMigration("3") { db in
      // A view of one type reads that type's records only. A record never changes its type, so the
      // index is written once a record.
      try db.execute(sql: "CREATE INDEX records_by_type ON records (type)")
    }
    migrator.registerMigration("4") { db in
      // A limit outlives the grant that it suspended: only one that ended for it runs again.
      try db.execute(
        sql: """
          ALTER TABLE grants ADD COLUMN resumes INTEGER NOT NULL DEFAULT 0;
          UPDATE grants SET resumes = suspension IS NOT NULL;
          """)
    }
    migrator.registerMigration("5") { db in
      try db.execute(
        sql: """
          -- As what, and between which days, somebody holds a case; and who was given it afterwards.
          ALTER TABLE grants ADD COLUMN kind TEXT NOT NULL DEFAULT 'officer';
          ALTER TABLE grants ADD COLUMN from_day TEXT;
          ALTER TABLE grants ADD COLUMN until_day TEXT;
          ALTER TABLE grants ADD COLUMN moved_to TEXT;

          -- What somebody decided on a refused change. issued_as: the office's own issue of it.
          CREATE TABLE decisions (
            replica BLOB NOT NULL,
            counter INTEGER NOT NULL,
            kind TEXT NOT NULL,
            decided_by TEXT NOT NULL,
            decided_at INTEGER NOT NULL,
            reason TEXT NOT NULL,
            sequence INTEGER NOT NULL,
            issued_replica BLOB,
            issued_counter INTEGER,
            PRIMARY KEY (replica, counter)
          ) WITHOUT ROWID;
          """)
    }
    migrator.registerMigration("6") { db in
      try db.execute(
        sql: """
          -- Whether access to the case is limited, for whomever.
          ALTER TABLE grants ADD COLUMN is_limited INTEGER NOT NULL DEFAULT 0;
          -- The highest sequence given out when the device was enrolled.
          ALTER TABLE devices ADD COLUMN since INTEGER NOT NULL DEFAULT 0;
          -- The position of the checkpoint that it last showed.
          ALTER TABLE devices ADD COLUMN heard INTEGER NOT NULL DEFAULT 0;

          -- Which cases left a device; ended_at: the sequence at which each was taken from its user.
          CREATE TABLE erasures (
            device_id BLOB NOT NULL,
            case_id BLOB NOT NULL,
            ended_at INTEGER NOT NULL,
            received_at INTEGER NOT NULL,
            PRIMARY KEY (device_id, case_id)
          ) WITHOUT ROWID;
          """)
    }
    migrator.registerMigration("7") { db in
      try db.execute(
        sql: """
          -- Whether it has left the laptops' window.
          ALTER TABLE records ADD COLUMN has_left INTEGER NOT NULL DEFAULT 0;
          -- How many of the case have; the sequence at which that was last looked at; and the day, counted from
          -- 1970-01-01, on which it is to be looked at again.
          ALTER TABLE cases ADD COLUMN departed INTEGER NOT NULL DEFAULT 0;
          ALTER TABLE cases ADD COLUMN windowed_at INTEGER NOT NULL DEFAULT 0;
          ALTER TABLE cases ADD COLUMN window_due INTEGER;
          """)
    }
    migrator.registerMigration("8") { db in
      try db.execute(
        sql: """
          -- What each device brought back since the store was put back from a backup; reached: the highest sequence
          -- of an earlier epoch that it showed.
          CREATE TABLE return_tallies (
            epoch INTEGER NOT NULL,
            device_id BLOB NOT NULL,
            heard_at INTEGER NOT NULL,
            records INTEGER NOT NULL,
            changes INTEGER NOT NULL,
            reissued INTEGER NOT NULL,
            unproven INTEGER NOT NULL,
            reached INTEGER NOT NULL,
            is_home INTEGER NOT NULL,
            PRIMARY KEY (epoch, device_id)
          ) WITHOUT ROWID;

          -- The newest change of each replica that a record had seen which came back.
          CREATE TABLE shown_heads (
            replica BLOB PRIMARY KEY,
            counter INTEGER NOT NULL
          ) WITHOUT ROWID;
          """)
    }
    migrator.registerMigration("9") { db in
      try db.execute(
        sql: """
          -- The contents of attachments, by case and digest, in the pieces in which they came.
          CREATE TABLE content_pieces (
            number INTEGER PRIMARY KEY,
            case_id BLOB NOT NULL,
            digest BLOB NOT NULL,
            start INTEGER NOT NULL,
            bytes BLOB NOT NULL
          );
          CREATE UNIQUE INDEX content_pieces_in_order ON content_pieces (case_id, digest, start);
          """)
    }
    return migrator
  }
}
