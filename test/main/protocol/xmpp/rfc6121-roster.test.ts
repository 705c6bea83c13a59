import { describe, expect, it } from 'vitest';
import { StanzaError } from '../../../../main/protocol/xmpp/link.ts';
import {
  fetchRoster,
  parseRosterPush,
  removeRosterItem,
  setRosterItem,
} from '../../../../main/protocol/xmpp/rfc6121-roster.ts';
import { fetchBlockList } from '../../../../main/protocol/xmpp/xep0191-blocking.ts';
import { parseBareJid } from '../../../../main/wire/jid.ts';
import { parseElement } from '../../../../main/wire/xml-parser.ts';
import { answering } from '../../../support/answering.ts';

const BOB = parseBareJid('bob@example.com');

function roster(...items: readonly string[]): string {
  return `<query xmlns='jabber:iq:roster'>${items.join('')}</query>`;
}

describe('fetchRoster (RFC 6121 2.1)', () => {
  it('reads who is in it, and leaves out what is nobody', async () => {
    const link = answering([
      roster(
        "<item jid='bob@example.com' name='Bob' subscription='both'/>",
        "<item jid='Mallory@Example.com' ask='subscribe'/>",
        "<item jid='rooms.example.com' subscription='to'/>",
        "<item jid='bob@example.com/laptop'/>",
        "<item jid='@/x'/>",
        '<item/>',
        "<item jid='mallory@example.com' subscription='everything' name=''/>",
      ),
    ]);

    expect(await fetchRoster(link)).toEqual([
      { jid: BOB, name: 'Bob', subscription: 'both', ask: false },
      { jid: 'mallory@example.com', subscription: 'none', ask: true },
      { jid: 'mallory@example.com', subscription: 'none', ask: false },
    ]);
  });

  it('reads an empty one', async () => {
    expect(await fetchRoster(answering([undefined]))).toEqual([]);
    expect(await fetchRoster(answering([roster()]))).toEqual([]);
  });
});

describe('parseRosterPush (RFC 6121 2.1.6)', () => {
  it('reads one item, a removed one too', () => {
    const push = parseElement(roster("<item jid='bob@example.com' subscription='remove'/>"));

    expect(parseRosterPush(push)).toEqual({ jid: BOB, subscription: 'remove', ask: false });
  });

  it.each([
    roster(),
    roster("<item jid='a@b'/>", "<item jid='c@d'/>"),
    roster("<item jid='@/x'/>"),
    "<query xmlns='urn:other'><item jid='a@b'/></query>",
    "<other xmlns='jabber:iq:roster'><item jid='a@b'/></other>",
  ])('reads nothing from %s', (xml) => {
    expect(parseRosterPush(parseElement(xml))).toBeUndefined();
  });
});

describe('setRosterItem and removeRosterItem', () => {
  it('write one item each', async () => {
    const link = answering([undefined, undefined, undefined]);

    await setRosterItem(link, BOB, 'Bob');
    await setRosterItem(link, BOB);
    await removeRosterItem(link, BOB);

    expect(link.asked.map(({ xml }) => xml)).toEqual([
      '<query xmlns="jabber:iq:roster"><item jid="bob@example.com" name="Bob"/></query>',
      '<query xmlns="jabber:iq:roster"><item jid="bob@example.com"/></query>',
      '<query xmlns="jabber:iq:roster"><item jid="bob@example.com" subscription="remove"/></query>',
    ]);
  });
});

describe('fetchBlockList (XEP-0191 §3.2)', () => {
  it('is empty where a server knows no blocking', async () => {
    expect(await fetchBlockList(answering([new StanzaError('service-unavailable')]))).toEqual([]);
  });
});
