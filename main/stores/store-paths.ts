import { join } from 'node:path';
import { OFFLINE_KEYS } from './profile-directory.ts';

/** Where in the profile the store's files are. */
export interface StorePaths {
  readonly database: string;
  /** Beside the database while it is open, and after a crash. */
  readonly databaseLog: string;
  readonly beforeMigration: string;
  readonly key: string;
  readonly generation: string;
  readonly offlineKeys: string;
}

export function storePaths(directory: string): StorePaths {
  const database = join(directory, 'nightlatch.db');
  return {
    database,
    databaseLog: `${database}-wal`,
    beforeMigration: `${database}.before-migration`,
    key: join(directory, 'store-key'),
    generation: join(directory, 'store-generation'),
    offlineKeys: join(directory, OFFLINE_KEYS),
  };
}
