import { describe, expect, it } from 'vitest';
import { isForgedCarbon } from '../../../../main/protocol/xmpp/xep0280-carbons.ts';
import type { Element } from '../../../../main/wire/element.ts';
import { parseBareJid } from '../../../../main/wire/jid.ts';
import { parseElement } from '../../../../main/wire/xml-parser.ts';

const ALICE = parseBareJid('alice@example.org');

function carbon(from: string | undefined, wrapper = 'received'): Element {
  const sender = from === undefined ? '' : `from='${from}'`;
  return parseElement(
    `<message xmlns='jabber:client' ${sender}><${wrapper} xmlns='urn:xmpp:carbons:2'>` +
      "<forwarded xmlns='urn:xmpp:forward:0'><message xmlns='jabber:client' from='bob@example.com'><body>x</body>" +
      `</message></forwarded></${wrapper}></message>`,
  );
}

describe('isForgedCarbon (XEP-0280 §11)', () => {
  it.each(['received', 'sent'])('R-250 S-090 lets a %s copy pass from the own bare address', (wrapper) => {
    expect(isForgedCarbon(carbon('alice@example.org', wrapper), ALICE)).toBe(false);
    expect(isForgedCarbon(carbon('ALICE@example.ORG', wrapper), ALICE)).toBe(false);
  });

  it.each([
    undefined,
    'alice@example.org/pda',
    'example.org',
    'bob@example.com',
    'alice@example.org.evil.example',
    '@/x',
  ])('R-250 S-090 refuses one from %s', (from) => {
    expect(isForgedCarbon(carbon(from), ALICE)).toBe(true);
    expect(isForgedCarbon(carbon(from, 'sent'), ALICE)).toBe(true);
  });

  it('has nothing against a message that is none', () => {
    expect(isForgedCarbon(parseElement("<message xmlns='jabber:client' from='bob@example.com'/>"), ALICE)).toBe(false);
  });
});
