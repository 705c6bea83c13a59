import { describe, expect, it } from 'vitest';
import { fromBase64, toBase64, toHex, utf8 } from '../../../../../main/base/bytes.ts';
import { hmac } from '../../../../../main/crypto/hash.ts';
import { minimalOctets } from '../../../../../main/crypto/mpi.ts';
import { commitmentOf, readRequest } from '../../../../../main/protocol/esession/xep0116/request-form.ts';
import { buildDecline } from '../../../../../main/protocol/esession/xep0116/answer-forms.ts';
import type { Element } from '../../../../../main/wire/element.ts';
import { element } from '../../../../../main/wire/element.ts';
import { NS } from '../../../../../main/wire/namespaces.ts';
import {
  acceptThird,
  accepted,
  answer,
  answered,
  complete,
  completed,
  finish,
  negotiate,
  request,
} from '../../../../support/live-negotiation.ts';
import { knowing } from '../../../../support/live-vectors.ts';
import { valuesOf, withValues, withoutField } from '../../../../support/offline-exchange.ts';
import { seededRandom } from '../../../../support/seeded-random.ts';
import { publisherKey, senderKey } from '../../../../support/test-keys.ts';
import { number } from '../../../../support/vector-sessions.ts';
import { vectors } from '../../../../vectors/esession-vectors.ts';

const changed = (form: Element, name: string): Element => {
  const octets = fromBase64(valuesOf(form, name)[0] ?? '') ?? utf8('');
  return withValues(form, name, [toBase64(octets.map((octet, at) => (at === 3 ? octet ^ 1 : octet)))]);
};

const secret = (fill: number, id = String(fill)) => ({ id, secret: new Uint8Array(32).fill(fill) });

describe('createRequest (XEP-0116 §4.3)', () => {
  it('R-063 R-065 R-069 R-186 R-187 offers every option, in order of preference', async () => {
    const { form } = await request({ groups: [15, 14, 16] });
    expect(valuesOf(form, 'FORM_TYPE')).toEqual([NS.ssn]);
    expect(valuesOf(form, 'accept')[0]).toBe('1');
    expect(valuesOf(form, 'modp')).toEqual(['15', '14', '16']);
    expect(valuesOf(form, 'crypt_algs')).toEqual(['aes256-ctr', 'aes128-ctr']);
    expect(valuesOf(form, 'init_pubkey')).toEqual(['key', 'hash', 'none']);
    expect(valuesOf(form, 'resp_pubkey')).toEqual(['key', 'hash', 'none']);
    expect(valuesOf(form, 'sas_algs')).toEqual(['sas28x5']);
    expect(valuesOf(form, 'dhhashes')).toHaveLength(3);
    expect(valuesOf(form, 'dhkeys')).toEqual([]);
  });

  it('R-066 R-070 with three messages offers keys only, no spoken code, and e itself', async () => {
    const { form, secrets } = await request({ flow: 3 });
    expect(valuesOf(form, 'init_pubkey').concat(valuesOf(form, 'resp_pubkey'))).toEqual(['key', 'key']);
    expect(valuesOf(form, 'sas_algs')).toEqual([]);
    expect(valuesOf(form, 'dhhashes')).toEqual([]);
    expect(valuesOf(form, 'dhkeys')).toEqual(secrets.map((one) => toBase64(minimalOctets(one.publicValue))));
  });

  it('R-141 R-140 offers no disclosure and accepts none', async () => {
    const { form } = await request();
    expect(valuesOf(form, 'disclosure')[0]).toBe('never');
    expect(await answer(withValues(form, 'disclosure', ['enabled']))).toMatchObject({
      error: { fields: ['disclosure'] },
    });
  });

  it('R-132 R-180 R-131 draws nonce and exponents anew for each', async () => {
    const [one, other] = [await request({ seed: 'one' }), await request({ seed: 'other' })];
    expect(one.nonce).not.toEqual(other.nonce);
    expect(one.secrets[0]?.exponent).not.toEqual(other.secrets[0]?.exponent);
  });
});

describe('readRequest', () => {
  it.each(['accept', 'logging', 'modp', 'my_nonce', 'dhhashes', 'hash_algs'])(
    'R-191 refuses a request without %s',
    async (name) => {
      const { form } = await request();
      expect(() => readRequest(withoutField(form, name))).toThrow(expect.objectContaining({ code: 'bad-form' }));
    },
  );

  it('R-068 refuses values that do not match the groups, commitments of another length, and both kinds at once', async () => {
    const { form } = await request({ groups: [14, 15] });
    const [hash = ''] = valuesOf(form, 'dhhashes');
    const forms = [
      withValues(form, 'dhhashes', [hash]),
      withValues(form, 'dhhashes', [hash, 'AAAA']),
      withValues(form, 'dhkeys', ['Ag==', 'Ag==']),
    ];
    for (const one of forms) expect(() => readRequest(one)).toThrow(expect.objectContaining({ code: 'bad-form' }));
  });

  it.each([
    ['true', true],
    ['1', true],
    ['yes', false],
  ])('R-203 reads the boolean %s', async (word, isRead) => {
    const { form } = await request();
    const other = withValues(form, 'accept', [word]);
    if (isRead) expect(readRequest(other).flow).toBe(4);
    else expect(() => readRequest(other)).toThrow(expect.objectContaining({ code: 'bad-form' }));
  });

  it('R-208 reads nothing of titles and labels', async () => {
    const { form } = await request();
    const titled = { ...form, children: [element('title', NS.form, {}, 'Click here'), ...form.children] };
    expect(JSON.stringify({ ...readRequest(titled), normalized: undefined })).not.toContain('Click');
  });
});

describe('answerRequest (XEP-0116 §4.4, §4.5)', () => {
  it('R-073 R-210 names every field without a common option', async () => {
    const { form } = await request();
    const poor = withValues(withValues(form, 'crypt_algs', ['serpent256-ctr']), 'hash_algs', ['md5', 'sha1']);
    expect(await answer(withValues(poor, 'sas_algs', ['other']))).toEqual({
      kind: 'refused',
      reason: 'no-common-option',
      error: { condition: 'not-acceptable', fields: ['crypt_algs', 'hash_algs', 'sas_algs'] },
    });
  });

  it('R-294 R-075 refuses groups 1 to 5 and security below e2e', async () => {
    const { form } = await request();
    for (const modp of ['1', '2', '3', '4', '5']) {
      expect(await answer(withValues(form, 'modp', [modp]))).toMatchObject({ error: { fields: ['modp'] } });
    }
    expect(await answer(withValues(form, 'security', ['c2s', 'none']))).toMatchObject({
      error: { fields: ['security'] },
    });
  });

  it('R-072 refuses three messages by naming dhkeys, unless they are allowed', async () => {
    const { form } = await request({ flow: 3 });
    expect(await answer(form, { allowThree: false })).toEqual({
      kind: 'refused',
      reason: 'three-messages',
      error: { condition: 'feature-not-implemented', fields: ['dhkeys'] },
    });
    expect(await answer(form)).toMatchObject({ kind: 'answered' });
  });

  it('R-076 R-078 R-079 R-081 R-082 R-083 R-085 R-191 picks one option per field, and says what a response must', async () => {
    const own = await request();
    const { form, pending } = await answered(own.form);
    for (const name of ['modp', 'crypt_algs', 'hash_algs', 'sign_algs', 'logging', 'init_pubkey', 'resp_pubkey']) {
      expect(valuesOf(form, name), name).toHaveLength(1);
    }
    expect(valuesOf(form, 'rekey_freq')).toEqual(['10']);
    expect(valuesOf(form, 'dhhashes')).toEqual([]);
    expect(valuesOf(form, 'nonce')).toEqual(valuesOf(own.form, 'my_nonce'));
    expect(pending.fresh.exponent.length).toBe(40);
    expect(pending.fresh.counter.length).toBe(16);
  });

  it.each(vectors.invalidPublicKeys.filter(({ modp }) => modp === 14))(
    'R-077 R-295 refuses e of three messages: $why',
    async ({ base64 }) => {
      const { form } = await request({ flow: 3 });
      expect(await answer(withValues(form, 'dhkeys', [base64]))).toEqual({
        kind: 'refused',
        reason: 'bad-public-value',
        error: { condition: 'feature-not-implemented', fields: [] },
      });
    },
  );
});

describe('completeRequest (XEP-0116 §4.6)', () => {
  it('R-193 takes a no for what it is', async () => {
    expect(await complete(await request(), buildDecline())).toEqual({ kind: 'declined' });
  });

  it.each([
    ['modp', '16'],
    ['crypt_algs', 'aes192-ctr'],
    ['hash_algs', 'sha1'],
    ['security', 'none'],
    ['rekey_freq', '9'],
    ['rekey_freq', '4294967296'],
    ['sas_algs', 'other'],
  ])('R-097 R-196 R-083 R-064 refuses a response that chose %s %s', async (name, value) => {
    const own = await request();
    const { form } = await answered(own.form);
    expect(await complete(own, withValues(form, name, [value]))).toEqual({
      kind: 'refused',
      reason: 'bad-choice',
      error: { condition: 'not-acceptable', fields: [] },
    });
  });

  it('R-097 refuses a mode that was not offered', async () => {
    const own = await request({ keyModes: { initiator: ['key'], responder: ['key', 'hash'] } });
    const { form } = await answered(own.form);
    expect(await complete(own, withValues(form, 'resp_pubkey', ['none']))).toMatchObject({ reason: 'bad-choice' });
  });

  it('R-084 refuses its own nonce and its own value come back', async () => {
    const own = await request();
    const { form } = await answered(own.form);
    const mirrored = withValues(form, 'my_nonce', valuesOf(own.form, 'my_nonce'));
    expect(await complete(own, mirrored)).toMatchObject({ reason: 'bad-choice' });
    const again = await request();
    const { form: other } = await answered(again.form);
    const [e = utf8('')] = again.secrets.map(({ publicValue }) => minimalOctets(publicValue));
    const reflected = withValues(other, 'dhkeys', [toBase64(e)]);
    expect(await complete(again, reflected)).toMatchObject({ reason: 'bad-public-value' });
  });

  it.each(vectors.invalidPublicKeys.filter(({ modp }) => modp === 14))(
    'R-098 R-295 refuses d: $why',
    async ({ base64 }) => {
      const own = await request();
      const { form } = await answered(own.form);
      expect(await complete(own, withValues(form, 'dhkeys', [base64]))).toEqual({
        kind: 'refused',
        reason: 'bad-public-value',
        error: { condition: 'not-acceptable', fields: [] },
      });
    },
  );

  it('R-074 erases every exponent of a request whose response is refused or no response', async () => {
    for (const spoil of [
      (form: Element) => withValues(form, 'modp', ['16']),
      (form: Element) => withoutField(form, 'nonce'),
    ]) {
      const own = await request({ groups: [14, 15] });
      const { form } = await answered(own.form);
      await complete(own, spoil(form)).catch(() => undefined);
      for (const { exponent } of own.secrets) expect(exponent.every((octet) => octet === 0)).toBe(true);
    }
  });

  it('R-105 hides the retained secrets among random values, in random order', async () => {
    const positions = new Set<number>();
    const random = seededRandom('orders');
    for (let run = 0; run < 12; run += 1) {
      const own = await request({ seed: `request ${run}` });
      const { form } = await answered(own.form);
      const outcome = await completed(own, form, { retained: [secret(5)], random });
      const hashes = valuesOf(outcome.form, 'rshashes');
      expect(hashes.length).toBeGreaterThanOrEqual(4);
      positions.add(hashes.indexOf(toBase64(hmac('sha256', own.nonce, secret(5).secret))));
    }
    expect(positions.has(-1)).toBe(false);
    expect(positions.size).toBeGreaterThan(1);
  });

  it('R-099 R-101 three messages: refuses a wrong MAC, a key that is not accepted, and a wrong signature', async () => {
    const spoiled = async (spoil: (form: Element) => Element, keys = knowing) => {
      const own = await request({ flow: 3 });
      const { form } = await answered(own.form);
      return complete(own, spoil(form), { keys });
    };
    const error = { condition: 'feature-not-implemented', fields: [] };
    expect(await spoiled((form) => changed(form, 'mac'))).toEqual({ kind: 'refused', reason: 'bad-mac', error });
    expect(await spoiled((form) => changed(form, 'identity'))).toEqual({ kind: 'refused', reason: 'bad-mac', error });
    const refusing = { ...knowing, judge: () => 'refused' as const };
    expect(await spoiled((form) => form, refusing)).toEqual({ kind: 'refused', reason: 'key-not-acceptable', error });
    expect(await spoiled((form) => changed(form, 'counter'))).toEqual({ kind: 'refused', reason: 'bad-mac', error });
  });
});

describe('acceptCompletion (XEP-0116 §4.7)', () => {
  const third = async (o: Parameters<typeof negotiate>[0] = {}) => {
    const own = await request(o.request);
    const { form: response, pending } = await answered(own.form, o.answer);
    const { form } = await completed(own, response, o.complete);
    return { own, pending, form };
  };
  const error = { condition: 'feature-not-implemented', fields: [] };

  it('R-107 refuses an e that is not what was promised', async () => {
    const { pending, form } = await third();
    const { secrets } = await request({ seed: 'another' });
    const other = withValues(form, 'dhkeys', [toBase64(minimalOctets(secrets[0]?.publicValue ?? utf8('')))]);
    expect(await acceptThird(pending, other)).toEqual({ kind: 'refused', reason: 'bad-commitment', error });
  });

  it.each(vectors.invalidPublicKeys.filter(({ modp }) => modp === 14))(
    'R-108 R-295 refuses e although it was promised: $why',
    async ({ base64, value }) => {
      const own = await request();
      const promised = toBase64(commitmentOf({ publicValue: number(value) }));
      const { pending } = await answered(withValues(own.form, 'dhhashes', [promised]));
      const { form } = await third();
      const opened = withValues(withValues(form, 'dhkeys', [base64]), 'nonce', [toBase64(pending.fresh.nonce)]);
      expect(await acceptThird(pending, opened)).toEqual({ kind: 'refused', reason: 'bad-public-value', error });
    },
  );

  it('R-099 R-101 refuses a wrong nonce, MAC, key or signature, and erases everything', async () => {
    const cases: readonly [string, (form: Element) => Element][] = [
      ['wrong-nonce', (form) => changed(form, 'nonce')],
      ['bad-mac', (form) => changed(form, 'mac')],
      ['bad-mac', (form) => changed(form, 'identity')],
      ['bad-signature', (form) => withValues(form, 'rshashes', valuesOf(form, 'rshashes').toReversed())],
    ];
    for (const [reason, spoil] of cases) {
      const { pending, form } = await third();
      expect(await acceptThird(pending, spoil(form))).toEqual({ kind: 'refused', reason, error });
      expect(
        pending.fresh.exponent.every((octet) => octet === 0),
        reason,
      ).toBe(true);
    }
    const { pending, form } = await third();
    const keys = { ...knowing, judge: () => 'refused' as const };
    expect(await acceptThird(pending, form, { keys })).toMatchObject({ reason: 'key-not-acceptable', error });
  });

  it('R-100 R-093 ends at a fingerprint of no key on file, and knows one that is', async () => {
    const modes = { initiator: ['hash'], responder: ['hash'] } as const;
    const { pending, form } = await third({ answer: { modes } });
    expect(await acceptThird(pending, form, { keys: { ...knowing, known: [] } })).toEqual({
      kind: 'refused',
      reason: 'unknown-key',
      error,
    });
    const { initiator, responder } = await negotiate({ answer: { modes } });
    expect(responder.peerKey).toEqual(publisherKey.publicKey);
    expect(initiator.peerKey).toEqual(senderKey.publicKey);
  });

  it('R-112 R-113 R-114 R-119 a secret that both have goes into the keys and gets a successor', async () => {
    const retained = [secret(8), secret(9)];
    const both = await negotiate({ complete: { retained }, accept: { retained: [secret(1), secret(9)] } });
    expect(both.responder.retained?.former?.id).toBe('9');
    expect(both.initiator.retained?.former?.id).toBe('9');
    const alone = await negotiate({ complete: { retained }, accept: { retained: [secret(1)] } });
    expect(alone.responder.retained?.former).toBeUndefined();
    expect(toHex(alone.initiator.session.sendMacKey)).not.toBe(toHex(both.initiator.session.sendMacKey));
    expect(toHex(both.initiator.retained?.secret ?? utf8(''))).toBe(
      toHex(both.responder.retained?.secret ?? utf8('1')),
    );
  });

  it('R-117 srshash says nothing to anybody else: it is random without a common secret', async () => {
    const one = await negotiate();
    const retained = [secret(9)];
    const shared = await negotiate({ complete: { retained }, accept: { retained } });
    for (const { acceptance, own } of [one, shared]) {
      const [value = ''] = valuesOf(acceptance ?? own.form, 'srshash');
      expect(fromBase64(value)).toHaveLength(32);
    }
    expect(valuesOf(shared.acceptance ?? one.own.form, 'srshash')).toEqual([
      toBase64(hmac('sha256', secret(9).secret, utf8('Shared Retained Secret'))),
    ]);
  });

  it('another password on either side gives no session', async () => {
    const own = await request();
    const { form: response, pending } = await answered(own.form);
    const { form, pending: waiting } = await completed(own, response, { otherSecret: utf8('horse') });
    const { form: last } = await accepted(pending, form, { otherSecret: utf8('house') });
    expect(finish(waiting, last)).toMatchObject({ kind: 'refused', reason: 'bad-mac' });
  });
});
