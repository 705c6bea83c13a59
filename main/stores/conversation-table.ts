/** Per conversation: how many are unread and held, which is last, and what its rows add up to. No row is opened. */
import { fromHex, fromUtf8, toHex, utf8 } from '../base/bytes.ts';
import type { Damage } from './damage.ts';
import type { Database, Mirror } from './database.ts';
import type { Binding, Sealer } from './seal.ts';
import { checkOf } from './seal.ts';
import type { Shelf } from './sealed-table.ts';
import { OUTBOX } from './message-row.ts';

export interface ConversationCounts {
  /** `seq` of the newest message; 0 if there is none. */
  readonly last: number;
  readonly unread: number;
  readonly held: number;
  /** All up to this `seq` are read. */
  readonly readTo: number;
  /** The sum over its rows (`summand`): a row put back, brought in or taken away changes it (S-073). */
  readonly sum: bigint;
}

/** Kept in memory and written once per transaction, so that a thousand messages at once cost one write. */
export class ConversationTable implements Mirror {
  readonly #database: Database;
  readonly #damage: Damage;
  readonly #account: () => string;
  readonly #sealer: Sealer;
  readonly #counts = new Map<string, ConversationCounts>();
  readonly #dirty = new Set<string>();

  constructor(shelf: Shelf, sealer: Sealer) {
    this.#database = shelf.database;
    this.#damage = shelf.damage;
    this.#account = shelf.account;
    this.#sealer = sealer;
    this.#database.attach(this);
  }

  /** Counts of the conversation with that contact's tag; all zero if there is none. */
  get(contact: Uint8Array): ConversationCounts {
    const name = toHex(contact);
    const known = this.#counts.get(name);
    if (known !== undefined) return known;
    const loaded = this.#load(contact);
    this.#counts.set(name, loaded);
    return loaded;
  }

  /** Every contact's tag. Taken from the messages, so that no conversation can get lost. */
  contacts(): readonly Uint8Array[] {
    return this.#database.all<{ contact: Uint8Array }>(CONTACTS).map(({ contact }) => contact);
  }

  /** Must be called in the transaction that changes the rows. */
  set(contact: Uint8Array, counts: ConversationCounts): void {
    const name = toHex(contact);
    this.#counts.set(name, counts);
    this.#dirty.add(name);
  }

  flush(): void {
    for (const name of this.#dirty) this.#save(fromHex(name), this.#counts.get(name) ?? EMPTY);
    this.#dirty.clear();
  }

  drop(): void {
    this.#counts.clear();
    this.#dirty.clear();
  }

  #load(contact: Uint8Array): ConversationCounts {
    const sql = 'SELECT sealed FROM conversations WHERE contact = ?';
    const row = this.#database.first<{ sealed: Uint8Array }>(sql, contact);
    const counts = row && openCounts(this.#sealer, this.#account(), contact, row.sealed);
    return counts ?? this.#count(contact);
  }

  /** Counts anew what should have been there, and notes that it was not. */
  #count(contact: Uint8Array): ConversationCounts {
    const sql = 'SELECT seq, outbox, unread, sealed FROM messages WHERE contact = ? ORDER BY seq';
    const rows = this.#database.all<CountedRow>(sql, contact);
    if (rows.length > 0) this.#damage.note('conversations', toHex(contact));
    return countsOf(rows);
  }

  #save(contact: Uint8Array, counts: ConversationCounts): void {
    if (counts.last === 0) {
      this.#database.run('DELETE FROM conversations WHERE contact = ?', contact);
      return;
    }
    this.#database.run(
      `INSERT INTO conversations (contact, sealed) VALUES (?, ?)
       ON CONFLICT (contact) DO UPDATE SET sealed = excluded.sealed`,
      contact,
      this.#sealer.seal(write(counts), bindingOf(this.#account(), contact)),
    );
  }
}

/** @returns undefined if the counts are not as they were written. */
export function openCounts(
  sealer: Sealer,
  account: string,
  contact: Uint8Array,
  sealed: Uint8Array,
): ConversationCounts | undefined {
  const plain = sealer.open(sealed, bindingOf(account, contact));
  return plain === undefined ? undefined : read(plain);
}

export type CountedRow = Readonly<{ seq: number; outbox: number; unread: number; sealed: Uint8Array }>;

/** The counts of a conversation with exactly these rows, in order. */
export function countsOf(rows: readonly CountedRow[]): ConversationCounts {
  return {
    last: rows.at(-1)?.seq ?? 0,
    readTo: (rows.find(({ unread }) => unread === 1)?.seq ?? 1) - 1,
    unread: rows.filter(({ unread }) => unread === 1).length,
    held: rows.filter(({ outbox }) => outbox === OUTBOX.held).length,
    sum: rows.reduce((sum, { sealed }) => changedSum(sum, { came: sealed }), 0n),
  };
}

/** The sum after one row's sealed value came, or went, or (with both) was replaced. */
export function changedSum(sum: bigint, change: { readonly came?: Uint8Array; readonly went?: Uint8Array }): bigint {
  return BigInt.asUintN(SUM_BITS, sum + summand(change.came) - summand(change.went));
}

const SUM_BITS = 128;
const EMPTY: ConversationCounts = { last: 0, unread: 0, held: 0, readTo: 0, sum: 0n };

function write({ last, unread, held, readTo, sum }: ConversationCounts): Uint8Array {
  return utf8(JSON.stringify([last, unread, held, readTo, sum.toString(16)]));
}

function read(octets: Uint8Array): ConversationCounts {
  type Written = readonly [last: number, unread: number, held: number, readTo: number, sum: string];
  const [last, unread, held, readTo, sum] = JSON.parse(fromUtf8(octets)) as Written;
  return { last, unread, held, readTo, sum: BigInt(`0x${sum}`) };
}

/** From each contact to the next by the index: as many steps as conversations, however many messages. */
const CONTACTS = `
  WITH RECURSIVE found (contact) AS (
    SELECT min(contact) FROM messages
    UNION ALL
    SELECT (SELECT min(contact) FROM messages WHERE contact > found.contact) FROM found WHERE found.contact IS NOT NULL
  )
  SELECT contact FROM found WHERE contact IS NOT NULL`;

/** The authenticating end of a sealed value: nobody without the key can make rows that add up to a given sum. */
function summand(sealed: Uint8Array | undefined): bigint {
  if (sealed === undefined) return 0n;
  const check = checkOf(sealed);
  const view = new DataView(check.buffer, check.byteOffset, check.byteLength);
  return (view.getBigUint64(0) << 64n) | view.getBigUint64(8);
}

function bindingOf(account: string, contact: Uint8Array): Binding {
  return ['conversations', account, contact];
}
