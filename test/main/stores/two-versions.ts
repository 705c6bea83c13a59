import type { Migration } from '../../../main/stores/migrate.ts';

/** A store that gains a column, for the tests of migration. */
export const FIRST: Migration = { number: 1, sql: 'CREATE TABLE t (n INTEGER PRIMARY KEY) STRICT' };
export const ADDED: Migration = { number: 2, sql: "ALTER TABLE t ADD COLUMN added TEXT NOT NULL DEFAULT 'x'" };
