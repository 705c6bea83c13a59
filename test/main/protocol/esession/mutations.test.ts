import { describe, expect, it } from 'vitest';
import { fromHex, toHex } from '../../../../main/base/bytes.ts';
import { readResponseForm } from '../../../../main/protocol/esession/xep0187-offline.ts';
import { readOfflineOptions, signerOf } from '../../../../main/protocol/esession/xep0187-options.ts';
import { decryptStanza, isTermination, searchForward } from '../../../../main/protocol/esession/xep0200-stanza.ts';
import { elements, serialize } from '../../../../main/wire/element.ts';
import type { Element } from '../../../../main/wire/element.ts';
import { NS } from '../../../../main/wire/namespaces.ts';
import { parseElement } from '../../../../main/wire/xml-parser.ts';
import { publisherKey } from '../../../support/test-keys.ts';
import { encryptedOf, opened, read, stanzaPart } from '../../../support/vector-sessions.ts';
import { vectors } from '../../../vectors/esession-vectors.ts';

const [main] = vectors.offline;
if (main === undefined) throw new TypeError('no vectors');

describe('the mutations that concern offline sessions', () => {
  const response = parseElement(main.responseFormXml);
  const changed = (name: string, change: (value: string) => string): Element => {
    const text = serialize(response).replace(
      new RegExp(`(<field var="${name}"><value>)([^<]*)`),
      (_, start: string, value: string) => start + change(value),
    );
    return { name: 'init', ns: NS.esessionInit, attrs: {}, children: [parseElement(text)] };
  };
  const flip = (base64: string, at: number): string => {
    const octets = Buffer.from(base64, 'base64');
    octets[at] = (octets[at] ?? 0) ^ 1;
    return octets.toString('base64');
  };

  it('S-021 R-041 any octet of the identity changed: M_B does not match', async () => {
    for (let at = 0; at < fromHex(main.identityB.identityHex).length; at += 61) {
      const outcome = await read(
        main,
        changed('identity', (value) => flip(value, at)),
      );
      expect(outcome).toEqual({ kind: 'refused', reason: 'bad-mac' });
    }
  });

  it('R-090 any other field changed: the signature does not cover it', async () => {
    expect(
      await read(
        main,
        changed('otr', () => 'true'),
      ),
    ).toEqual({ kind: 'refused', reason: 'bad-signature' });
    expect(
      await read(
        main,
        changed('crypt_algs', () => 'aes128-ctr'),
      ),
    ).toMatchObject({ kind: 'refused' });
    expect(
      await read(
        main,
        changed('sign_algs', () => 'rsa'),
      ),
    ).toEqual({ kind: 'refused', reason: 'bad-signature' });
    expect(
      await read(
        main,
        changed('rekey_freq', () => '2'),
      ),
    ).toEqual({ kind: 'refused', reason: 'bad-signature' });
    expect(
      await read(
        main,
        changed('my_nonce', (value) => flip(value, 3)),
      ),
    ).toEqual({
      kind: 'refused',
      reason: 'bad-signature',
    });
    expect(
      await read(
        main,
        changed('counter', (value) => flip(value, 15)),
      ),
    ).toMatchObject({ kind: 'refused' });
  });

  it('the first stanza delivered twice has the same digest, a changed one has not', () => {
    const digest = (init: Element): string => toHex(readResponseForm(elements(init)[0] ?? init).digest);
    const init = stanzaPart(main.messages[0], 'init', NS.esessionInit);
    expect(digest(changed('otr', (value) => value))).toBe(digest(init));
    expect(digest(changed('mac', (value) => flip(value, 0)))).not.toBe(digest(init));
  });

  it('the third before the second: a mismatch, then both in order', async () => {
    const [first, second, third] = main.messages.map(encryptedOf);
    if (first === undefined || second === undefined || third === undefined) throw new TypeError('no messages');
    const one = decryptStanza(await opened(main), first);
    if (one.kind !== 'opened') throw new TypeError(one.kind);
    expect(decryptStanza(one.session, third)).toEqual({ kind: 'mismatch' });
    const two = decryptStanza(one.session, second);
    if (two.kind !== 'opened') throw new TypeError(two.kind);
    expect(decryptStanza(two.session, third)).toMatchObject({ kind: 'opened' });
  });

  it('S-034 the second left out: the third is found 25 blocks on, and the second is never read again', async () => {
    const [first, second, third] = main.messages.map(encryptedOf);
    if (first === undefined || second === undefined || third === undefined) throw new TypeError('no messages');
    const one = decryptStanza(await opened(main), first);
    if (one.kind !== 'opened') throw new TypeError(one.kind);
    const found = searchForward(one.session, third);
    expect(found?.skippedBlocks).toBe(25);
    const two = decryptStanza(found?.session ?? one.session, third);
    if (two.kind !== 'opened') throw new TypeError(two.kind);
    expect(isTermination(two.content)).toBe(true);
    expect(decryptStanza(two.session, second)).toEqual({ kind: 'mismatch' });
    expect(searchForward(two.session, second)).toBeUndefined();
  });

  it('S-006 R-019 one character of the published form changed: no signature verifies', () => {
    const xml = main.publisher.formXml;
    const candidates = [publisherKey.publicKey];
    expect(signerOf(readOfflineOptions(parseElement(xml)), candidates)).toBe(publisherKey.publicKey);
    for (const [from, to] of [
      ['pda', 'pdb'],
      ['2026-11-29', '2026-11-28'],
      ['aes128-ctr', 'aes192-ctr'],
      ["type='hidden' var='expires'", "type='hidde' var='expires'"],
    ] as const) {
      expect(xml).toContain(from);
      expect(signerOf(readOfflineOptions(parseElement(xml.replace(from, to))), candidates)).toBeUndefined();
    }
  });
});
