/** One offline session between the two test keys, step by step, with every default that a test does not name. */
import { inlineModpEngine } from '../../main/crypto/modp-engine.ts';
import type { ModpGroup } from '../../main/crypto/modp.ts';
import type { RandomSource } from '../../main/crypto/random.ts';
import type { SigningKey } from '../../main/crypto/signature.ts';
import type { Policy } from '../../main/protocol/esession/policy.ts';
import {
  acceptOfflineSession,
  readResponseForm,
  startOfflineSession,
} from '../../main/protocol/esession/xep0187-offline.ts';
import type { AcceptOutcome, AcceptingRecord, StartOutcome } from '../../main/protocol/esession/xep0187-offline.ts';
import { createOfflineOptions, readOfflineOptions } from '../../main/protocol/esession/xep0187-options.ts';
import type { OfflineOptions } from '../../main/protocol/esession/xep0187-options.ts';
import { element, elements, isElement, textOf } from '../../main/wire/element.ts';
import type { Element } from '../../main/wire/element.ts';
import { NS } from '../../main/wire/namespaces.ts';
import { seededRandom } from './seeded-random.ts';
import { publisherKey, senderKey } from './test-keys.ts';

export const NOW = new Date('2026-11-22T08:05:00Z');
export const EXPIRES = new Date('2026-11-25T08:00:00Z');
export const modp = inlineModpEngine();
export const strict: Policy = { olderEncryption: false };
export const lenient: Policy = { olderEncryption: true };
/** Of a program that has nothing optional, as the one that made the vectors. */
export const bare: Policy = { olderEncryption: true, missing: ['whirlpool'] };
/** Of one that has no other hash. */
export const whirlpoolOnly: Policy = { olderEncryption: true, missing: ['sha256'] };

/** A set of the publisher's; group 14 alone, which is quick. */
export function createOptions(
  o: {
    readonly seed?: string;
    readonly groups?: readonly ModpGroup[];
    readonly expires?: Date;
    readonly matchResource?: string;
    readonly signingKeys?: readonly SigningKey[];
    readonly policy?: Policy;
    readonly random?: RandomSource;
  } = {},
): Promise<OfflineOptions> {
  const { seed = 'publisher', groups = [14], expires = EXPIRES, signingKeys = [publisherKey], policy = strict } = o;
  const { random = seededRandom(seed) } = o;
  const resource = o.matchResource === undefined ? {} : { matchResource: o.matchResource };
  return createOfflineOptions({ groups, expires, signingKeys, policy, random, modp, ...resource });
}

/** The sender's start on a published form. */
export function start(
  form: Element,
  o: Partial<Omit<Parameters<typeof startOfflineSession>[0], 'options'>> & { readonly seed?: string } = {},
): Promise<StartOutcome> {
  const { seed = 'sender', ...given } = o;
  const defaults = { ownKey: senderKey, now: NOW, policy: strict, random: seededRandom(seed), modp };
  return startOfflineSession({ ...defaults, ...given, options: readOfflineOptions(form) });
}

/** The same, for options that are known to be good. */
export async function started(
  form: Element,
  o: Parameters<typeof start>[1] = {},
): Promise<Extract<StartOutcome, { kind: 'started' }>> {
  const outcome = await start(form, o);
  if (outcome.kind !== 'started') throw new TypeError(`not started: ${outcome.reason} ${outcome.field ?? ''}`);
  return outcome;
}

export function recordOf({ nonce, expires, form, secrets }: OfflineOptions): AcceptingRecord {
  return { nonce, expires, form, secrets };
}

/** The publisher's side of a response form. */
export function accept(
  options: OfflineOptions,
  response: Element,
  o: Partial<Omit<Parameters<typeof acceptOfflineSession>[0], 'response'>> = {},
): Promise<AcceptOutcome> {
  return acceptOfflineSession({
    response: readResponseForm(response),
    record: recordOf(options),
    isSeen: () => false,
    judgeKey: () => 'accepted',
    now: NOW,
    policy: strict,
    modp,
    ...o,
  });
}

export async function accepted(
  ...args: Parameters<typeof accept>
): Promise<Extract<AcceptOutcome, { kind: 'accepted' }>> {
  const outcome = await accept(...args);
  if (outcome.kind !== 'accepted') throw new TypeError(`not accepted: ${outcome.reason}`);
  return outcome;
}

/** Both sides of a session that works. */
export async function establish(o: Parameters<typeof createOptions>[0] & Parameters<typeof start>[1] = {}) {
  const options = await createOptions(o);
  const { session: sending, form: response, chosen } = await started(options.form, o);
  const { session: receiving } = await accepted(options, response, { policy: o.policy ?? strict });
  return { options, response, chosen, sending, receiving };
}

/** The values of one field of a form, options included, in order. */
export function valuesOf(form: Element, name: string): readonly string[] {
  const field = elements(form).find(({ attrs }) => attrs['var'] === name);
  if (field === undefined) return [];
  return elements(field).map((part) => textOf(part.name === 'option' ? (elements(part)[0] ?? part) : part));
}

/** The form with other values in one field; the field is added at the end if there is none. */
export function withValues(form: Element, name: string, values: readonly string[]): Element {
  const field = elements(form).find(({ attrs }) => attrs['var'] === name);
  const hasOptions = field !== undefined && elements(field).some((part) => part.name === 'option');
  const parts = values.map((text) => {
    const value = element('value', NS.form, {}, text);
    return hasOptions ? element('option', NS.form, {}, value) : value;
  });
  const changed = element('field', NS.form, field?.attrs ?? { var: name }, ...parts);
  if (field === undefined) return { ...form, children: [...form.children, changed] };
  return { ...form, children: form.children.map((child) => (child === field ? changed : child)) };
}

/** The form without one field. */
export function withoutField(form: Element, name: string): Element {
  return { ...form, children: form.children.filter((child) => !isElement(child) || child.attrs['var'] !== name) };
}

/** Content for a stanza. */
export function body(text: string): Element {
  return element('body', NS.client, {}, text);
}
