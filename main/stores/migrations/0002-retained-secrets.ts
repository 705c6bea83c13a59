import type { Migration } from '../migrate.ts';

export const retainedSecrets: Migration = {
  number: 2,
  sql: `
    CREATE TABLE retained_secrets (
      place INTEGER PRIMARY KEY,
      grp BLOB NOT NULL,
      row BLOB NOT NULL,
      alt BLOB,
      sealed BLOB NOT NULL,
      UNIQUE (grp, row)
    ) STRICT;
  `,
};
