import { describe, expect, it } from 'vitest';
import { Announcer, type ServiceEvents } from '../../../main/services/events.ts';
import { LookAlikes } from '../../../main/services/look-alikes.ts';
import type { StoredContact } from '../../../main/stores/contacts.ts';
import { parseBareJid } from '../../../main/wire/jid.ts';

const OWN = parseBareJid('alice@example.org');
const BOB = parseBareJid('bob@example.org');

function contact(address: string, inRoster = true): StoredContact {
  const rest = { subscription: 'none', ask: false, blocked: false, optionsSeen: [] } as const;
  return { address: parseBareJid(address), inRoster, ...rest };
}

function lookAlikes(...contacts: StoredContact[]) {
  const announcer = new Announcer<ServiceEvents>();
  return { announcer, contacts, known: new LookAlikes({ list: () => contacts }, () => OWN, announcer) };
}

describe('LookAlikes (S-091)', () => {
  it.each(['bоb@example.org', 'b0b@example.org', 'bob@examp1e.org'])('S-091 marks %s beside Bob', (text) => {
    const { known } = lookAlikes(contact(BOB), contact(text, false));
    expect(known.doubtOf(parseBareJid(text))).toEqual({ kind: 'looks-like', address: BOB });
    expect(known.doubtOf(BOB)).toBeUndefined();
  });

  it('S-091 marks what looks like the own address', () => {
    const { known } = lookAlikes();
    expect(known.doubtOf(parseBareJid('a1ice@example.org'))).toEqual({ kind: 'looks-like', address: OWN });
    expect(known.doubtOf(OWN)).toBeUndefined();
  });

  it('S-091 marks two of the roster that look alike, each with the other', () => {
    const { known } = lookAlikes(contact(BOB), contact('b0b@example.org'));
    expect(known.doubtOf(BOB)).toEqual({ kind: 'looks-like', address: 'b0b@example.org' });
    expect(known.doubtOf(parseBareJid('b0b@example.org'))).toEqual({ kind: 'looks-like', address: BOB });
  });

  it('S-091 marks what mixes scripts though it looks like nobody known', () => {
    const { known } = lookAlikes(contact(BOB));
    expect(known.doubtOf(parseBareJid('mаllory@example.org'))).toEqual({ kind: 'mixed-scripts' });
    expect(known.doubtOf(parseBareJid('сосо@example.org'))).toEqual({ kind: 'disguised' });
    expect(known.doubtOf(parseBareJid('mallory@example.org'))).toBeUndefined();
  });

  it('S-091 knows of whoever joined the roster since', () => {
    const { known, contacts, announcer } = lookAlikes();
    const fake = parseBareJid('b0b@example.org');
    expect(known.doubtOf(fake)).toBeUndefined();
    contacts.push(contact(BOB));
    announcer.announce('contactChanged', BOB);
    expect(known.doubtOf(fake)).toEqual({ kind: 'looks-like', address: BOB });
  });

  it('S-091 names who has to be marked anew when somebody joined the roster, mere requests among them', () => {
    const { known } = lookAlikes(contact(BOB), contact('b0b@example.org', false), contact('mallory@example.org'));
    expect(known.likenessesOf(BOB)).toEqual(['b0b@example.org']);
  });
});
