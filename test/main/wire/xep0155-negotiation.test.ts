import { describe, expect, it } from 'vitest';
import { child, element, serialize } from '../../../main/wire/element.ts';
import { parseBareJid, withResource } from '../../../main/wire/jid.ts';
import { buildLiveMessage } from '../../../main/wire/live-message.ts';
import { parseMessage } from '../../../main/wire/message.ts';
import { NS } from '../../../main/wire/namespaces.ts';
import { readError } from '../../../main/wire/rfc6120-error.ts';
import {
  buildNegotiation,
  buildNegotiationError,
  faultyFields,
  readNegotiation,
} from '../../../main/wire/xep0155-negotiation.ts';
import { buildForm, field } from '../../../main/wire/xep0004-data-form.ts';

const to = withResource(parseBareJid('bob@example.com'), 'laptop');
const form = buildForm({ type: 'submit', fields: [field('FORM_TYPE', NS.ssn), field('accept', '1')] });

describe('buildNegotiation (XEP-0155 §4)', () => {
  it('R-183 R-184 R-185 is of type normal, has a thread and no body', () => {
    const stanza = buildNegotiation({ to, id: 'one', thread: 'abc', holder: 'feature', form });
    expect(stanza.attrs).toEqual({ to, id: 'one' });
    expect(child(stanza, 'body', NS.client)).toBeUndefined();
    expect(parseMessage(stanza)).toMatchObject({
      thread: 'abc',
      type: 'normal',
      content: { kind: 'negotiation', form },
    });
  });

  it('R-188 asks the server to drop a request rather than store it', () => {
    const stanza = buildNegotiation({ to, id: 'one', thread: 'abc', holder: 'feature', form, withAmp: true });
    expect(serialize(stanza)).toContain(
      `<amp xmlns="${NS.amp}" per-hop="true"><rule action="drop" condition="deliver" value="stored"/></amp>`,
    );
    expect(serialize(buildNegotiation({ to, id: 'one', thread: 'abc', holder: 'feature', form }))).not.toContain(
      '<amp',
    );
  });

  it('puts message 4 into <init/>, where it is read as part of a session', () => {
    const stanza = buildNegotiation({ to, id: 'one', thread: 'abc', holder: 'init', form });
    expect(parseMessage(stanza).content).toEqual({ kind: 'encrypted', initForm: form, isForLive: true });
  });
});

describe('buildNegotiationError (profile 7.6)', () => {
  it('R-073 names the fields and repeats nothing of the form', () => {
    const fault = { condition: 'not-acceptable', fields: ['modp', 'ver'] } as const;
    const message = parseMessage(buildNegotiationError(to, undefined, 'abc', fault));
    if (message.content.kind !== 'error') throw new TypeError('no error');
    expect(message.thread).toBe('abc');
    expect(message.content.error.condition).toBe('not-acceptable');
    expect(faultyFields(message.content.error)).toEqual(['modp', 'ver']);
  });

  it('names none where the XEP has none', () => {
    const stanza = buildNegotiationError(to, 'one', 'abc', { condition: 'feature-not-implemented', fields: [] });
    expect(faultyFields(readError(stanza))).toEqual([]);
    expect(serialize(stanza)).not.toContain(NS.featureNeg);
  });
});

describe('readNegotiation', () => {
  const stanza = (...features: readonly ReturnType<typeof element>[]) =>
    element('message', NS.client, {}, ...features.map((x) => element('feature', NS.featureNeg, {}, x)));

  it('R-270 takes no form that neither asks nor answers, and not one of two', () => {
    const ending = buildForm({ type: 'submit', fields: [field('FORM_TYPE', NS.ssn), field('terminate', '1')] });
    expect(readNegotiation(stanza(form))).toEqual(form);
    expect(readNegotiation(stanza(ending))).toBeUndefined();
    expect(readNegotiation(stanza(form, form))).toBeUndefined();
    expect(readNegotiation(stanza())).toBeUndefined();
  });
});

describe('buildLiveMessage (profile 7.7)', () => {
  it('R-251 R-123 has <c/> and no body, and asks every server to keep and copy nothing', () => {
    const c = element('c', NS.encrypted);
    const text = serialize(buildLiveMessage({ to, id: 'one', thread: 'abc', c }));
    expect(text).not.toContain('<body');
    for (const hint of ['<no-store', '<no-copy', '<private']) expect(text).toContain(hint);
  });
});
