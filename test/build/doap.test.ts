import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { ownFeatures } from '../../main/protocol/xmpp/xep0030-disco.ts';

const ROOT = join(import.meta.dirname, '../..');
const doap = readFileSync(join(ROOT, 'messenger.doap'), 'utf8');

/** XEP number to version, as the file for directories says it. */
const announced = new Map(
  [
    ...doap.matchAll(
      /xep-(\d{4})\.html'\/>\s*<xmpp:status>(?:complete|partial)<\/xmpp:status>\s*<xmpp:version>([\d.]+)/g,
    ),
  ].map(([, number = '', version = '']) => [number, version]),
);

/** The same, as the modules' headers say it. */
function implemented(): ReadonlyMap<string, string> {
  const found = new Map<string, string>();
  for (const file of globSync('main/**/*.ts', { cwd: ROOT })) {
    const header = /^\/\*\*.*?\*\//s.exec(readFileSync(join(ROOT, file), 'utf8'))?.[0].replace(/\n \* ?/g, ' ') ?? '';
    for (const [, number = '', version = ''] of header.matchAll(/XEP-(\d{4}): [^,;]+, version ([\d.]+) \(/g)) {
      expect(found.get(number) ?? version, file).toBe(version);
      found.set(number, version);
    }
  }
  return found;
}

/** The XEP that each announced feature is of. */
const FEATURES: Readonly<Record<string, string>> = {
  'http://jabber.org/protocol/caps': '0115',
  'http://jabber.org/protocol/disco#info': '0030',
  'http://jabber.org/protocol/disco#items': '0030',
  'http://jabber.org/protocol/shim': '0131',
  'http://jabber.org/protocol/feature-neg': '0155', // XEP-0020 has no module: its element is that of stanza sessions
  'http://www.xmpp.org/extensions/xep-0116.html#ns': '0116',
  'http://www.xmpp.org/extensions/xep-0187.html#ns': '0187',
  'http://www.xmpp.org/extensions/xep-0200.html#ns': '0200',
  'jabber:x:data': '0004',
  'urn:xmpp:delay': '0203',
  'urn:xmpp:ping': '0199',
  'urn:xmpp:pubkey:2': '0189',
  'urn:xmpp:receipts': '0184',
  'urn:xmpp:ssn': '0155',
};

describe('messenger.doap', () => {
  it('lists exactly what the modules implement, in the same versions', () => {
    expect(Object.fromEntries([...announced].sort())).toEqual(Object.fromEntries([...implemented()].sort()));
  });

  it('R-253 has the XEP of every feature that is announced, and every feature is of one', () => {
    expect([...ownFeatures()].sort()).toEqual(Object.keys(FEATURES).sort());
    for (const number of Object.values(FEATURES)) expect(announced.has(number), number).toBe(true);
  });
});
