/** Fetching and judging a contact's published options before writing to them (XEP-0187 §3.2, profile 3.4 and 4.3). */
import type { Clock } from '../base/time.ts';
import { toBase64 } from '../base/bytes.ts';
import type { PublicKey } from '../crypto/signature.ts';
import { ESessionError } from '../protocol/esession/errors.ts';
import type { Policy } from '../protocol/esession/policy.ts';
import { foreseeSession } from '../protocol/esession/xep0187-offline.ts';
import {
  readOfflineOptions,
  signerOf,
  type OfflineNode,
  type PublishedOptions,
} from '../protocol/esession/xep0187-options.ts';
import type { Chosen } from '../protocol/esession/xep0116/options.ts';
import type { Link } from '../protocol/xmpp/link.ts';
import { fetchItems, type ItemsOutcome } from '../protocol/xmpp/xep0163-pep.ts';
import { parsePubkey } from '../protocol/xmpp/xep0189-public-keys.ts';
import type { ContactStore } from '../stores/contacts.ts';
import { serialize, type Element } from '../wire/element.ts';
import type { BareJid } from '../wire/jid.ts';
import { NS } from '../wire/namespaces.ts';
import { isRolledBack, noteEmpty, noteServed, type ServedSet } from './options-memory.ts';
import type { Trust } from './trust.ts';

/** Whether, and with which options, a letter can be written to someone now. */
export type OptionsOutcome =
  | {
      readonly kind: 'ready';
      readonly set: 'away' | 'backup';
      readonly options: PublishedOptions;
      readonly signer: PublicKey;
      /** What a session on them would use. */
      readonly chosen: Chosen;
    }
  | { readonly kind: 'expired'; readonly expiredAt: Date }
  /** `not-proven`: no value of `signs` verifies with a key of theirs. */
  | { readonly kind: 'no-key' | 'not-allowed' | 'key-changed' | 'no-common-encryption' | 'not-checked' | 'not-proven' };

export interface OptionsFetchParts {
  readonly contacts: ContactStore;
  readonly trust: Trust;
  /** What was seen when, beside when a contact came online: by our own clock alone, which no server sets. */
  readonly clock: Clock;
  /** Now, corrected by the difference to the server's clock where that is above 60 s (H-21). */
  readonly now: () => Date;
  readonly policy: () => Policy;
}

type NodeOutcome =
  | { readonly kind: 'form'; readonly x: Element }
  | { readonly kind: 'nothing'; readonly refused: boolean }
  | { readonly kind: 'unusable' | 'unknown' };

export class OptionsFetch {
  readonly #parts: OptionsFetchParts;

  constructor(parts: OptionsFetchParts) {
    this.#parts = parts;
  }

  /**
   * Asks the contact's server now; nothing is cached (3.4).
   *
   * @param receivesPresence - Whether we receive the contact's presence: then the presence node is asked first.
   * @returns the outcome; a time-out is `not-checked`, never an answer.
   */
  async fetch(link: Link, address: BareJid, receivesPresence: boolean): Promise<OptionsOutcome> {
    const first = receivesPresence
      ? await this.#askNode(link, address, 'presence')
      : ({ kind: 'nothing', refused: true } as const);
    if (first.kind === 'form') return this.#judge(link, address, 'presence', first.x);
    if (first.kind !== 'nothing') return { kind: first.kind === 'unknown' ? 'not-checked' : 'no-key' };
    const second = await this.#askNode(link, address, 'open');
    if (second.kind === 'form') return this.#judge(link, address, 'open', second.x);
    if (second.kind === 'unknown') return { kind: 'not-checked' };
    // Prosody also refuses what does not exist, so a refusal means something only to those without the presence.
    const notAllowed = second.kind === 'nothing' && second.refused && !receivesPresence;
    return { kind: notAllowed ? 'not-allowed' : 'no-key' };
  }

  async #askNode(link: Link, address: BareJid, node: OfflineNode): Promise<NodeOutcome> {
    const outcome = await fetchItems(link, address, NODE_NAMES[node]);
    const forms = formsOf(outcome);
    if (forms.length > 0) {
      // Equal forms count once; differing ones make the set unusable (S-010).
      const [x, ...others] = forms;
      const text = serialize(x as Element);
      return others.every((other) => serialize(other) === text)
        ? { kind: 'form', x: x as Element }
        : { kind: 'unusable' };
    }
    switch (outcome.kind) {
      case 'unknown':
        return { kind: 'unknown' };
      case 'refused':
        return { kind: 'nothing', refused: true };
      case 'none':
      case 'items':
        this.#remember(address, (memory) => noteEmpty(memory, node));
        return { kind: 'nothing', refused: false };
    }
  }

  async #judge(link: Link, address: BareJid, node: OfflineNode, x: Element): Promise<OptionsOutcome> {
    let options: PublishedOptions;
    try {
      options = readOfflineOptions(x);
    } catch (error) {
      if (error instanceof ESessionError) return { kind: 'no-common-encryption' };
      throw error;
    }
    const signer = await this.#findSigner(link, address, options);
    if (signer === 'not-proven' || signer === 'key-changed' || signer === 'not-checked') return { kind: signer };
    const served: ServedSet = {
      node,
      nonce: toBase64(options.nonce),
      ...(options.matchResource === undefined ? {} : { matchResource: options.matchResource }),
    };
    const contact = this.#parts.contacts.get(address);
    if (isRolledBack(contact?.optionsSeen ?? [], served, contact?.lastCameOnlineAt)) return { kind: 'no-key' };
    this.#remember(address, (memory) => noteServed(memory, served, this.#parts.clock.now()));
    if (options.expires <= this.#parts.now()) return { kind: 'expired', expiredAt: options.expires };
    // What cannot be agreed on is told before anything is written, not by the first message (S-197).
    const chosen = foreseeSession(options, this.#parts.policy());
    if (chosen === undefined) return { kind: 'no-common-encryption' };
    return { kind: 'ready', set: node === 'presence' ? 'away' : 'backup', options, signer, chosen };
  }

  /** The key that signed the form: one on file, else one published now (4.3). */
  async #findSigner(
    link: Link,
    address: BareJid,
    options: PublishedOptions,
  ): Promise<PublicKey | 'not-proven' | 'key-changed' | 'not-checked'> {
    const { trust } = this.#parts;
    const known = signerOf(options, trust.acceptable(address));
    if (known !== undefined) return known;
    const published = await fetchPublishedKeys(link, address, this.#parts.now());
    if (published === 'unknown') return 'not-checked';
    const signer = signerOf(options, published);
    if (signer === undefined) return 'not-proven';
    const judgement = trust.judge(address, signer);
    if (judgement === 'refused') return 'not-proven';
    trust.note(address, signer);
    return judgement === 'changed' ? 'key-changed' : signer;
  }

  #remember(address: BareJid, change: (memory: Parameters<typeof noteEmpty>[0]) => ReturnType<typeof noteEmpty>): void {
    const contact = this.#parts.contacts.get(address);
    if (contact === undefined) return;
    const optionsSeen = change(contact.optionsSeen);
    if (optionsSeen !== contact.optionsSeen) this.#parts.contacts.put({ ...contact, optionsSeen });
  }
}

/**
 * The keys an address publishes now (XEP-0189), items that break a rule left out.
 *
 * @returns `unknown` when the server did not answer; no keys when it refused.
 */
export async function fetchPublishedKeys(
  link: Link,
  address: BareJid,
  now: Date,
): Promise<readonly PublicKey[] | 'unknown'> {
  const outcome = await fetchItems(link, address, NS.pubkey);
  if (outcome.kind === 'unknown') return 'unknown';
  if (outcome.kind !== 'items') return [];
  return outcome.items
    .map((item) => (item.payload === undefined ? undefined : parsePubkey(item.payload, address, now)))
    .filter((key) => key !== undefined);
}

/** The PEP node of each set. */
export const NODE_NAMES: Readonly<Record<OfflineNode, string>> = { presence: NS.offline, open: NS.esession };

function formsOf(outcome: ItemsOutcome): readonly Element[] {
  if (outcome.kind !== 'items') return [];
  return outcome.items
    .map((item) => item.payload)
    .filter((payload) => payload?.name === 'x' && payload.ns === NS.form)
    .filter((payload) => payload !== undefined);
}
