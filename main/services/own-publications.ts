/** What this account has out in its PEP nodes: the signing key, the backup set, and the presence set made ahead. */
import { DAY_MS } from '../base/time.ts';
import { ESessionError } from '../protocol/esession/errors.ts';
import { readOfflineOptions } from '../protocol/esession/xep0187-options.ts';
import { LinkError, StanzaError, type Link } from '../protocol/xmpp/link.ts';
import {
  ensureNode,
  fetchItems,
  publishItem,
  withdrawItem,
  type EnsureOutcome,
  type NodeAccess,
} from '../protocol/xmpp/xep0163-pep.ts';
import { buildPubkey, parsePubkey } from '../protocol/xmpp/xep0189-public-keys.ts';
import type { OfflinePolicy, StoredAccount } from '../stores/accounts.ts';
import type { OfflineRecord } from '../stores/offline-secrets.ts';
import { equalBytes } from '../base/bytes.ts';
import type { Clock } from '../base/time.ts';
import { serialize, type Element } from '../wire/element.ts';
import { NS } from '../wire/namespaces.ts';
import { parseElement } from '../wire/xml-parser.ts';
import type { Announcer, ServiceEvents } from './events.ts';
import type { OfflineKeys } from './offline-keys.ts';
import type { OwnKey } from './own-key.ts';

export interface OwnPublicationsParts {
  readonly keys: OfflineKeys;
  readonly ownKey: OwnKey;
  readonly clock: Clock;
  readonly account: () => StoredAccount;
  readonly announcer: Announcer<ServiceEvents>;
  /** False where nothing protects keys: no set is made (S-062). */
  readonly mayKeepOfflineKeys: boolean;
}

/** What the server cannot do for our nodes; empty when it is fit. */
export type Unfit = readonly string[];

export class OwnPublications {
  readonly #parts: OwnPublicationsParts;
  /** Configuration read back in this connection (S-093). */
  readonly #ready = new Map<string, Promise<EnsureOutcome>>();
  #publishOptions = false;
  /** The key item as published, for who asks directly (XEP-0189 §7). */
  #shownKey: Element | undefined;
  #link: Link | undefined;
  /** The last step asked for: each looks at what is out before it changes it, so they go one by one. */
  #turn: Promise<unknown> = Promise.resolve();

  constructor(parts: OwnPublicationsParts) {
    this.#parts = parts;
  }

  /** @param publishOptions - Whether the account's disco#info lists publish-options (3.1 rule 3); left out: as before. */
  attach(link: Link, publishOptions = this.#publishOptions): void {
    this.#link = link;
    this.#publishOptions = publishOptions;
    this.#ready.clear();
  }

  detach(): void {
    this.#link = undefined;
    this.#ready.clear();
  }

  /** False by the user's choice, or where keys cannot be kept: neither set is out. */
  get mayPublish(): boolean {
    return this.#parts.mayKeepOfflineKeys && this.#policy().whoMayWrite !== 'nobody';
  }

  /** The access each publish carries as a condition, where the server can check it (S-045). */
  conditionFor(access: NodeAccess): NodeAccess | undefined {
    return this.#publishOptions ? access : undefined;
  }

  /** The key item, for a presence subscriber who asks for it directly. */
  get shownKey(): Element | undefined {
    return this.#shownKey;
  }

  /** Publishes the signing key unless the node shows it already (XEP-0189 §6). @throws LinkError */
  async publishKey(): Promise<Unfit> {
    return this.#inTurn(() => this.#publishKey());
  }

  /**
   * Sees to it that a backup set is out, a new one if the present one is a day old, was used, has expired, lives
   * otherwise than was chosen or is not what the server shows (6.2, "the open set"); and that none is, where nobody
   * may write.
   *
   * @param always - Make a new one in any case: the user asked for it.
   * @throws LinkError
   */
  async ensureBackup(always = false): Promise<Unfit> {
    return this.#inTurn(() => (this.mayPublish ? this.#ensureBackup(always) : this.#withdrawBackup()));
  }

  /** Takes the backup set back if its keys were destroyed, so that nobody writes with it any more. @throws LinkError */
  async withdrawDestroyed(): Promise<void> {
    await this.#inTurn(() => this.#withdrawDestroyed());
  }

  /** Makes the presence set for the next leaving, in place of the one made before (S-052). @throws LinkError */
  async prepareAway(): Promise<Unfit> {
    return this.#inTurn(() => this.#prepareAway());
  }

  /** True if the node shows exactly this set's form. */
  async isShown(record: OfflineRecord): Promise<boolean> {
    const shown = await fetchItems(this.#online(), undefined, record.node === 'presence' ? NS.offline : NS.esession);
    return shown.kind === 'items' && shown.items.some((item) => item.payload && isSameForm(item.payload, record));
  }

  async #publishKey(): Promise<Unfit> {
    const link = this.#online();
    const access = accessOf(this.#policy());
    const node = await this.#nodeReady(NS.pubkey, access);
    if (node.kind === 'unfit') return node.missing;
    const { publicKey } = await this.#parts.ownKey.signingKey();
    const jid = this.#parts.account().address;
    const payload = buildPubkey({ key: publicKey, ...(await this.#parts.ownKey.validity()), jid });
    this.#shownKey = payload;
    const shown = await fetchItems(link, undefined, NS.pubkey);
    const isShown =
      shown.kind === 'items' &&
      shown.items.some((item) => {
        const key = item.payload && parsePubkey(item.payload, jid, this.#parts.clock.now());
        return key !== undefined && equalBytes(key.modulus, publicKey.modulus);
      });
    if (isShown) return [];
    await publishItem(link, NS.pubkey, 'current', payload, this.#condition(access));
    return [];
  }

  async #ensureBackup(always: boolean): Promise<Unfit> {
    const access = accessOf(this.#policy());
    const node = await this.#nodeReady(NS.esession, access);
    const present = this.#parts.keys.backup();
    if (node.kind === 'unfit') {
      if (node.isExposed && present !== undefined) await this.#withdrawExposed();
      return node.missing;
    }
    if (present !== undefined && !always && this.#isFresh(present) && (await this.isShown(present))) {
      if (!present.confirmed) this.#parts.keys.markPublished(present, true);
      return [];
    }
    await this.#publishBackup(access);
    return [];
  }

  async #publishBackup(access: NodeAccess): Promise<void> {
    const { keys } = this.#parts;
    const made = await this.#make('open', this.#policy().backupKeyDays);
    const publishing = keys.startPublishing(made);
    if (publishing === undefined) return;
    try {
      await publishItem(this.#online(), NS.esession, 'current', parseElement(made.form), this.#condition(access));
    } catch (error) {
      // Refused: nobody can have read it. Anything else may have come through and counts as published.
      if (error instanceof StanzaError) keys.destroy(publishing, 'refused');
      throw error;
    }
    // Whatever was out, one without an answer included: it is not any more.
    keys.supersedeBackups(publishing);
    keys.markPublished(publishing, false);
    if (await this.isShown(publishing)) keys.markPublished(publishing, true);
  }

  /** Others than were chosen can read it: it does not stay there, whatever that costs (ux.md E12). */
  async #withdrawExposed(): Promise<void> {
    await this.#withdrawBackup();
    const text = 'Your server ignores who may see your key. It was withdrawn.';
    this.#parts.announcer.announce('alertRaised', { code: 'key-exposed', text });
  }

  /** Its keys stay until it expires: somebody may have read it. */
  async #withdrawBackup(): Promise<Unfit> {
    if (this.#parts.keys.backup() === undefined) return this.#withdrawDestroyed();
    await this.#takeBackupBack();
    this.#parts.keys.supersedeBackups();
    return [];
  }

  /** Another device's set, or one that was made meanwhile, stays. */
  async #withdrawDestroyed(): Promise<Unfit> {
    const shown = await fetchItems(this.#online(), undefined, NS.esession);
    if (shown.kind === 'unknown') throw notTakenBack();
    const forms = shown.kind === 'items' ? shown.items.map(({ payload }) => payload) : [];
    if (forms.some((form) => form !== undefined && this.#isDestroyed(form))) await this.#takeBackupBack();
    return [];
  }

  /** @throws LinkError `bad-answer` if it is still there, or nobody knows: it counts as out until the next try. */
  async #takeBackupBack(): Promise<void> {
    const { kind } = await withdrawItem(this.#online(), NS.esession);
    if (kind !== 'withdrawn') throw notTakenBack();
  }

  #isDestroyed(form: Element): boolean {
    try {
      return this.#parts.keys.tombstoneOf(readOfflineOptions(form).nonce) !== undefined;
    } catch (error) {
      if (error instanceof ESessionError) return false;
      throw error;
    }
  }

  async #prepareAway(): Promise<Unfit> {
    const { keys, account } = this.#parts;
    const before = keys.prepared();
    if (this.mayPublish) {
      const node = await this.#nodeReady(NS.offline, 'presence');
      if (node.kind === 'unfit') return node.missing;
      await this.#make('presence', this.#policy().awayKeyDays, account().resource);
    }
    // It may have been published while the new one was made: then its keys are needed.
    if (before !== undefined && keys.isPrepared(before)) keys.destroy(before, 'replaced');
    return [];
  }

  async #inTurn<T>(step: () => Promise<T>): Promise<T> {
    const done = this.#turn.then(step);
    this.#turn = done.catch(() => undefined);
    return done;
  }

  async #make(node: 'presence' | 'open', days: number, matchResource?: string): Promise<OfflineRecord> {
    return this.#parts.keys.make({
      node,
      days,
      signingKeys: [await this.#parts.ownKey.signingKey()],
      ...(matchResource === undefined ? {} : { matchResource }),
    });
  }

  #isFresh(record: OfflineRecord): boolean {
    const ageMs = this.#parts.clock.now().getTime() - record.createdAt.getTime();
    const days = Math.round((record.expiresAt.getTime() - record.createdAt.getTime()) / DAY_MS);
    return ageMs < DAY_MS && record.received === 0 && days === this.#policy().backupKeyDays;
  }

  #nodeReady(node: string, access: NodeAccess): Promise<EnsureOutcome> {
    const key = `${node} ${access}`;
    const asked = this.#ready.get(key) ?? ensureNode(this.#online(), node, access);
    this.#ready.set(key, asked);
    asked.catch(() => this.#ready.delete(key));
    return asked;
  }

  #condition(access: NodeAccess): { access?: NodeAccess } {
    const condition = this.conditionFor(access);
    return condition === undefined ? {} : { access: condition };
  }

  #policy(): OfflinePolicy {
    return this.#parts.account().policy;
  }

  #online(): Link {
    if (this.#link === undefined) throw new LinkError('not-connected', 'nothing is published without a stream');
    return this.#link;
  }
}

function notTakenBack(): LinkError {
  return new LinkError('bad-answer', 'the backup set could not be taken back');
}

/** Who may read the key node and the backup set (6.2, "two names, one node"). */
export function accessOf(policy: OfflinePolicy): NodeAccess {
  return policy.whoMayWrite === 'anyone' ? 'open' : 'presence';
}

/** Servers shuffle attributes, never content: the forms' own nonce and signature tell whether it is this one. */
export function isSameForm(shown: Element, record: OfflineRecord): boolean {
  return serialize(sorted(shown)) === serialize(sorted(parseElement(record.form)));
}

function sorted(el: Element): Element {
  return {
    ...el,
    attrs: Object.fromEntries(Object.entries(el.attrs).sort(([left], [right]) => (left < right ? -1 : 1))),
    children: el.children.map((node) => (typeof node === 'string' ? node : sorted(node))),
  };
}
