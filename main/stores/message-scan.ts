/** Reading every message: the search, and the check of what rows add up to. Runs in a worker, on its own connection. */
import { fromHex, toHex } from '../base/bytes.ts';
import { changedSum, openCounts } from './conversation-table.ts';
import type { DatabaseReader, Value } from './database.ts';
import { MESSAGE_COLUMNS, openMessage } from './message-row.ts';
import type { MessageRow } from './message-row.ts';
import type { Sealer } from './seal.ts';

export interface SearchRequest {
  readonly account: string;
  readonly query: string;
  /** The contact's tag. */
  readonly contact: Uint8Array | undefined;
  readonly limit: number;
}

export interface CheckRequest {
  readonly account: string;
}

export interface CheckResult {
  /** Tags of contacts whose rows do not add up to what was last written. */
  readonly contacts: readonly Uint8Array[];
  /** False if SQLite finds an index that does not agree with its table. */
  readonly isSound: boolean;
}

/** What the message table asks of whoever reads many rows for it. */
export interface MessageScanner {
  /** `seq` of the messages whose text contains the query, newest first. */
  search(request: SearchRequest): Promise<readonly number[]>;
  altered(request: CheckRequest): Promise<CheckResult>;
  close(): void;
}

export function searchMessages(reader: DatabaseReader, sealer: Sealer, request: SearchRequest): number[] {
  const wanted = folded(request.query);
  const found: number[] = [];
  for (const row of rowsBackwards(reader, request.contact)) {
    const text = openMessage(sealer, request.account, row)?.text;
    if (typeof text === 'string' && folded(text).includes(wanted)) found.push(row.seq);
    if (found.length === request.limit) break;
  }
  return found;
}

/** One statement reads sums and rows alike, so that a message stored meanwhile is in both or in neither. */
export function findAltered(reader: DatabaseReader, sealer: Sealer, { account }: CheckRequest): CheckResult {
  const sums = new Map<string, bigint>();
  const expected = new Map<string, bigint | undefined>();
  for (const { kind, contact, sealed } of reader.all<SumRow>(SUMS)) {
    const name = toHex(contact);
    if (kind === 'counts') expected.set(name, openCounts(sealer, account, contact, sealed)?.sum);
    else sums.set(name, changedSum(sums.get(name) ?? 0n, { came: sealed }));
  }
  const names = new Set([...sums.keys(), ...expected.keys()]);
  const contacts = [...names].filter((name) => sums.get(name) !== expected.get(name)).map(fromHex);
  const [check] = reader.all<{ integrity_check: string }>('PRAGMA integrity_check(1)');
  return { contacts, isSound: check?.integrity_check === 'ok' };
}

type SumRow = Readonly<{ kind: 'counts' | 'message'; contact: Uint8Array; sealed: Uint8Array }>;

const SUMS = `
  SELECT 'counts' AS kind, contact, sealed FROM conversations
  UNION ALL SELECT 'message', contact, substr(sealed, -16) FROM messages`;

/** Few enough at a time that the reader never stands in the way of a checkpoint for long. */
const PAGE = 500;

function* rowsBackwards(reader: DatabaseReader, contact: Uint8Array | undefined): Generator<MessageRow> {
  const ofContact = contact === undefined ? '' : 'contact = ? AND ';
  const sql = `SELECT ${MESSAGE_COLUMNS} FROM messages WHERE ${ofContact}seq < ? ORDER BY seq DESC LIMIT ${PAGE}`;
  const first: readonly Value[] = contact === undefined ? [] : [contact];
  let rows = reader.all<MessageRow>(sql, ...first, Number.MAX_SAFE_INTEGER);
  while (rows.length > 0) {
    yield* rows;
    rows = reader.all<MessageRow>(sql, ...first, rows.at(-1)?.seq ?? 0);
  }
}

/** Upper and lower case, and the ways to write an accent, are the same to whoever searches. */
function folded(text: string): string {
  return text.normalize('NFKC').toLowerCase();
}
