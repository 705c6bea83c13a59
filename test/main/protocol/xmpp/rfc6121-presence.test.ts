import { describe, expect, it } from 'vitest';
import { PresenceTable, buildPresence, buildSubscription } from '../../../../main/protocol/xmpp/rfc6121-presence.ts';
import { capsElement } from '../../../../main/protocol/xmpp/xep0115-caps.ts';
import { serialize } from '../../../../main/wire/element.ts';
import type { Element } from '../../../../main/wire/element.ts';
import { parseBareJid } from '../../../../main/wire/jid.ts';
import { NS } from '../../../../main/wire/namespaces.ts';
import { parseElement } from '../../../../main/wire/xml-parser.ts';

const BOB = parseBareJid('bob@example.com');

function presence(from: string, rest = '', inside = ''): Element {
  return parseElement(`<presence xmlns='jabber:client' from='${from}' ${rest}>${inside}</presence>`);
}

describe('PresenceTable', () => {
  it('knows who is there, by which resource and how', () => {
    const table = new PresenceTable();

    const came = table.apply(presence('bob@example.com/laptop'));
    table.apply(presence('bob@example.com/pda', '', '<show>away</show><priority>-5</priority>'));
    const changed = table.apply(presence('BOB@example.com/laptop', '', '<show> dnd </show><status>x</status>'));

    expect(came).toEqual({ jid: BOB, kind: 'came', resource: 'laptop' });
    expect(changed).toEqual({ jid: BOB, kind: 'changed', resource: 'laptop' });
    expect(table.resources(BOB)).toEqual([
      { resource: 'laptop', priority: 0, show: 'dnd' },
      { resource: 'pda', priority: -5, show: 'away' },
    ]);
  });

  it('knows who left', () => {
    const table = new PresenceTable();
    table.apply(presence('bob@example.com/laptop'));
    table.apply(presence('bob@example.com/pda'));

    const left = table.apply(presence('bob@example.com/laptop', "type='unavailable'"));
    const again = table.apply(presence('bob@example.com/laptop', "type='unavailable'"));
    const all = table.apply(presence('bob@example.com', "type='unavailable'"));

    expect(left).toEqual({ jid: BOB, kind: 'left', resource: 'laptop' });
    expect(again).toBeUndefined();
    expect(all).toEqual({ jid: BOB, kind: 'left', resource: undefined });
    expect(table.resources(BOB)).toEqual([]);
  });

  it.each(['subscribe', 'subscribed', 'unsubscribe', 'unsubscribed', 'probe', 'error', 'other'])(
    'takes a presence of type %s for no news of availability',
    (type) => {
      const table = new PresenceTable();

      expect(table.apply(presence('bob@example.com/laptop', `type='${type}'`))).toBeUndefined();
      expect(table.resources(BOB)).toEqual([]);
    },
  );

  it.each(['', '@/x', 'bob@example.com', '/x'])('takes nobody for available from %j', (from) => {
    expect(new PresenceTable().apply(presence(from))).toBeUndefined();
  });

  it('reads nonsense as nothing', () => {
    const table = new PresenceTable();
    table.apply(presence('bob@example.com/a', '', '<show>gone</show><priority>900</priority>'));
    table.apply(presence('bob@example.com/b', '', "<show xmlns='urn:other'>away</show><priority>high</priority>"));

    expect(table.resources(BOB)).toEqual([
      { resource: 'a', priority: 0 },
      { resource: 'b', priority: 0 },
    ]);
  });

  it('does not grow without end', () => {
    const table = new PresenceTable();

    for (let count = 0; count < 1_000; count += 1) table.apply(presence(`bob@example.com/r${count}`));

    expect(table.resources(BOB)).toHaveLength(64);
  });

  it('forgets one, and all', () => {
    const table = new PresenceTable();
    for (const from of ['bob@example.com/a', 'eve@example.com/a']) table.apply(presence(from));

    table.forget(BOB);
    const [bob, eve] = [table.resources(BOB).length, table.resources(parseBareJid('eve@example.com')).length];
    table.clear();

    expect([bob, eve]).toEqual([0, 1]);
    expect(table.resources(parseBareJid('eve@example.com'))).toEqual([]);
  });
});

describe('buildPresence and buildSubscription', () => {
  it('write what RFC 6121 wants', () => {
    expect(serialize(buildPresence(), NS.client)).toBe('<presence/>');
    expect(serialize(buildPresence({ type: 'unavailable' }), NS.client)).toBe('<presence type="unavailable"/>');
    expect(serialize(buildPresence({ show: 'away', priority: 0, caps: capsElement() }), NS.client)).toMatch(
      /^<presence><show>away<\/show><priority>0<\/priority><c xmlns="[^"]+" hash="sha-1" .*\/><\/presence>$/,
    );
    expect(serialize(buildSubscription('subscribe', BOB), NS.client)).toBe(
      '<presence type="subscribe" to="bob@example.com"/>',
    );
  });
});
