/** Stanzas that arrived and are not yet dealt with: durable, encrypted, before the server hears of it (L-006). */
import { fromUtf8, utf8 } from '../base/bytes.ts';
import type { Sealer } from './seal.ts';
import type { Shelf } from './sealed-table.ts';
import { StoreError } from './store-error.ts';

export interface JournalRow {
  /** Grows with each append. */
  readonly seq: number;
  readonly xml: string;
  readonly arrivedAt: Date;
}

export interface JournalStore {
  /** @returns the row's number. */
  append(xml: string, arrivedAt: Date): number;
  /** Rows neither removed nor set aside, oldest first. One that does not open is set aside as `damaged`. */
  pending(limit: number): readonly JournalRow[];
  remove(seq: number): void;
  /** Keeps a row that cannot be processed out of `pending`, with the reason's code. */
  setAside(seq: number, reason: string): void;
  /** Rows set aside that open, with their reasons, oldest first. */
  aside(limit: number): readonly (JournalRow & { readonly reason: string })[];
  /** How many are pending. */
  count(): number;
}

type SealedRow = Readonly<{ seq: number; sealed: Uint8Array }>;

interface Content {
  readonly xml: string;
  readonly arrivedAt: Date;
  readonly reason?: string;
}

/** A content as a list: a backlog packs one for each stanza. */
type Packed = readonly [xml: string, arrivedAt: string, reason: string | null];

export class JournalTable implements JournalStore {
  readonly #shelf: Shelf;
  readonly #sealer: Sealer;
  #lastSeq: number;
  /** Counted once, then kept, so that the hundredth of ten thousand costs no more than the first. */
  #pending: number | undefined;

  constructor(shelf: Shelf, sealer: Sealer) {
    this.#shelf = shelf;
    this.#sealer = sealer;
    this.#lastSeq = shelf.database.first<{ last: number | null }>('SELECT max(seq) AS last FROM journal')?.last ?? 0;
    shelf.database.attach({ flush: () => undefined, drop: () => (this.#pending = undefined) });
  }

  append(xml: string, arrivedAt: Date): number {
    const seq = this.#lastSeq + 1;
    const sealed = this.#seal(seq, { xml, arrivedAt });
    this.#shelf.database.join(() => {
      this.#shelf.database.run('INSERT INTO journal (seq, aside, sealed) VALUES (?, 0, ?)', seq, sealed);
      if (this.#pending !== undefined) this.#pending += 1;
    });
    this.#lastSeq = seq;
    return seq;
  }

  pending(limit: number): readonly JournalRow[] {
    return this.#select(0, limit).flatMap((row) => {
      const content = this.#open(row);
      if (content === undefined) this.#leaveOut(row.seq);
      return content === undefined ? [] : [{ seq: row.seq, xml: content.xml, arrivedAt: content.arrivedAt }];
    });
  }

  remove(seq: number): void {
    this.#shelf.database.join(() => {
      const sql = 'DELETE FROM journal WHERE seq = ? RETURNING aside';
      const gone = this.#shelf.database.first<{ aside: number }>(sql, seq);
      if (gone?.aside === 0 && this.#pending !== undefined) this.#pending -= 1;
    });
  }

  setAside(seq: number, reason: string): void {
    const row = this.#shelf.database.first<SealedRow>('SELECT seq, sealed FROM journal WHERE seq = ?', seq);
    const content = row === undefined ? undefined : this.#open(row);
    if (content === undefined) throw new StoreError('no-such-row', 'no such row in the journal');
    const sealed = this.#seal(seq, { ...content, reason });
    this.#shelf.database.join(() => {
      this.#shelf.database.run('UPDATE journal SET aside = 1, sealed = ? WHERE seq = ?', sealed, seq);
      this.#pending = undefined;
    });
  }

  aside(limit: number): readonly (JournalRow & { readonly reason: string })[] {
    return this.#select(1, limit).flatMap((row) => {
      const content = this.#open(row);
      return content === undefined ? [] : [{ reason: '', ...content, seq: row.seq }];
    });
  }

  count(): number {
    this.#pending ??=
      this.#shelf.database.first<{ rows: number }>('SELECT count(*) AS rows FROM journal WHERE aside = 0')?.rows ?? 0;
    return this.#pending;
  }

  removeAll(): void {
    this.#shelf.database.join(() => {
      this.#shelf.database.run('DELETE FROM journal');
      this.#pending = undefined;
    });
  }

  #select(aside: 0 | 1, limit: number): readonly SealedRow[] {
    return this.#shelf.database.all(
      'SELECT seq, sealed FROM journal WHERE aside = ? ORDER BY seq LIMIT ?',
      aside,
      limit,
    );
  }

  #leaveOut(seq: number): void {
    this.#shelf.damage.note('journal', String(seq));
    this.#shelf.database.join(() => {
      this.#shelf.database.run('UPDATE journal SET aside = 1 WHERE seq = ?', seq);
      this.#pending = undefined;
    });
  }

  #seal(seq: number, content: Content): Uint8Array {
    const { xml, arrivedAt, reason = null } = content;
    const plain = utf8(JSON.stringify([xml, arrivedAt.toISOString(), reason] satisfies Packed));
    return this.#sealer.seal(plain, this.#binding(seq));
  }

  #open({ seq, sealed }: SealedRow): Content | undefined {
    const plain = this.#sealer.open(sealed, this.#binding(seq));
    if (plain === undefined) return undefined;
    const [xml, arrivedAt, reason] = JSON.parse(fromUtf8(plain)) as Packed;
    return { xml, arrivedAt: new Date(arrivedAt), ...(reason === null ? {} : { reason }) };
  }

  #binding(seq: number): readonly (string | number)[] {
    return ['journal', this.#shelf.account(), seq];
  }
}
