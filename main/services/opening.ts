/**
 * The opening of a session by a stanza with <init/>: the receiver's table of profile 6.3, in its order. Whatever fails
 * ends it silently: a notice for the user, nothing for the sender (S-021, S-030).
 */
import type { Clock } from '../base/time.ts';
import type { ModpEngine } from '../crypto/modp.ts';
import { ESessionError } from '../protocol/esession/errors.ts';
import type { Policy } from '../protocol/esession/policy.ts';
import { fingerprintOf } from '../protocol/esession/xep0116/key-value.ts';
import {
  acceptOfflineSession,
  readResponseForm,
  type AcceptOutcome,
  type ResponseForm,
} from '../protocol/esession/xep0187-offline.ts';
import type { OfflineRecord, OfflineSecretStore, SeenEntry } from '../stores/offline-secrets.ts';
import type { Element } from '../wire/element.ts';
import { toAcceptingRecord, type AcceptingRecords } from './accepting-records.ts';
import type { Batch } from './batch.ts';
import { noteProvenKey, type PublishedKeys } from './first-key.ts';
import type { Letter } from './letter.ts';
import type { UnreadableReason } from './message-facts.ts';
import type { OfflineKeys } from './offline-keys.ts';
import { sessionKeyOf, type LiveSession, type ReceivedSessions } from './received-sessions.ts';
import type { Trust } from './trust.ts';

export interface OpeningParts {
  readonly keys: OfflineKeys;
  readonly secrets: OfflineSecretStore;
  readonly sessions: ReceivedSessions;
  readonly records: AcceptingRecords;
  readonly trust: Trust;
  readonly modp: ModpEngine;
  readonly clock: Clock;
  readonly policy: () => Policy;
  /** The keys that an address publishes now, if it can be asked. */
  readonly publishedKeys: PublishedKeys;
  /** A notice in the conversation; the letter's entry is dealt with. */
  readonly refuse: (letter: Letter, reason: UnreadableReason, recordId: string | undefined, batch: Batch) => void;
  /** The `<c/>` of a session, or undefined: nothing to open in this stanza. */
  readonly unseal: (live: LiveSession, letter: Letter, c: Element | undefined, batch: Batch) => Promise<void> | void;
}

export class Opening {
  readonly #parts: OpeningParts;

  constructor(parts: OpeningParts) {
    this.#parts = parts;
  }

  async open(letter: Letter, initForm: Element, batch: Batch): Promise<void> {
    const response = readForm(initForm);
    if (response === undefined) {
      this.#parts.refuse(letter, 'altered', undefined, batch);
      return;
    } // check 1
    const record = this.#parts.keys.byNonce(response.nonce); // check 2
    if (record === undefined) {
      const tombstone = this.#parts.keys.tombstoneOf(response.nonce);
      this.#parts.refuse(letter, this.#reasonOfAbsence(response), tombstone?.id, batch);
      return;
    }
    if (record.expiresAt <= this.#parts.clock.now()) {
      this.#parts.refuse(letter, 'expired', record.id, batch);
      return; // check 3
    }
    const opening = { d: response.d, responderNonce: response.responderNonce, digest: response.digest };
    const match = this.#parts.sessions.match(record.id, { ...opening, from: letter.contact }); // check 4
    switch (match.kind) {
      case 'duplicate':
        return this.#again(letter, record.id, match.entry, batch);
      case 'replay': {
        this.#parts.refuse(letter, 'copy', record.id, batch);
        return;
      }
      case 'relayed':
        if (match.entry.outcome === 'shown') {
          this.#parts.refuse(letter, 'not-proven', record.id, batch);
          return;
        }
        this.#drop(record.id, match.entry, batch);
        break;
      case 'new':
        break;
    }
    return this.#accept(letter, record, response, batch);
  }

  #reasonOfAbsence(response: ResponseForm): UnreadableReason {
    const tombstone = this.#parts.keys.tombstoneOf(response.nonce);
    if (tombstone === undefined) return 'other-device';
    return tombstone.reason === 'expired' ? 'expired' : 'key-deleted';
  }

  /** The same opening once more: its <c/> is a stanza of the session it made. */
  #again(letter: Letter, recordId: string, entry: SeenEntry, batch: Batch): Promise<void> | void {
    const live = this.#parts.sessions.createdBy(recordId, sessionKeyOf(entry.digest));
    if (live === undefined) return;
    return this.#parts.unseal(live, letter, letter.c, batch);
  }

  #drop(recordId: string, entry: SeenEntry, batch: Batch): void {
    const { sessions, secrets, clock } = this.#parts;
    const live = sessions.createdBy(recordId, sessionKeyOf(entry.digest));
    sessions.drop(recordId, entry);
    batch.write(() => {
      secrets.removeSeen(recordId, entry);
    });
    if (live === undefined) return;
    sessions.end(live, clock.now());
    batch.touch(live);
  }

  async #accept(letter: Letter, record: OfflineRecord, response: ResponseForm, batch: Batch): Promise<void> {
    const { trust, sessions, modp, clock, policy, records } = this.#parts;
    const outcome = await acceptOfflineSession({
      response,
      record: records.of(record, toAcceptingRecord),
      isSeen: (d, responderNonce) =>
        sessions.match(record.id, { d, responderNonce, digest: response.digest, from: letter.contact }).kind !== 'new',
      judgeKey: (key) => trust.judge(letter.contact, key),
      now: clock.now(),
      policy: policy(),
      modp,
    });
    if (outcome.kind === 'refused') {
      this.#parts.refuse(letter, REASONS[outcome.reason], record.id, batch);
      return;
    }
    await noteProvenKey(trust, this.#parts.publishedKeys, letter.contact, outcome.peerKey);
    const live = this.#create(letter, record, response, outcome, batch); // check 12
    await this.#parts.unseal(live, letter, letter.c, batch);
    if (!outcome.terminate) return; // check 13
    sessions.end(live, clock.now());
    batch.touch(live);
  }

  #create(
    letter: Letter,
    record: OfflineRecord,
    response: ResponseForm,
    outcome: Extract<AcceptOutcome, { kind: 'accepted' }>,
    batch: Batch,
  ): LiveSession {
    const { sessions, secrets, clock } = this.#parts;
    const entry: SeenEntry = {
      d: response.d,
      responderNonce: response.responderNonce,
      digest: response.digest,
      from: letter.contact,
      outcome: 'nothing',
    };
    sessions.addSeen(record.id, entry);
    batch.write(() => {
      secrets.addSeen(record.id, entry);
    });
    const live = sessions.add(record.id, {
      key: sessionKeyOf(response.digest),
      from: letter.from,
      ...(letter.thread === undefined ? {} : { thread: letter.thread }),
      otr: outcome.chosen.otr,
      peerFingerprint: fingerprintOf(outcome.peerKey),
      lastActivityAt: clock.now(),
      damaged: false,
      state: 'open',
      session: outcome.session,
    });
    batch.touch(live);
    return live;
  }
}

const REASONS: Readonly<Record<Extract<AcceptOutcome, { kind: 'refused' }>['reason'], UnreadableReason>> = {
  expired: 'expired',
  replay: 'copy',
  'unsupported-option': 'too-weak',
  'no-such-group': 'too-weak',
  'bad-public-value': 'altered',
  'bad-mac': 'altered',
  'bad-identity': 'altered',
  'key-not-acceptable': 'not-proven',
  'bad-signature': 'not-proven',
};

function readForm(initForm: Element): ResponseForm | undefined {
  try {
    return readResponseForm(initForm);
  } catch (error) {
    if (error instanceof ESessionError) return undefined;
    throw error;
  }
}
