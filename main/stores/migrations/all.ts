import type { Migration } from '../migrate.ts';
import { firstTables } from './0001-first-tables.ts';
import { retainedSecrets } from './0002-retained-secrets.ts';

/** In order. New ones are added at the end; none is ever changed or removed. */
export const migrations: readonly Migration[] = [firstTables, retainedSecrets];
