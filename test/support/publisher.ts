/** Someone who publishes options by hand, good ones and bad ones: the other side of the product's sender. */
import { toBase64 } from '../../main/base/bytes.ts';
import { systemRandom } from '../../main/crypto/random.ts';
import type { OfflineOptions } from '../../main/protocol/esession/xep0187-options.ts';
import { buildPresence } from '../../main/protocol/xmpp/rfc6121-presence.ts';
import { ensureNode, publishItem, withdrawItem } from '../../main/protocol/xmpp/xep0163-pep.ts';
import type { Element } from '../../main/wire/element.ts';
import { NS } from '../../main/wire/namespaces.ts';
import type { LetterWriter } from './letter-writer.ts';
import { createOptions, withValues } from './offline-exchange.ts';

export type PublishedNode = 'presence' | 'open';

const NODES: Readonly<Record<PublishedNode, string>> = { presence: NS.offline, open: NS.esession };

/** A genuine set of the writer's, for three days unless said otherwise. */
export function makeSet(
  writer: LetterWriter,
  how: { readonly lifeMs?: number; readonly matchResource?: string } = {},
): Promise<OfflineOptions> {
  const { lifeMs = 3 * 86_400_000, matchResource } = how;
  return createOptions({
    random: systemRandom,
    signingKeys: [writer.key],
    expires: new Date(Math.floor((Date.now() + lifeMs) / 1000) * 1000),
    ...(matchResource === undefined ? {} : { matchResource }),
  });
}

/** Puts a form out at one of the two nodes. */
export async function publish(writer: LetterWriter, node: PublishedNode, form: Element): Promise<void> {
  const { link } = writer.client;
  await ensureNode(link, NODES[node], 'presence');
  await publishItem(link, NODES[node], 'current', form);
}

export async function withdraw(writer: LetterWriter, node: PublishedNode): Promise<void> {
  await withdrawItem(writer.client.link, NODES[node]);
}

/** The writer seems away, although its stream stays open for publishing. */
export async function goAway(writer: LetterWriter): Promise<void> {
  await writer.send(buildPresence({ type: 'unavailable' }));
}

export async function comeBack(writer: LetterWriter): Promise<void> {
  await writer.send(buildPresence());
}

/** The form with the values of `signs` replaced. */
export function withSigns(form: Element, signatures: readonly Uint8Array[]): Element {
  return withValues(form, 'signs', signatures.map(toBase64));
}
