import type { Migration } from '../migrate.ts';

/** Small rows, each sealed as a whole: `grp` and `alt` are look-up tags, `place` the order they came in. */
function sealedTable(name: string): string {
  return `
    CREATE TABLE ${name} (
      place INTEGER PRIMARY KEY,
      grp BLOB NOT NULL,
      row BLOB NOT NULL,
      alt BLOB,
      sealed BLOB NOT NULL,
      UNIQUE (grp, row)
    ) STRICT;`;
}

export const firstTables: Migration = {
  number: 1,
  sql: `
    CREATE TABLE registers (name TEXT PRIMARY KEY, sealed BLOB NOT NULL) STRICT, WITHOUT ROWID;
    ${sealedTable('account')}
    ${sealedTable('settings')}
    ${sealedTable('contacts')}
    ${sealedTable('own_keys')}
    ${sealedTable('contact_keys')}
    CREATE INDEX contact_keys_by_alt ON contact_keys (alt);

    CREATE TABLE messages (
      seq INTEGER PRIMARY KEY,
      id BLOB NOT NULL UNIQUE,
      contact BLOB NOT NULL,
      inner_id BLOB NOT NULL,
      digest BLOB,
      publication BLOB,
      outbox INTEGER NOT NULL,
      unread INTEGER NOT NULL,
      sealed BLOB NOT NULL
    ) STRICT;
    CREATE INDEX messages_by_contact ON messages (contact);
    CREATE UNIQUE INDEX messages_by_inner_id ON messages (inner_id);
    CREATE INDEX messages_by_digest ON messages (digest) WHERE digest IS NOT NULL;
    CREATE INDEX messages_by_publication ON messages (publication) WHERE publication IS NOT NULL;
    CREATE INDEX messages_in_outbox ON messages (outbox) WHERE outbox > 0;
    CREATE TABLE conversations (contact BLOB PRIMARY KEY, sealed BLOB NOT NULL) STRICT, WITHOUT ROWID;

    CREATE TABLE journal (seq INTEGER PRIMARY KEY, aside INTEGER NOT NULL, sealed BLOB NOT NULL) STRICT;

    CREATE TABLE offline_records (
      place INTEGER PRIMARY KEY,
      id TEXT NOT NULL UNIQUE,
      head BLOB NOT NULL,
      body BLOB NOT NULL
    ) STRICT;
    ${sealedTable('offline_seen')}
    ${sealedTable('offline_sessions')}
    CREATE TABLE offline_macs (grp BLOB NOT NULL, tag BLOB NOT NULL, PRIMARY KEY (grp, tag)) STRICT, WITHOUT ROWID;
    ${sealedTable('tombstones')}
  `,
};
