/**
 * What a sender remembers of a contact's published options, to notice a server that serves an older set again
 * (H-17, S-010, R-304). Pure: a memory goes in, the next one comes out.
 */
import type { OfflineNode } from '../protocol/esession/xep0187-options.ts';
import type { OptionsSeen } from '../stores/contacts.ts';

/** How many forms are remembered per node; older ones have expired long since. */
const REMEMBERED_PER_NODE = 50;

/** A set as it was served. */
export interface ServedSet {
  readonly node: OfflineNode;
  /** N_A in Base64. */
  readonly nonce: string;
  readonly matchResource?: string;
}

/**
 * True if a genuine publisher would no longer have this set out: it was followed by another one or by an empty node,
 * or it is a presence set first seen before its owner last came online (every genuine publish has a new N_A).
 */
export function isRolledBack(
  memory: readonly OptionsSeen[],
  served: ServedSet,
  lastCameOnlineAt: string | undefined,
): boolean {
  const seen = find(memory, served);
  if (seen === undefined) return false;
  if (seen.followed) return true;
  return served.node === 'presence' && lastCameOnlineAt !== undefined && seen.firstSeenAt < lastCameOnlineAt;
}

/** Notes a served set: those of the same node seen before it are followed from now on. */
export function noteServed(memory: readonly OptionsSeen[], served: ServedSet, now: Date): readonly OptionsSeen[] {
  if (find(memory, served) !== undefined) return memory;
  const entry: OptionsSeen = { ...served, firstSeenAt: now.toISOString(), followed: false };
  return [...closeNode(memory, served.node).slice(-REMEMBERED_PER_NODE * 2), entry];
}

/** Notes an answer that the node holds no form. Other errors do not count and must not come here. */
export function noteEmpty(memory: readonly OptionsSeen[], node: OfflineNode): readonly OptionsSeen[] {
  return memory.every((seen) => seen.node !== node || seen.followed) ? memory : closeNode(memory, node);
}

/** True if that resource once published a set: its available presence means that the publisher came online. */
export function isPublishingResource(memory: readonly OptionsSeen[], resource: string): boolean {
  return memory.some((seen) => seen.matchResource === resource);
}

function find(memory: readonly OptionsSeen[], served: ServedSet): OptionsSeen | undefined {
  return memory.find((seen) => seen.node === served.node && seen.nonce === served.nonce);
}

function closeNode(memory: readonly OptionsSeen[], node: OfflineNode): readonly OptionsSeen[] {
  return memory.map((seen) => (seen.node === node ? { ...seen, followed: true } : seen));
}
