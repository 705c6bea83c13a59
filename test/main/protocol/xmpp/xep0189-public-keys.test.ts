import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { fromHex, toBase64, utf8 } from '../../../../main/base/bytes.ts';
import { sha256 } from '../../../../main/crypto/hash.ts';
import { buildPubkey, parsePubkey } from '../../../../main/protocol/xmpp/xep0189-public-keys.ts';
import { serialize } from '../../../../main/wire/element.ts';
import { parseBareJid } from '../../../../main/wire/jid.ts';
import { parseElement } from '../../../../main/wire/xml-parser.ts';

const ALICE = parseBareJid('alice@example.org');
const BOB = parseBareJid('bob@example.com');
const NOW = new Date('2026-11-22T08:05:00Z');
const vectors = JSON.parse(readFileSync(new URL('../../../vectors/esession-vectors.json', import.meta.url), 'utf8'));
const alice = vectors.identities[ALICE];
const xml: string = alice.pubkeyXml;
const [, modulus = ''] = /<modulus>(\d+)</.exec(xml) ?? [];
const KEY = { modulus: fromHex(evenHex(BigInt(modulus).toString(16))), exponent: Uint8Array.of(1, 0, 1) };

function evenHex(hex: string): string {
  return hex.length % 2 === 0 ? hex : `0${hex}`;
}

function read(text: string, now = NOW, jid = ALICE): ReturnType<typeof parsePubkey> {
  return parsePubkey(parseElement(text), jid, now);
}

/** A payload with a right print over whatever these say. */
function printed(p: {
  begin?: string;
  end?: string;
  jid?: string;
  modulus?: string;
  exponent?: string;
  algo?: string;
}): string {
  const {
    begin = '2026-01-01T00:00:00Z',
    end = '2031-01-01T00:00:00Z',
    jid = ALICE,
    exponent = '65537',
    algo = 'sha-256',
  } = p;
  const number = p.modulus ?? modulus;
  const print = toBase64(sha256(utf8(begin + end + jid + number + exponent)));
  return (
    `<pubkey xmlns='urn:xmpp:pubkey:2'><begin>${begin}</begin><end>${end}</end><jid>${jid}</jid><rsakey>` +
    `<modulus>${number}</modulus><publicExponent>${exponent}</publicExponent><print algo='${algo}'>${print}</print>` +
    '</rsakey></pubkey>'
  );
}

describe('buildPubkey (XEP-0189 §3)', () => {
  it('R-211 R-213 writes the vector', () => {
    const [begin, end] = [new Date('2026-01-01T00:00:00Z'), new Date('2031-01-01T00:00:00Z')];

    const written = buildPubkey({ key: KEY, begin, end, jid: ALICE });

    expect(written).toEqual(parseElement(xml));
    expect(serialize(written)).toContain(`<print algo="sha-256">${alice.pubkeyPrint}</print>`);
  });
});

describe('parsePubkey (profile 4.2)', () => {
  it('R-213 reads the vectors', () => {
    expect(read(xml)).toMatchObject({ ...KEY, begin: new Date('2026-01-01T00:00:00Z') });
    expect(read(vectors.identities[BOB].pubkeyXml, NOW, BOB)).toBeDefined();
  });

  it('reads what it built, white space added', () => {
    const spaced = xml.replace(/>([^<]+)</g, '>\n  $1 <');

    expect(read(spaced)?.modulus).toEqual(KEY.modulus);
  });

  it.each(['2025-12-31T23:59:59Z', '2031-01-01T00:00:01Z'])('R-212 ignores a key at %s, outside its time', (now) => {
    expect(read(xml, new Date(now))).toBeUndefined();
  });

  it('R-212 uses a key at both ends of its time', () => {
    expect(read(xml, new Date('2026-01-01T00:00:00Z'))).toBeDefined();
    expect(read(xml, new Date('2031-01-01T00:00:00Z'))).toBeDefined();
  });

  it('R-275 ignores a key of somebody else', () => {
    expect(read(xml, NOW, BOB)).toBeUndefined();
    expect(read(printed({ jid: `${ALICE}/pda` }))).toBeUndefined();
    expect(read(printed({ jid: '' }))).toBeUndefined();
  });

  it.each([
    ['modulus', /<modulus>\d/, '<modulus>9'],
    ['exponent', '65537', '65539'],
    ['begin', '2026-01-01', '2026-01-02'],
    ['end', '2031-01-01', '2032-01-01'],
    ['print', /<print algo='sha-256'>./, "<print algo='sha-256'>A"],
  ])('R-213 R-275 ignores a key whose %s does not agree with its print', (_what, part, other) => {
    const changed = xml.replace(part, other);

    expect(changed).not.toBe(xml);
    expect(read(changed)).toBeUndefined();
  });

  it.each([
    ['another digest', { algo: 'sha-1' }],
    ['a leading zero', { modulus: `0${modulus}` }],
    ['a negative number', { modulus: `-${modulus}` }],
    ['hexadecimal', { modulus: '0xff' }],
    ['no number', { exponent: '' }],
    ['a number too long to be read in reasonable time', { modulus: '9'.repeat(4_934) }],
    ['no date', { begin: 'yesterday' }],
    ['a date that does not exist', { end: '2031-02-30T00:00:00Z' }],
  ])('ignores a key with %s', (_what, p) => {
    expect(read(printed({}))).toBeDefined();
    expect(read(printed(p))).toBeUndefined();
  });

  it('ignores what is no RSA key', () => {
    expect(read("<pubkey xmlns='urn:xmpp:pubkey:2'/>")).toBeUndefined();
    expect(read(xml.replaceAll('urn:xmpp:pubkey:2', 'urn:xmpp:pubkey:1'))).toBeUndefined();
    expect(read(xml.replaceAll('rsakey', 'dsakey'))).toBeUndefined();
    expect(read(xml.replace(/<print.*<\/print>/, ''))).toBeUndefined();
  });
});
