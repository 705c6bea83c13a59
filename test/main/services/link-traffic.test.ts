import { beforeEach, describe, expect, it } from 'vitest';
import { Contacts } from '../../../main/services/contacts.ts';
import { Announcer } from '../../../main/services/events.ts';
import { IgnoredCounts } from '../../../main/services/ignored-counts.ts';
import { LinkTraffic } from '../../../main/services/link-traffic.ts';
import { readArchived } from '../../../main/protocol/xmpp/xep0313-archive.ts';
import type { Link } from '../../../main/protocol/xmpp/link.ts';
import type { ContactStore, StoredContact } from '../../../main/stores/contacts.ts';
import { element } from '../../../main/wire/element.ts';
import type { Element } from '../../../main/wire/element.ts';
import type { BareJid } from '../../../main/wire/jid.ts';
import { parseBareJid, tryParseJid } from '../../../main/wire/jid.ts';
import { NS } from '../../../main/wire/namespaces.ts';
import { parseMessage } from '../../../main/wire/message.ts';
import { arrivalOf, readDelays } from '../../../main/wire/xep0203-delay.ts';
import { parseElement } from '../../../main/wire/xml-parser.ts';

const OWN = parseBareJid('alice@example.org');
const BOB = parseBareJid('bob@example.org');
const MALLORY = 'mallory@example.org/x';

let store: Map<string, StoredContact>;
let contacts: Contacts;
let traffic: LinkTraffic;
let ignored: IgnoredCounts;
let received: Element[];

beforeEach(() => {
  store = new Map();
  const table: Pick<ContactStore, 'get' | 'put' | 'list'> = {
    get: (address) => store.get(address),
    put: (contact) => void store.set(contact.address, contact),
    list: () => [...store.values()],
  };
  const clock = { now: () => new Date(0), elapsedMs: () => 0 };
  contacts = new Contacts({ store: table as ContactStore, clock, announcer: new Announcer() });
  contacts.attach({} as Link, OWN, 'pda');
  ignored = new IgnoredCounts();
  received = [];
  const incoming = { receive: (stanza: Element) => void received.push(stanza) };
  const archive = {
    take: (stanza: Element, own: BareJid) => readArchived(stanza, own, 'q1'),
  };
  traffic = new LinkTraffic(
    contacts,
    incoming,
    () => OWN,
    () => element('pubkey', NS.pubkey),
    ignored,
    archive,
  );
});

function befriend(subscription: StoredContact['subscription'], address = BOB): void {
  store.set(address, { address, subscription, ask: false, blocked: false, optionsSeen: [], inRoster: true });
}

function push(from: string | undefined): ReturnType<LinkTraffic['iq']> {
  const payload = parseElement(`<query xmlns='${NS.roster}'><item jid='${BOB}' subscription='both'/></query>`);
  return traffic.iq(payload, 'set', tryParseJid(from));
}

describe('roster pushes (S-090)', () => {
  it.each([undefined, 'alice@example.org', 'ALICE@Example.ORG'])('S-090 are taken from %s', (from) => {
    expect(push(from)).toBe('empty');
    expect(store.get(BOB)).toMatchObject({ inRoster: true, subscription: 'both' });
  });

  it.each([
    MALLORY,
    'bob@example.org',
    'example.org',
    'alice@example.org/pda',
    'alice@example.com',
    'аlice@example.org', // the first letter is Cyrillic
  ])('S-090 are ignored and counted from %s', (from) => {
    expect(push(from)).toBeUndefined();
    expect(store.size).toBe(0);
    expect(ignored.of('roster-push')).toBe(1);
  });
});

describe('presence (S-090)', () => {
  function come(from: string, type?: string): void {
    let isHandled = false;
    traffic.stanza(element('presence', NS.client, { from, type }), () => (isHandled = true));
    expect(isHandled).toBe(true);
  }

  it.each(['to', 'both'] as const)('S-090 of a contact whose presence was asked for counts (%s)', (subscription) => {
    befriend(subscription);
    come(`${BOB}/a`);
    expect(contacts.presenceOf(BOB)).toBe('here');
  });

  it.each(['from', 'none'] as const)('S-090 of one whose presence was not asked for does not (%s)', (subscription) => {
    befriend(subscription);
    come(`${BOB}/a`);
    expect(contacts.presenceOf(BOB)).toBe('away');
    expect(ignored.of('presence')).toBe(1);
  });

  it('S-090 of a stranger changes nobody', () => {
    befriend('both');
    for (const from of [MALLORY, 'bob@example.com/a', 'bоb@example.org/a', '@/x', '/x', '']) come(from);
    expect(contacts.presenceOf(BOB)).toBe('away');
    expect(store.size).toBe(1);
  });

  it('S-090 S-091 of a contact counts in whatever letters the address comes', () => {
    befriend('both');
    come('BOB@EXAMPLE.org/a');
    expect(contacts.presenceOf(BOB)).toBe('here');
  });
});

describe('questions (S-092)', () => {
  const QUESTIONS: readonly (readonly [string, Element])[] = [
    ['ping', element('ping', NS.ping)],
    ['disco', element('query', NS.discoInfo)],
    ['the key', element('pubkey', NS.pubkey)],
  ];

  it.each(QUESTIONS)('S-092 %s is answered for the own server and for who may see us', (_what, question) => {
    expect(traffic.iq(question, 'get', undefined)).toBeDefined();
    for (const subscription of ['from', 'both'] as const) {
      befriend(subscription);
      expect(traffic.iq(question, 'get', tryParseJid(`${BOB}/a`))).toBeDefined();
    }
  });

  it.each(QUESTIONS)('S-092 %s of anybody else gets what an unknown question gets', (_what, question) => {
    expect(traffic.iq(question, 'get', tryParseJid(MALLORY))).toBeUndefined();
    for (const subscription of ['to', 'none'] as const) {
      befriend(subscription);
      expect(traffic.iq(question, 'get', tryParseJid(`${BOB}/a`))).toBeUndefined();
    }
    expect(ignored.of('question')).toBe(3);
    expect(traffic.iq(element('query', 'jabber:iq:version'), 'get', undefined)).toBeUndefined();
  });
});

describe('messages (L-006)', () => {
  it('L-006 are handed on without being called handled', () => {
    let isHandled = false;
    traffic.stanza(element('message', NS.client, { from: MALLORY }), () => (isHandled = true));
    expect(received).toHaveLength(1);
    expect(isHandled).toBe(false);
  });
});

describe('results of the archive (S-090)', () => {
  function result(from: string | undefined, queryId: string, sender = `${BOB}/a`): void {
    const inner = `<message xmlns='jabber:client' from='${sender}' to='${OWN}'><body>x</body></message>`;
    const stamp = "<delay xmlns='urn:xmpp:delay' stamp='2026-11-22T07:20:35Z'/>";
    const forwarded = `<forwarded xmlns='urn:xmpp:forward:0'>${stamp}${inner}</forwarded>`;
    const xml = `<message xmlns='jabber:client'><result xmlns='urn:xmpp:mam:2' queryid='${queryId}' id='1'>${forwarded}</result></message>`;
    const stanza = parseElement(xml);
    traffic.stanza({ ...stanza, attrs: from === undefined ? {} : { from } }, () => undefined);
  }

  it.each([undefined, 'alice@example.org', 'ALICE@example.org'])(
    'S-090 are opened from %s, with the stamp of the archive',
    (from) => {
      result(from, 'q1');
      expect(received).toHaveLength(1);
      expect(parseMessage(received[0] as Element)).toMatchObject({ from: `${BOB}/a`, content: { kind: 'plain' } });
      expect(arrivalOf(readDelays(received[0] as Element), OWN)).toEqual(new Date('2026-11-22T07:20:35Z'));
    },
  );

  it.each([
    [MALLORY, 'q1'],
    ['alice@example.org/pda', 'q1'],
    ['example.org', 'q1'],
    ['alice@example.org', 'q2'],
  ])('S-090 from %s for query %s are left as the copies they are', (from, queryId) => {
    result(from, queryId);
    expect(parseMessage(received[0] as Element).content.kind).toBe('wrapped');
  });

  it('what we sent ourselves is passed over', () => {
    result(undefined, 'q1', `${OWN}/other`);
    expect(received).toEqual([]);
  });
});
