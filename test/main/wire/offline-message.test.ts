import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { child, element, elements, serialize, textOf } from '../../../main/wire/element.ts';
import type { Element } from '../../../main/wire/element.ts';
import { parseJid } from '../../../main/wire/jid.ts';
import { parseMessage } from '../../../main/wire/message.ts';
import { NS } from '../../../main/wire/namespaces.ts';
import {
  FALLBACK_BODY,
  buildOfflineMessage,
  buildPlainMessage,
  withoutAmp,
} from '../../../main/wire/offline-message.ts';
import type { OfflineMessage } from '../../../main/wire/offline-message.ts';
import { parseElement } from '../../../main/wire/xml-parser.ts';
import { buildForm, field } from '../../../main/wire/xep0004-data-form.ts';

interface Vectors {
  readonly offline: readonly { readonly messages: readonly { readonly stanza: string }[] }[];
}
const vectors = JSON.parse(
  readFileSync(new URL('../../vectors/esession-vectors.json', import.meta.url), 'utf8'),
) as Vectors;

const C = element(
  'c',
  NS.encrypted,
  {},
  element('data', NS.encrypted, {}, 'AAAA'),
  element('mac', NS.encrypted, {}, 'AAAA'),
);
const FORM = buildForm({ type: 'submit', fields: [field('FORM_TYPE', 'urn:xmpp:ssn'), field('nonce', 'AAAA')] });
const FIRST: OfflineMessage = {
  to: parseJid('alice@example.org/pda'),
  id: 'offline-1',
  thread: 'ffd7076498744578d10edabfe7f4a866',
  initForm: FORM,
  c: C,
  hasText: true,
  withAmp: true,
};

const names = (stanza: Element): string[] => elements(stanza).map(({ name }) => name);

describe('buildOfflineMessage (profile 3.5, 3.7)', () => {
  it('writes the stanzas of the vectors, given their parts', () => {
    for (const [i, { stanza }] of (vectors.offline[0]?.messages ?? []).entries()) {
      const wanted = parseElement(stanza.replace('<message', "<message xmlns='jabber:client'"));
      const init = child(wanted, 'init', NS.esessionInit);
      const initForm = init && child(init, 'x', NS.form);
      const { from: _from, ...attrs } = wanted.attrs;
      const { initForm: _none, ...later } = FIRST;
      const built = buildOfflineMessage({
        ...later,
        id: `offline-${i + 1}`,
        c: child(wanted, 'c', NS.encrypted) ?? C,
        hasText: i < 2,
        ...(initForm === undefined ? {} : { initForm }),
      });
      expect(parseElement(serialize(built))).toEqual({ ...wanted, attrs });
    }
  });

  it('R-031 puts the response form into <init/>', () => {
    const init = child(buildOfflineMessage(FIRST), 'init', NS.esessionInit);
    expect(init?.children).toEqual([FORM]);
  });

  it('R-152 leaves wrapper, thread and amp outside <c/>, which stands in it as given', () => {
    const stanza = buildOfflineMessage(FIRST);
    expect(stanza.attrs).toEqual({ to: 'alice@example.org/pda', id: 'offline-1', type: 'chat' });
    expect(names(stanza)).toEqual(['thread', 'init', 'c', 'body', 'store', 'no-copy', 'private', 'encryption', 'amp']);
    expect(child(stanza, 'c', NS.encrypted)).toBe(C);
  });

  it('R-239 is of type chat', () => {
    expect(buildOfflineMessage(FIRST).attrs['type']).toBe('chat');
  });

  it('R-249 R-251 asks servers to store it and to copy it nowhere', () => {
    for (const message of [FIRST, { ...FIRST, hasText: false }, { ...FIRST, to: parseJid('alice@example.org') }]) {
      const stanza = buildOfflineMessage(message);
      expect(child(stanza, 'store', NS.hints)).toBeDefined();
      expect(child(stanza, 'no-copy', NS.hints)).toBeDefined();
      expect(child(stanza, 'private', NS.carbons)).toBeDefined();
    }
  });

  it('says the same to everyone outside <c/>, and nothing in a termination', () => {
    const body = child(buildOfflineMessage(FIRST), 'body', NS.client);
    expect(body && textOf(body)).toBe('[This message is encrypted. Your client could not decrypt it.]');
    expect(FALLBACK_BODY).toBe(body && textOf(body));
    expect(child(buildOfflineMessage({ ...FIRST, hasText: false }), 'body', NS.client)).toBeUndefined();
  });

  it('S-039 goes to the full address it is given, whatever its resource holds', () => {
    const to = parseJid('alice@example.org/p"d\'a<&>@evil.example/x');
    const read = parseMessage(parseElement(serialize(buildOfflineMessage({ ...FIRST, to }))));
    expect(read.to).toBe(to);
  });

  it('R-224 S-039 carries the rule match-resource/other/error where it is asked for, else none', () => {
    const amp = child(buildOfflineMessage(FIRST), 'amp', NS.amp);
    expect(amp?.children).toEqual([
      element('rule', NS.amp, { action: 'error', condition: 'match-resource', value: 'other' }),
    ]);
    expect(amp?.attrs).toEqual({});
    expect(names(buildOfflineMessage({ ...FIRST, withAmp: false }))).not.toContain('amp');
  });

  it('is read back as it was built', () => {
    fc.assert(
      fc.property(fc.boolean(), fc.boolean(), fc.boolean(), (hasText, withAmp, isFirst) => {
        const { initForm, ...later } = FIRST;
        const stanza = buildOfflineMessage({
          ...later,
          hasText,
          withAmp,
          ...(isFirst && initForm ? { initForm } : {}),
        });
        const read = parseMessage(parseElement(serialize(stanza)));
        expect(read).toMatchObject({ to: FIRST.to, id: FIRST.id, thread: FIRST.thread, type: 'chat' });
        const written = hasText ? { hasFallback: true } : {};
        expect(read.content).toEqual({ kind: 'encrypted', c: C, ...written, ...(isFirst ? { initForm } : {}) });
      }),
      { seed: 9 },
    );
  });
});

describe('withoutAmp (profile 3.6)', () => {
  it('R-298 keeps everything else: the same <c/>, <init/> and id', () => {
    const stanza = buildOfflineMessage(FIRST);
    const again = withoutAmp(stanza);
    expect(again).toEqual(buildOfflineMessage({ ...FIRST, withAmp: false }));
    expect(child(again, 'c', NS.encrypted)).toBe(child(stanza, 'c', NS.encrypted));
    expect(child(again, 'init', NS.esessionInit)).toBe(child(stanza, 'init', NS.esessionInit));
    expect(again.attrs).toEqual(stanza.attrs);
    expect(withoutAmp(again)).toEqual(again);
  });

  it('leaves an element of that name in another namespace', () => {
    const foreign = element('amp', 'urn:example');
    expect(withoutAmp(element('message', NS.client, {}, foreign)).children).toEqual([foreign]);
  });
});

describe('buildPlainMessage', () => {
  it('is read back as a plain message with its id', () => {
    const stanza = buildPlainMessage({
      to: parseJid('alice@example.org'),
      id: 'p1',
      body: 'a<b',
      requestReceipt: true,
    });
    const read = parseMessage(parseElement(serialize(stanza)));
    expect(read).toMatchObject({ to: 'alice@example.org', id: 'p1' });
    expect(read.content).toEqual({ kind: 'plain', body: 'a<b', originId: 'p1', requestsReceipt: true });
  });
});
