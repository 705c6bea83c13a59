/**
 * What each sealed row of a small table last was: one sealed list per table. A row that is put back to an older state,
 * brought in from elsewhere or taken away no longer agrees with its list (S-073).
 */
import { concatBytes, equalBytes, fromHex, toHex } from '../base/bytes.ts';
import type { Damage } from './damage.ts';
import type { Database, Mirror } from './database.ts';
import type { Sealer } from './seal.ts';
import { checkOf } from './seal.ts';

/** Octets of a row's name, and of the authenticating end of its sealed value. */
const NAME_OCTETS = 32;
const CHECK_OCTETS = 16;
const ENTRY_OCTETS = NAME_OCTETS + CHECK_OCTETS;

/** One table's list: row names in hex, with the end of what was sealed last. */
class Register {
  readonly entries = new Map<string, Uint8Array>();
  isDirty = false;

  static read(octets: Uint8Array): Register {
    const register = new Register();
    for (let at = 0; at < octets.length; at += ENTRY_OCTETS) {
      const name = toHex(octets.subarray(at, at + NAME_OCTETS));
      register.entries.set(name, octets.slice(at + NAME_OCTETS, at + ENTRY_OCTETS));
    }
    return register;
  }

  write(): Uint8Array {
    return concatBytes(...[...this.entries].flatMap(([name, check]) => [fromHex(name), check]));
  }
}

export class Registers implements Mirror {
  readonly #database: Database;
  readonly #sealer: Sealer;
  readonly #damage: Damage;
  readonly #loaded = new Map<string, Register>();

  constructor(database: Database, sealer: Sealer, damage: Damage) {
    this.#database = database;
    this.#sealer = sealer;
    this.#damage = damage;
    database.attach(this);
  }

  /** True if the row of that name (32 octets, hex) is in the state it was last given. */
  agrees(register: string, name: string, sealed: Uint8Array): boolean {
    const check = this.#of(register).entries.get(name);
    return check !== undefined && equalBytes(check, checkOf(sealed));
  }

  has(register: string, name: string): boolean {
    return this.#of(register).entries.has(name);
  }

  /** How many rows there should be whose name begins so. */
  count(register: string, prefix: string): number {
    let count = 0;
    for (const name of this.#of(register).entries.keys()) if (name.startsWith(prefix)) count += 1;
    return count;
  }

  /** Must be called in the transaction that writes the row, as must `remove`. */
  set(register: string, name: string, sealed: Uint8Array): void {
    const known = this.#of(register);
    known.entries.set(name, checkOf(sealed).slice());
    known.isDirty = true;
  }

  remove(register: string, prefix: string): void {
    const known = this.#of(register);
    for (const name of known.entries.keys()) if (name.startsWith(prefix)) known.entries.delete(name);
    known.isDirty = true;
  }

  /** Forgets a whole list, with the rows it was for. Must be called in the transaction that removes them. */
  discard(register: string): void {
    this.#loaded.delete(register);
    this.#database.run('DELETE FROM registers WHERE name = ?', register);
  }

  flush(): void {
    for (const [name, register] of this.#loaded) if (register.isDirty) this.#save(name, register);
  }

  drop(): void {
    this.#loaded.clear();
  }

  #of(name: string): Register {
    const known = this.#loaded.get(name);
    if (known !== undefined) return known;
    const loaded = this.#load(name);
    this.#loaded.set(name, loaded);
    return loaded;
  }

  #load(name: string): Register {
    const row = this.#database.first<{ sealed: Uint8Array }>('SELECT sealed FROM registers WHERE name = ?', name);
    if (row === undefined) return new Register();
    const octets = this.#sealer.open(row.sealed, ['registers', name]);
    if (octets !== undefined) return Register.read(octets);
    // Now no row agrees with it: each is refused until it is written again, and the damage is told.
    this.#damage.note('registers', name);
    return new Register();
  }

  #save(name: string, register: Register): void {
    const sealed = this.#sealer.seal(register.write(), ['registers', name]);
    this.#database.run(
      'INSERT INTO registers (name, sealed) VALUES (?, ?) ON CONFLICT (name) DO UPDATE SET sealed = excluded.sealed',
      name,
      sealed,
    );
    register.isDirty = false;
  }
}

/** The name of a list: that of its table, or of one group of the table's rows. */
export function registerOf(table: string, group?: Uint8Array): string {
  return group === undefined ? table : `${table}/${toHex(group)}`;
}
