import { describe, expect, it } from 'vitest';
import { fromBase64, toBase64, utf8 } from '../../../../main/base/bytes.ts';
import { systemRandom } from '../../../../main/crypto/random.ts';
import { proveScram } from '../../../../main/crypto/scram.ts';
import type { ScramHash } from '../../../../main/crypto/scram.ts';
import { chooseMechanism } from '../../../../main/protocol/xmpp/sasl-mechanisms.ts';
import type { SaslExchange } from '../../../../main/protocol/xmpp/sasl-mechanisms.ts';

const USER = { username: 'user', password: 'pencil' };
const SALT = toBase64(utf8('some salt'));

describe('proveScram (RFC 5802 section 3)', () => {
  it.each([
    {
      hash: 'sha1',
      salt: 'QSXCR+Q6sek8bf92',
      authMessage:
        'n=user,r=fyko+d2lbbFgONRv9qkxdawL,r=fyko+d2lbbFgONRv9qkxdawL3rfcNHYJY1ZVvWVs7j,s=QSXCR+Q6sek8bf92,i=4096,' +
        'c=biws,r=fyko+d2lbbFgONRv9qkxdawL3rfcNHYJY1ZVvWVs7j',
      proof: 'v0X8v3Bz2T0CJGbJQyF0X+HI4Ts=',
      signature: 'rmF9pqV8S7suAoZWja4dJRkFsKQ=',
    },
    {
      hash: 'sha256',
      salt: 'W22ZaJ0SNY7soEsUEjb6gQ==',
      authMessage:
        'n=user,r=rOprNGfwEbeRWgbNEkqO,r=rOprNGfwEbeRWgbNEkqO%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0,' +
        's=W22ZaJ0SNY7soEsUEjb6gQ==,i=4096,c=biws,r=rOprNGfwEbeRWgbNEkqO%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0',
      proof: 'dHzbZapWIk4jUhN+Ute9ytag9zjfMHgsqmmiz7AndVQ=',
      signature: '6rriTRBi23WpRR/wtup+mMhUZUn/dB5nLTJRsjl95G4=',
    },
  ] as const)(
    'computes the example of the specification for $hash',
    async ({ hash, salt, authMessage, proof, signature }) => {
      const salted = { hash, password: 'pencil', salt: fromBase64(salt) ?? new Uint8Array(), iterations: 4_096 };

      const computed = await proveScram({ ...salted, authMessage });

      expect(toBase64(computed.clientProof)).toBe(proof);
      expect(toBase64(computed.serverSignature)).toBe(signature);
    },
  );
});

/** Lets the exchange speak first and answers like a server that knows this password. */
async function converse(
  exchange: SaslExchange,
  more: { hash?: ScramHash; password?: string; iterations?: number } = {},
): Promise<string> {
  const { hash = 'sha256', password = 'pencil', iterations = 4_096 } = more;
  const clientFirst = fromOctets(await exchange.response());
  const nonce = `${/r=(.*)$/.exec(clientFirst)?.[1] ?? ''}more`;
  const serverFirst = `r=${nonce},s=${SALT},i=${iterations}`;
  exchange.challenge(serverFirst);
  await exchange.response();
  const authMessage = `${clientFirst.slice(3)},${serverFirst},c=biws,r=${nonce}`;
  const salt = fromBase64(SALT) ?? new Uint8Array();
  return `v=${toBase64((await proveScram({ hash, password, salt, iterations, authMessage })).serverSignature)}`;
}

function fromOctets(octets: string): string {
  return Buffer.from(octets, 'latin1').toString('utf8');
}

function scram(credentials = USER): SaslExchange {
  return chooseMechanism({ offered: ['SCRAM-SHA-256'] }, credentials, systemRandom);
}

describe('chooseMechanism', () => {
  it.each([
    [['PLAIN', 'SCRAM-SHA-1', 'SCRAM-SHA-256', 'SCRAM-SHA-512'], 'SCRAM-SHA-512'],
    [['SCRAM-SHA-1', 'PLAIN', 'SCRAM-SHA-256-PLUS', 'SCRAM-SHA-256'], 'SCRAM-SHA-256'],
    [['DIGEST-MD5', 'PLAIN', 'X-OAUTH2', 'SCRAM-SHA-1'], 'SCRAM-SHA-1'],
    [['DIGEST-MD5', 'PLAIN', 'ANONYMOUS'], 'PLAIN'],
  ])('takes the strongest it knows of %j', (offered, name) => {
    expect(chooseMechanism({ offered }, USER, systemRandom).name).toBe(name);
  });

  it('takes none of those that show the password or nothing', () => {
    expect(() => chooseMechanism({ offered: ['DIGEST-MD5', 'CRAM-MD5', 'ANONYMOUS'] }, USER, systemRandom)).toThrow(
      expect.objectContaining({ code: 'unprotected-login' }),
    );
  });

  it('says the password in PLAIN as RFC 4616 has it, in UTF-8', async () => {
    const exchange = chooseMechanism({ offered: ['PLAIN'] }, { username: 'zoë', password: 'pässwörd' }, systemRandom);

    expect(fromOctets(await exchange.response())).toBe('\0zoë\0pässwörd');
  });
});

describe('a SCRAM exchange (RFC 5802 section 5)', () => {
  it('S-087 is proven by the signature of a server that knows the password, said with the success', async () => {
    const exchange = scram();

    const final = await converse(exchange);

    expect(exchange.isProven('')).toBe(false);
    expect(exchange.isProven(final)).toBe(true);
  });

  it('S-087 is proven by the same signature as a last challenge', async () => {
    const exchange = scram();

    exchange.challenge(await converse(exchange));

    expect(await exchange.response()).toBe('');
    expect(exchange.isProven('')).toBe(true);
  });

  it('S-087 is not proven by the signature for another password, nor by none', async () => {
    const exchange = scram();
    const wrong = await converse(exchange, { password: 'crayon' });

    expect(exchange.isProven(wrong)).toBe(false);
    expect(exchange.isProven('e=other-error')).toBe(false);
    expect(() => exchange.challenge(wrong)).toThrow(expect.objectContaining({ code: 'bad-answer' }));
  });

  it('S-087 is not proven before the exchange', async () => {
    const exchange = scram();
    await exchange.response();

    expect(exchange.isProven('')).toBe(false);
    expect(exchange.isProven('v=')).toBe(false);
  });

  it('escapes what would end the name', async () => {
    const exchange = scram({ username: 'a,b=c', password: 'x' });

    expect(await exchange.response()).toMatch(/^n,,n=a=2Cb=3Dc,r=/);
  });

  it('takes a new nonce each time', async () => {
    expect(await scram().response()).not.toBe(await scram().response());
  });

  it.each([
    ['a nonce that does not begin with ours', `r=other,s=${SALT},i=4096`],
    ['an extension it must understand', `m=x,r=NONCEmore,s=${SALT},i=4096`],
    ['no salt', 'r=NONCEmore,s=,i=4096'],
    ['no number', `r=NONCEmore,s=${SALT},i=many`],
    ['our nonce and nothing of its own', `r=NONCE,s=${SALT},i=4096`],
  ])('ends at a server that sends %s', async (_what, template) => {
    const exchange = scram();
    const nonce = /r=(.*)$/.exec(await exchange.response())?.[1] ?? '';

    exchange.challenge(template.replace('NONCE', nonce));

    await expect(exchange.response()).rejects.toMatchObject({ code: 'bad-answer' });
  });

  it.each([1, 4_095, 5_000_001])('does not work %i rounds', async (iterations) => {
    await expect(converse(scram(), { iterations })).rejects.toMatchObject({ code: 'unprotected-login' });
  });

  it('prepares a password as people may type it', async () => {
    const typed = scram({ username: 'user', password: 'p\u00ada\u00a0\ufb01' });

    expect(typed.isProven(await converse(typed, { password: 'pa fi' }))).toBe(true);
  });
});
