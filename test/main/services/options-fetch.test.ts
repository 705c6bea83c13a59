import { describe, expect, it } from 'vitest';
import type { Policy } from '../../../main/protocol/esession/policy.ts';
import type { Link } from '../../../main/protocol/xmpp/link.ts';
import { contactSentence } from '../../../main/services/contact-sentence.ts';
import { OptionsFetch, type OptionsFetchParts, type OptionsOutcome } from '../../../main/services/options-fetch.ts';
import type { StoredContact } from '../../../main/stores/contacts.ts';
import { element, type Element } from '../../../main/wire/element.ts';
import { parseBareJid } from '../../../main/wire/jid.ts';
import { NS } from '../../../main/wire/namespaces.ts';
import { createOptions, lenient, NOW, strict, withValues } from '../../support/offline-exchange.ts';
import { publisherKey } from '../../support/test-keys.ts';
import { normalizeForm } from '../../../main/protocol/esession/xep0116/normalize.ts';
import { toBase64 } from '../../../main/base/bytes.ts';

const ALICE = parseBareJid('alice@example.org');

/** What is found where that form is published, whose signature is Alice's. */
function outcomeOf(form: Element, policy: Policy): Promise<OptionsOutcome> {
  const fetch = new OptionsFetch({
    contacts: { get: () => undefined, put: () => undefined },
    trust: { acceptable: () => [publisherKey.publicKey] },
    clock: { now: () => NOW },
    now: () => NOW,
    policy: () => policy,
  } as unknown as OptionsFetchParts);
  return fetch.fetch(linkShowing(form), ALICE, true);
}

/** A server that shows this form, whatever it is asked. */
function linkShowing(form: Element): Link {
  const item = element('item', NS.pubsub, { id: 'current' }, form);
  const items = element('items', NS.pubsub, { node: NS.offline }, item);
  const answer = element('iq', NS.client, { type: 'result' }, element('pubsub', NS.pubsub, {}, items));
  return { request: () => Promise.resolve(answer) } as unknown as Link;
}

/** A genuine set that offers something else in one field, signed anew. */
async function offering(field: string, values: readonly string[]): Promise<Element> {
  const { form } = await createOptions();
  const changed = withValues(form, field, values);
  const normalized = normalizeForm(changed, ['signs']);
  return withValues(changed, 'signs', [toBase64(publisherKey.sign(normalized))]);
}

describe('OptionsFetch (S-197): known when the conversation opens, before the first message', () => {
  it.each([
    ['disclosure other than never', 'disclosure', ['enabled']],
    ['messages that nobody keeps, and no other', 'otr', ['true']],
    ['an older group alone', 'modp', ['5']],
    ['a group that nobody may use', 'modp', ['2']],
  ])('S-197 says that encryption cannot be agreed on with %s', async (_what, field, values) => {
    const outcome = await outcomeOf(await offering(field, values), strict);
    expect(outcome).toEqual({ kind: 'no-common-encryption' });
    const reader = { now: NOW, locale: 'en-GB', timeZone: 'UTC' };
    expect(
      contactSentence({ reachability: { kind: 'no-common-encryption' }, isVerified: false }, reader),
    ).toMatchObject({
      state: 'C9',
      sentence: 'Their program does not offer encryption this program accepts.',
    });
  });

  it('S-197 says that a session would use an older group, where the user lets it', async () => {
    const { form } = await createOptions({ groups: [5], policy: lenient });
    expect(await outcomeOf(form, lenient)).toMatchObject({ kind: 'ready', chosen: { modp: 5 } });
    expect(await outcomeOf(form, strict)).toEqual({ kind: 'no-common-encryption' });
  });

  it('finds an ordinary set ready, and keeps what a session on it would use', async () => {
    const { form } = await createOptions();
    expect(await outcomeOf(form, strict)).toMatchObject({
      kind: 'ready',
      set: 'away',
      chosen: { modp: 14, otr: false },
    });
  });
});

describe('OptionsFetch (S-010, H-17): a set that its owner would have taken back', () => {
  const MINUTES_7 = 420_000;

  it.each([
    ['ahead of', MINUTES_7],
    ['behind', -MINUTES_7],
  ])('S-010 R-304 is told by one clock, also where that is %s the server’s', async (_where, offsetMs) => {
    let own = NOW.getTime() + offsetMs;
    let alice: Partial<StoredContact> = { optionsSeen: [], lastCameOnlineAt: new Date(own).toISOString() };
    const fetch = new OptionsFetch({
      contacts: { get: () => alice, put: (changed: StoredContact) => void (alice = changed) },
      trust: { acceptable: () => [publisherKey.publicKey] },
      clock: { now: () => new Date(own) },
      now: () => new Date(own - offsetMs),
      policy: () => strict,
    } as unknown as OptionsFetchParts);
    const { form } = await createOptions();
    own += 1_000;
    expect(await fetch.fetch(linkShowing(form), ALICE, true)).toMatchObject({ kind: 'ready' });
    expect(await fetch.fetch(linkShowing(form), ALICE, true)).toMatchObject({ kind: 'ready' });
    own += 1_000;
    alice = { ...alice, lastCameOnlineAt: new Date(own).toISOString() };
    expect(await fetch.fetch(linkShowing(form), ALICE, true)).toEqual({ kind: 'no-key' });
  });
});
