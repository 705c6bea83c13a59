/** One message as a row: what is sealed, what it is bound to, and the tags it is found by. */
import { fromBase64, fromUtf8, toBase64, utf8 } from '../base/bytes.ts';
import type { BareJid } from '../wire/jid.ts';
import type { MessageFacts, OutgoingState, StoredMessage } from './messages.ts';
import type { Binding, Sealer } from './seal.ts';

/** The columns a sealed message is bound to: none can be changed, nor the row be put in another's place (S-073). */
export type MessageColumns = Readonly<{
  /** Grows with each message stored: the order of arrival. */
  seq: number;
  id: Uint8Array;
  contact: Uint8Array;
  inner_id: Uint8Array;
  digest: Uint8Array | null;
  publication: Uint8Array | null;
  /** 0, or why it is in the outbox: one of `OUTBOX`. */
  outbox: number;
}>;

/** `unread` is a column only: marking a thousand messages read opens none of them. */
export type MessageRow = MessageColumns & Readonly<{ unread: number; sealed: Uint8Array }>;

export const MESSAGE_COLUMNS = 'seq, id, contact, inner_id, digest, publication, outbox, unread, sealed';

export const OUTBOX = { none: 0, held: 1, waiting: 2, sent: 3 } as const;

export function columnsOf(message: StoredMessage, seq: number, sealer: Sealer): MessageColumns {
  const { stanzaDigest, publication } = message;
  return {
    seq,
    id: idTag(sealer, message.id),
    contact: contactTag(sealer, message.contact),
    inner_id: innerTag(sealer, message.contact, message.innerId),
    digest: stanzaDigest === undefined ? null : digestTag(sealer, stanzaDigest),
    publication: publication === undefined ? null : publicationTag(sealer, publication),
    outbox: outboxOf(message),
  };
}

export function idTag(sealer: Sealer, id: string): Uint8Array {
  return sealer.tag('message', id);
}

export function contactTag(sealer: Sealer, contact: BareJid): Uint8Array {
  return sealer.repeatedTag('contact', contact);
}

export function innerTag(sealer: Sealer, contact: BareJid, innerId: string): Uint8Array {
  // Asked for a moment before it is stored.
  return sealer.repeatedTag('inner id', `${contact}\u0000${innerId}`);
}

export function digestTag(sealer: Sealer, stanzaDigest: Uint8Array): Uint8Array {
  return sealer.tag('digest', toBase64(stanzaDigest));
}

export function publicationTag(sealer: Sealer, publication: string): Uint8Array {
  return sealer.repeatedTag('publication', publication);
}

export function sealMessage(
  sealer: Sealer,
  account: string,
  columns: MessageColumns,
  message: StoredMessage,
): Uint8Array {
  return sealer.seal(utf8(JSON.stringify(contentOf(message))), bindingOf(account, columns));
}

/** @returns undefined if the row is not as it was written. */
export function openMessage(sealer: Sealer, account: string, row: MessageRow): StoredMessage | undefined {
  const plain = sealer.open(row.sealed, bindingOf(account, row));
  return plain === undefined ? undefined : messageOf(JSON.parse(fromUtf8(plain)) as Content, row.unread === 1);
}

/** A list instead of an object: a hundred thousand rows need not repeat the names. */
type Content = readonly [
  id: string,
  contact: string,
  direction: 'in' | 'out',
  text: string | null,
  writtenAt: string,
  arrivedAt: string | null,
  timeCertain: boolean,
  state: OutgoingState | null,
  settled: boolean | null,
  innerId: string,
  facts: MessageFacts,
  stanzaDigestBase64: string | null,
  publication: string | null,
];

function contentOf(message: StoredMessage): Content {
  return [
    message.id,
    message.contact,
    message.direction,
    message.text,
    message.writtenAt,
    message.arrivedAt ?? null,
    message.timeCertain,
    message.state ?? null,
    message.settled ?? null,
    message.innerId,
    message.facts,
    message.stanzaDigest === undefined ? null : toBase64(message.stanzaDigest),
    message.publication ?? null,
  ];
}

function messageOf(content: Content, unread: boolean): StoredMessage {
  const [id, contact, direction, text, writtenAt, arrivedAt, timeCertain, state, settled, innerId, facts] = content;
  const stanzaDigest = content[11] === null ? undefined : fromBase64(content[11]);
  return {
    ...{ id, contact: contact as BareJid, direction, text, writtenAt, timeCertain, unread, innerId, facts },
    ...(arrivedAt === null ? {} : { arrivedAt }),
    ...(state === null ? {} : { state }),
    ...(settled === null ? {} : { settled }),
    ...(stanzaDigest === undefined ? {} : { stanzaDigest }),
    ...(content[12] === null ? {} : { publication: content[12] }),
  };
}

function outboxOf({ direction, state, settled }: StoredMessage): number {
  if (direction === 'in' || settled === true) return OUTBOX.none;
  return state === 'held' || state === 'waiting' || state === 'sent' ? OUTBOX[state] : OUTBOX.none;
}

function bindingOf(account: string, columns: MessageColumns): Binding {
  const { seq, id, contact, inner_id, digest, publication, outbox } = columns;
  return ['messages', account, seq, outbox, id, contact, inner_id, digest, publication];
}
