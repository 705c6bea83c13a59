/** A row of the journal: the stanzas that became durable in one transaction, sealed together. */
import { fromUtf8, utf8 } from '../base/bytes.ts';

export interface SheetEntry {
  /** Its place in the order of arrival. */
  readonly seq: number;
  readonly xml: string;
  readonly arrivedAt: Date;
  /** Why it was set aside, if it was. */
  readonly reason?: string;
}

/** More in one row would make each stanza that has to wait rewrite more of the others, and one damage cost more. */
export const SHEET_ENTRIES = 64;

/** A list instead of an object: a backlog packs one for each stanza. */
type Packed = readonly [seq: number, xml: string, arrivedAt: string, reason?: string];

export function packSheet(entries: readonly SheetEntry[]): Uint8Array {
  return utf8(JSON.stringify(entries.map(packedOf)));
}

/** @param octets - As `packSheet` made them: sealed, so that nobody else can have. */
export function unpackSheet(octets: Uint8Array): readonly SheetEntry[] {
  const packed = JSON.parse(fromUtf8(octets)) as readonly Packed[];
  return packed.map(([seq, xml, arrivedAt, reason]) => ({
    ...{ seq, xml, arrivedAt: new Date(arrivedAt) },
    ...(reason === undefined ? {} : { reason }),
  }));
}

function packedOf({ seq, xml, arrivedAt, reason }: SheetEntry): Packed {
  const packed = [seq, xml, arrivedAt.toISOString()] as const;
  return reason === undefined ? packed : [...packed, reason];
}
