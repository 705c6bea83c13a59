import { describe, expect, it } from 'vitest';
import { systemRandom } from '../../../../main/crypto/random.ts';
import { IqExchange } from '../../../../main/protocol/xmpp/iq-exchange.ts';
import type { IqRequest, LinkHandlers } from '../../../../main/protocol/xmpp/link.ts';
import { element, serialize } from '../../../../main/wire/element.ts';
import type { Element } from '../../../../main/wire/element.ts';
import { parseBareJid, parseJid } from '../../../../main/wire/jid.ts';
import { NS } from '../../../../main/wire/namespaces.ts';

const PING = element('ping', NS.ping);
const ACCOUNT = parseBareJid('alice@example.org');

/** Asks, lets these senders answer in turn, and tells which answer was taken. */
async function takenFrom(
  to: string | undefined,
  senders: readonly (string | undefined)[],
): Promise<string | undefined> {
  const exchange = new IqExchange(ACCOUNT, systemRandom, () => undefined);
  let id = '';
  const request: IqRequest = { type: 'get', payload: PING, ...(to !== undefined && { to: parseJid(to) }) };
  const answer = exchange.ask(request, (iq) => {
    id = iq.attrs['id'] ?? '';
  });
  for (const from of senders) exchange.take(element('iq', NS.client, { type: 'result', id, from }));
  exchange.take(element('iq', NS.client, { type: 'error', id: `${id}0` }));
  const given = await Promise.race([answer, Promise.resolve(undefined)]);
  exchange.failAll(new Error('over') as never);
  return given?.attrs['from'] ?? (given === undefined ? 'nobody' : 'nameless');
}

describe('IqExchange.ask (RFC 6120 8.2.3, S-090)', () => {
  it.each([undefined, 'alice@example.org', 'example.org', 'ALICE@Example.ORG'])(
    'S-090 takes the answer for the own account from %s',
    async (from) => {
      expect(await takenFrom(undefined, [from])).toBe(from ?? 'nameless');
    },
  );

  it.each([
    'bob@example.com',
    'alice@example.org/pda',
    'alice@example.org/other',
    'example.com',
    'evil.example.org',
    'аlice@example.org', // a Cyrillic letter
    '@/x',
    '/x',
    '',
  ])('S-090 ignores one for the own account from %s', async (from) => {
    expect(await takenFrom(undefined, [from])).toBe('nobody');
  });

  it.each([
    ['bob@example.com', 'bob@example.com/laptop'],
    ['bob@example.com', 'example.com'],
    ['bob@example.com', undefined],
    ['bob@example.com', 'alice@example.org'],
    ['bob@example.com/laptop', 'bob@example.com'],
    ['example.org', undefined],
    ['example.org', 'alice@example.org'],
  ])('S-090 R-221 asked %s, ignores an answer from %s and takes the true one after it', async (to, forged) => {
    expect(await takenFrom(to, [forged])).toBe('nobody');
    expect(await takenFrom(to, [forged, to])).toBe(to);
  });

  it('S-090 draws ids that cannot be guessed', () => {
    const exchange = new IqExchange(ACCOUNT, systemRandom, () => undefined);
    const ids = new Set<string>();

    for (let count = 0; count < 100; count += 1) {
      exchange.ask({ type: 'get', payload: PING }, (iq) => ids.add(iq.attrs['id'] ?? '')).catch(() => undefined);
    }
    exchange.failAll(new Error('over') as never);

    expect(ids.size).toBe(100);
    for (const id of ids) expect(id).toMatch(/^[0-9a-f]{32}$/);
  });

  it('rejects with the condition and what stands beside it', async () => {
    const exchange = new IqExchange(ACCOUNT, systemRandom, () => undefined);
    let id = '';
    const answer = exchange.ask({ type: 'set', payload: PING }, (iq) => {
      id = iq.attrs['id'] ?? '';
    });
    const text = element('text', NS.stanzaErrors, {}, 'no');
    const error = element(
      'error',
      NS.client,
      { type: 'cancel' },
      text,
      element('conflict', NS.stanzaErrors),
      element('precondition-not-met', NS.pubsubErrors),
    );

    exchange.take(element('iq', NS.client, { type: 'error', id }, PING, error));

    await expect(answer).rejects.toMatchObject({
      code: 'stanza-error',
      condition: 'conflict',
      details: ['precondition-not-met'],
    });
  });
});

describe('IqExchange.take, questions of others', () => {
  function answerTo(iq: Element, answer: LinkHandlers['iq']): string | undefined {
    const given = new IqExchange(ACCOUNT, systemRandom, answer).take(iq);
    return given && serialize(given, NS.client);
  }

  function question(attrs: Readonly<Record<string, string>>, ...payload: readonly Element[]): Element {
    return element('iq', NS.client, { type: 'get', id: 'q', from: 'bob@example.com/x', ...attrs }, ...payload);
  }

  it('answers whoever asked with what it is given', () => {
    expect(answerTo(question({}, PING), () => 'empty')).toBe('<iq type="result" id="q" to="bob@example.com/x"/>');
    expect(answerTo(question({}, PING), () => PING)).toBe(
      '<iq type="result" id="q" to="bob@example.com/x"><ping xmlns="urn:xmpp:ping"/></iq>',
    );
  });

  it('answers with an error of the right type', () => {
    expect(answerTo(question({}, PING), () => ({ error: 'not-acceptable' }))).toBe(
      '<iq type="error" id="q" to="bob@example.com/x"><error type="modify">' +
        '<not-acceptable xmlns="urn:ietf:params:xml:ns:xmpp-stanzas"/></error></iq>',
    );
    expect(answerTo(question({}, PING), () => undefined)).toContain('<service-unavailable');
  });

  it('does not ask anybody about a question that is none', () => {
    const asked: Element[] = [];
    const note: LinkHandlers['iq'] = (payload) => {
      asked.push(payload);
      return 'empty';
    };

    expect(answerTo(question({}), note)).toContain('<bad-request');
    expect(answerTo(question({}, PING, PING), note)).toContain('<bad-request');
    expect(answerTo(question({ from: '@/x' }, PING), note)).toBeUndefined();
    expect(answerTo(element('iq', NS.client, { type: 'get' }, PING), note)).toBeUndefined();
    expect(answerTo(question({ type: 'other' }, PING), note)).toBeUndefined();
    expect(asked).toEqual([]);
  });

  it('hands on who asked, and that the own server did', () => {
    const askers: (string | undefined)[] = [];
    const note: LinkHandlers['iq'] = (_payload, _type, from) => {
      askers.push(from);
      return 'empty';
    };

    answerTo(question({ from: 'BOB@example.com/X' }, PING), note);
    answerTo(element('iq', NS.client, { type: 'set', id: 'q' }, PING), note);

    expect(askers).toEqual(['bob@example.com/X', undefined]);
  });
});
