/** The tables over a database the test holds as well, so that it can fill the disk or look at the rows. */
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { systemRandom } from '../../../main/crypto/random.ts';
import { Damage } from '../../../main/stores/damage.ts';
import { Database } from '../../../main/stores/database.ts';
import { migrate } from '../../../main/stores/migrate.ts';
import { migrations } from '../../../main/stores/migrations/all.ts';
import { OpenedStores } from '../../../main/stores/opened-stores.ts';
import { Registers } from '../../../main/stores/register.ts';
import { Sealer } from '../../../main/stores/seal.ts';
import type { Shelf } from '../../../main/stores/sealed-table.ts';
import { ACCOUNT, ALICE, NOW, PROTECTOR } from './profile.ts';

/** @param database - New: its tables are made here. */
export function shelfOver(database: Database): Shelf {
  migrate(database, migrations, '/nonexistent');
  const damage = new Damage();
  const registers = new Registers(database, new Sealer(new Uint8Array(32), systemRandom), damage);
  return { database, registers, damage, account: () => ALICE };
}

/** Alice's stores, new, over a database that is given out too. The caller closes the stores. */
export function openOverDatabase(directory: string): { readonly stores: OpenedStores; readonly database: Database } {
  mkdirSync(join(directory, 'offline-keys'));
  const database = new Database(join(directory, 'nightlatch.db'));
  migrate(database, migrations, '/nonexistent');
  const options = { directory, protector: PROTECTOR, random: systemRandom, now: () => NOW };
  const stores = new OpenedStores(database, new Uint8Array(32).fill(3), options);
  stores.account.put(ACCOUNT);
  return { stores, database };
}
