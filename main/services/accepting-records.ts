/** Offline records as the engine wants them, made once per record instead of once per letter. */
import type { ModpGroup } from '../crypto/modp.ts';
import type { AcceptingRecord } from '../protocol/esession/xep0187-offline.ts';
import type { OfflineRecord } from '../stores/offline-secrets.ts';
import { parseElement } from '../wire/xml-parser.ts';

export class AcceptingRecords {
  readonly #made = new Map<string, AcceptingRecord>();

  of(record: OfflineRecord, make: (record: OfflineRecord) => AcceptingRecord): AcceptingRecord {
    const made = this.#made.get(record.id) ?? make(record);
    this.#made.set(record.id, made);
    return made;
  }

  /** Wipes the private values of one record, or of all. */
  forget(recordId?: string): void {
    for (const [id, made] of this.#made) {
      if (recordId !== undefined && id !== recordId) continue;
      for (const secret of made.secrets) secret.exponent.fill(0);
      this.#made.delete(id);
    }
  }
}

/** @throws WireError if the stored form is no XML, which is our own mistake. */
export function toAcceptingRecord(record: OfflineRecord): AcceptingRecord {
  return {
    nonce: record.nonce,
    expires: record.expiresAt,
    form: parseElement(record.form),
    secrets: record.secrets.map(({ modp, exponent, publicValue }) => ({
      modp: modp as ModpGroup,
      exponent: exponent.slice(),
      publicValue,
    })),
  };
}
