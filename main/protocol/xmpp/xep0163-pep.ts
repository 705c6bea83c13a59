/**
 * XEP-0163: Personal Eventing Protocol, version 1.2.2 (2022-02-16).
 * https://xmpp.org/extensions/xep-0163.html
 *
 * Covers §3 (publishing to the own account), §6.1 (finding out whether that is possible) and fetching items from a bare
 * address; the payloads are `wire/xep0060-pubsub.ts`. Left out: notifications, which are asked not to be sent and are
 * never read (S-090): options and keys are always fetched. How real servers answer is why each step reads back what it
 * did (profile 3.1 to 3.4, S-093, S-094).
 */
import { child, elements } from '../../wire/element.ts';
import type { Element } from '../../wire/element.ts';
import type { BareJid } from '../../wire/jid.ts';
import { NS } from '../../wire/namespaces.ts';
import { WireError } from '../../wire/wire-error.ts';
import { buildItemsRequest, buildPublish, buildRetract, readItems } from '../../wire/xep0060-pubsub.ts';
import type { AccessModel, PubsubItem } from '../../wire/xep0060-pubsub.ts';
import { readDiscoInfo } from './disco-info.ts';
import { LinkError, StanzaError } from './link.ts';
import type { Link } from './link.ts';
import { ensureNode } from './pep-node.ts';

export { buildItemsRequest, buildPublish } from '../../wire/xep0060-pubsub.ts';
export { ensureNode } from './pep-node.ts';
export type { EnsureOutcome } from './pep-node.ts';
export type NodeAccess = AccessModel;

type Asking = Pick<Link, 'request'>;

/** The id of the one item that each of our nodes holds (profile 3.2). */
const ITEM_ID = 'current';

export interface PublishConditions {
  /** Publishes only if the node has this access; for accounts that list publish-options (profile 3.1 rule 3). */
  readonly access?: NodeAccess;
}

/**
 * Publishes one item to the own account. A node that has not the access asked for is put right once.
 *
 * @throws StanzaError if the server refuses; any other LinkError leaves open whether the item is there.
 */
export async function publishItem(
  link: Asking,
  node: string,
  itemId: string,
  payload: Element,
  conditions: PublishConditions = {},
): Promise<void> {
  const { access } = conditions;
  const publish = { type: 'set', payload: buildPublish(node, itemId, payload, access) } as const;
  try {
    await link.request(publish);
  } catch (error) {
    const isWrongNode = error instanceof StanzaError && error.details.includes('precondition-not-met');
    if (!isWrongNode || access === undefined) throw error;
    await ensureNode(link, node, access);
    await link.request(publish);
  }
}

export type ItemsOutcome =
  | { readonly kind: 'items'; readonly items: readonly PubsubItem[] }
  /** The node is empty, or there is none. */
  | { readonly kind: 'none' }
  /** The owner, or their server, does not let us. */
  | { readonly kind: 'refused'; readonly condition: string }
  /** Not known now, for this reason (a code or condition): to be asked again, never taken for "none". */
  | { readonly kind: 'unknown'; readonly reason: string };

/**
 * Asks an account for what it has published.
 *
 * @param owner - A bare address; the own account when undefined.
 */
export async function fetchItems(link: Asking, owner: BareJid | undefined, node: string): Promise<ItemsOutcome> {
  try {
    const request = {
      type: 'get',
      payload: buildItemsRequest(node),
      ...(owner !== undefined && { to: owner }),
    } as const;
    const [payload] = elements(await link.request(request));
    const items = readItems(payload, node);
    return items.length === 0 ? { kind: 'none' } : { kind: 'items', items };
  } catch (error) {
    return outcomeOf(error);
  }
}

/** Profile 3.4: two errors mean that nobody knows, one that there is nothing, all others that we may not. */
function outcomeOf(error: unknown): ItemsOutcome {
  if (error instanceof StanzaError) {
    const { condition } = error;
    if (condition === 'item-not-found') return { kind: 'none' };
    return condition.startsWith('remote-server-')
      ? { kind: 'unknown', reason: condition }
      : { kind: 'refused', condition };
  }
  if (error instanceof LinkError) return { kind: 'unknown', reason: error.code };
  if (error instanceof WireError) return { kind: 'unknown', reason: 'bad-answer' };
  throw error;
}

export type WithdrawOutcome =
  | { readonly kind: 'withdrawn' }
  | { readonly kind: 'still-there' }
  | { readonly kind: 'unknown'; readonly reason: string };

/**
 * Takes the own account's item away (profile 3.3): a retract, and what counts is what can be read afterwards. The node
 * stays; purging or deleting it would tell everybody who watches.
 */
export async function withdrawItem(link: Asking, node: string): Promise<WithdrawOutcome> {
  try {
    if (!(await retract(link, node, ITEM_ID))) await publishNothing(link, node);
    let left = await fetchItems(link, undefined, node);
    if (left.kind === 'items' && left.items.some(holdsSomething)) {
      for (const { id } of left.items) if (id !== undefined) await retract(link, node, id);
      left = await fetchItems(link, undefined, node);
    }
    return withdrawalShownBy(left);
  } catch (error) {
    if (error instanceof LinkError) return { kind: 'unknown', reason: error.code };
    throw error;
  }
}

function withdrawalShownBy(left: ItemsOutcome): WithdrawOutcome {
  switch (left.kind) {
    case 'none':
      return { kind: 'withdrawn' };
    case 'items':
      return { kind: left.items.some(holdsSomething) ? 'still-there' : 'withdrawn' };
    case 'refused':
      return { kind: 'unknown', reason: left.condition };
    case 'unknown':
      return left;
  }
}

function holdsSomething(item: PubsubItem): boolean {
  return item.payload !== undefined;
}

/** @returns false if the server refuses retraction itself; an item that is not there counts as retracted. */
async function retract(link: Asking, node: string, itemId: string): Promise<boolean> {
  try {
    await link.request({ type: 'set', payload: buildRetract(node, itemId) });
    return true;
  } catch (error) {
    if (error instanceof StanzaError) return error.condition === 'item-not-found';
    throw error;
  }
}

/** The letter of XEP-0187 §3.4. Whether the server took it, the reading back shows. */
async function publishNothing(link: Asking, node: string): Promise<void> {
  try {
    await link.request({ type: 'set', payload: buildPublish(node, ITEM_ID, undefined) });
  } catch (error) {
    if (!(error instanceof StanzaError)) throw error;
  }
}

export interface AccountFeatures {
  /** True if the account can publish (XEP-0163 §6.1, R-220). */
  readonly pep: boolean;
  readonly publishOptions: boolean;
  readonly features: readonly string[];
}

/** What the server says of the own account. @throws LinkError */
export async function accountFeatures(link: Asking): Promise<AccountFeatures> {
  const answer = await link.request({
    type: 'get',
    payload: { name: 'query', ns: NS.discoInfo, attrs: {}, children: [] },
  });
  const { identities, features } = readDiscoInfo(child(answer, 'query', NS.discoInfo));
  const pep = identities.some(({ category, type }) => category === 'pubsub' && type === 'pep');
  return { pep, publishOptions: features.includes(NS.publishOptions), features };
}
