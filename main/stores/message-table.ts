import { equalBytes, toHex } from '../base/bytes.ts';
import type { BareJid } from '../wire/jid.ts';
import { changedSum, ConversationTable } from './conversation-table.ts';
import type { Value } from './database.ts';
import { columnsOf, contactTag, digestTag, idTag, innerTag, MESSAGE_COLUMNS, OUTBOX } from './message-row.ts';
import { openMessage, publicationTag, sealMessage } from './message-row.ts';
import type { MessageColumns, MessageRow } from './message-row.ts';
import type { MessageScanner } from './message-scan.ts';
import type { MessageStore, StoredConversation, StoredMessage } from './messages.ts';
import type { Sealer } from './seal.ts';
import type { Shelf } from './sealed-table.ts';
import { StoreError } from './store-error.ts';

export class MessageTable implements MessageStore {
  readonly #shelf: Shelf;
  readonly #sealer: Sealer;
  readonly #conversations: ConversationTable;
  readonly #scanner: MessageScanner;
  #lastSeq: number;

  constructor(shelf: Shelf, sealer: Sealer, scanner: MessageScanner) {
    this.#shelf = shelf;
    this.#sealer = sealer;
    this.#conversations = new ConversationTable(shelf, sealer);
    this.#scanner = scanner;
    this.#lastSeq = shelf.database.first<{ last: number | null }>('SELECT max(seq) AS last FROM messages')?.last ?? 0;
  }

  add(message: StoredMessage): boolean {
    const columns = columnsOf(message, this.#lastSeq + 1, this.#sealer);
    const sealed = sealMessage(this.#sealer, this.#shelf.account(), columns, message);
    const row: MessageRow = { ...columns, unread: message.unread ? 1 : 0, sealed };
    return this.#shelf.database.join(() => {
      const counts = this.#conversations.get(row.contact);
      if (this.#shelf.database.run(INSERT, ...valuesOf(row)) === 0) return false;
      this.#lastSeq = row.seq;
      this.#conversations.set(row.contact, {
        ...counts,
        last: row.seq,
        unread: counts.unread + row.unread,
        held: counts.held + heldIn(row),
        sum: changedSum(counts.sum, { came: sealed }),
      });
      return true;
    });
  }

  update(message: StoredMessage): void {
    this.#shelf.database.join(() => {
      const former = this.#row(message.id);
      if (former === undefined) throw new StoreError('no-such-row', 'there is no such message');
      const columns = columnsOf(message, former.seq, this.#sealer);
      if (!equalBytes(columns.contact, former.contact)) throw new TypeError('a message stays in its conversation');
      const sealed = sealMessage(this.#sealer, this.#shelf.account(), columns, message);
      this.#replace(former, { ...columns, unread: message.unread ? 1 : 0, sealed });
    });
  }

  get(id: string): StoredMessage | undefined {
    const row = this.#row(id);
    if (row === undefined) return undefined;
    const message = this.#open(row);
    if (message === undefined) throw new StoreError('store-damaged', 'a message is not as it was written');
    return message;
  }

  list(contact: BareJid, page: { readonly before?: string; readonly limit: number }): readonly StoredMessage[] {
    const before = page.before === undefined ? this.#lastSeq + 1 : this.#row(page.before)?.seq;
    if (before === undefined) throw new StoreError('no-such-row', 'there is no such message');
    const where = 'contact = ? AND seq < ? ORDER BY seq DESC LIMIT ?';
    return this.#openGood(this.#select(where, contactTag(this.#sealer, contact), before, page.limit)).reverse();
  }

  conversations(): readonly StoredConversation[] {
    const newest = this.#conversations.contacts().flatMap((contact) => {
      const last = this.#last(contact);
      return last === undefined ? [] : [{ contact, last }];
    });
    newest.sort((left, right) => right.last.seq - left.last.seq);
    return newest.map(({ contact, last }) => this.#conversation(contact, last.message));
  }

  conversation(contact: BareJid): StoredConversation | undefined {
    const tag = contactTag(this.#sealer, contact);
    const last = this.#last(tag);
    return last === undefined ? undefined : this.#conversation(tag, last.message);
  }

  hasInner(contact: BareJid, innerId: string): boolean {
    return this.#exists('inner_id = ?', innerTag(this.#sealer, contact, innerId));
  }

  hasDigest(stanzaDigest: Uint8Array): boolean {
    return this.#exists('digest = ?', digestTag(this.#sealer, stanzaDigest));
  }

  outbox(): readonly StoredMessage[] {
    return this.#openGood(this.#select('outbox > 0 ORDER BY seq'));
  }

  markRead(contact: BareJid, upToId: string): number {
    return this.#shelf.database.join(() => {
      const upTo = this.#row(upToId);
      const tag = contactTag(this.#sealer, contact);
      if (upTo === undefined || !equalBytes(upTo.contact, tag)) {
        throw new StoreError('no-such-row', 'there is no such message in the conversation');
      }
      const counts = this.#conversations.get(tag);
      if (upTo.seq <= counts.readTo) return 0;
      const sql = 'UPDATE messages SET unread = 0 WHERE contact = ? AND seq > ? AND seq <= ? AND unread = 1';
      const changed = this.#shelf.database.run(sql, tag, counts.readTo, upTo.seq);
      const unread = Math.max(0, counts.unread - changed);
      this.#conversations.set(tag, { ...counts, unread, readTo: upTo.seq });
      return changed;
    });
  }

  byPublication(publication: string): readonly StoredMessage[] {
    return this.#openGood(this.#select('publication = ? ORDER BY seq', publicationTag(this.#sealer, publication)));
  }

  async search(query: string, contact?: BareJid): Promise<readonly StoredMessage[]> {
    if (this.#lastSeq === 0) return [];
    const tag = contact === undefined ? undefined : contactTag(this.#sealer, contact);
    const seqs = await this.#scanner.search({ account: this.#shelf.account(), query, contact: tag, limit: MAX_FOUND });
    return seqs.flatMap((seq) => this.#openGood(this.#select('seq = ?', seq)));
  }

  async altered(): Promise<readonly BareJid[]> {
    if (this.#lastSeq === 0) return [];
    const { contacts, isSound } = await this.#scanner.altered({ account: this.#shelf.account() });
    if (!isSound) this.#mendIndexes();
    return contacts.flatMap((tag) => this.#last(tag)?.message.contact ?? []);
  }

  remove(id: string): void {
    this.#shelf.database.join(() => {
      const row = this.#row(id);
      if (row === undefined) return;
      const counts = this.#conversations.get(row.contact);
      this.#shelf.database.run('DELETE FROM messages WHERE seq = ?', row.seq);
      this.#conversations.set(row.contact, {
        ...counts,
        last: counts.last === row.seq ? this.#lastSeqOf(row.contact) : counts.last,
        unread: counts.unread - row.unread,
        held: counts.held - heldIn(row),
        sum: changedSum(counts.sum, { went: row.sealed }),
      });
    });
  }

  removeAll(): void {
    this.#shelf.database.join(() => {
      this.#shelf.database.run('DELETE FROM messages');
      this.#shelf.database.run('DELETE FROM conversations');
      this.#conversations.drop();
    });
  }

  /** An index that lost its way hides rows that are there. It holds nothing that the rows do not. */
  #mendIndexes(): void {
    this.#shelf.damage.note('indexes', 'all');
    this.#shelf.database.execute('REINDEX');
  }

  #replace(former: MessageRow, row: MessageRow): void {
    const counts = this.#conversations.get(row.contact);
    this.#shelf.database.run(UPDATE, ...valuesOf(row).slice(3), row.seq);
    this.#conversations.set(row.contact, {
      ...counts,
      readTo: row.unread === 1 ? Math.min(counts.readTo, row.seq - 1) : counts.readTo,
      unread: counts.unread + row.unread - former.unread,
      held: counts.held + heldIn(row) - heldIn(former),
      sum: changedSum(counts.sum, { came: row.sealed, went: former.sealed }),
    });
  }

  #conversation(contact: Uint8Array, last: StoredMessage): StoredConversation {
    const { unread, held } = this.#conversations.get(contact);
    return { contact: last.contact, last, unread, held };
  }

  /** The newest row that opens. */
  #last(contact: Uint8Array): { readonly seq: number; readonly message: StoredMessage } | undefined {
    let before = this.#lastSeq + 1;
    for (;;) {
      const row = this.#select('contact = ? AND seq < ? ORDER BY seq DESC LIMIT 1', contact, before)[0];
      if (row === undefined) return undefined;
      const message = this.#open(row);
      if (message !== undefined) return { seq: row.seq, message };
      before = row.seq;
    }
  }

  #lastSeqOf(contact: Uint8Array): number {
    const sql = 'SELECT max(seq) AS last FROM messages WHERE contact = ?';
    return this.#shelf.database.first<{ last: number | null }>(sql, contact)?.last ?? 0;
  }

  #row(id: string): MessageRow | undefined {
    return this.#select('id = ?', idTag(this.#sealer, id))[0];
  }

  #exists(where: string, tag: Uint8Array): boolean {
    return this.#shelf.database.first(`SELECT 1 FROM messages WHERE ${where} LIMIT 1`, tag) !== undefined;
  }

  #select(where: string, ...values: readonly Value[]): MessageRow[] {
    return [
      ...this.#shelf.database.all<MessageRow>(`SELECT ${MESSAGE_COLUMNS} FROM messages WHERE ${where}`, ...values),
    ];
  }

  #openGood(rows: readonly MessageRow[]): StoredMessage[] {
    return rows.flatMap((row) => this.#open(row) ?? []);
  }

  #open(row: MessageRow): StoredMessage | undefined {
    const message = openMessage(this.#sealer, this.#shelf.account(), row);
    if (message === undefined) this.#shelf.damage.note('messages', toHex(row.id));
    return message;
  }
}

/** What a search gives at most (contract). */
const MAX_FOUND = 200;

const INSERT = `INSERT INTO messages (${MESSAGE_COLUMNS}) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT DO NOTHING`;
const UPDATE = `UPDATE messages
  SET inner_id = ?, digest = ?, publication = ?, outbox = ?, unread = ?, sealed = ? WHERE seq = ?`;

/** In the order of `MESSAGE_COLUMNS`. */
function valuesOf(row: MessageRow): readonly Value[] {
  const { seq, id, contact, inner_id, digest, publication, outbox, unread, sealed } = row;
  return [seq, id, contact, inner_id, digest, publication, outbox, unread, sealed];
}

function heldIn({ outbox }: MessageColumns): number {
  return outbox === OUTBOX.held ? 1 : 0;
}
