import { describe, expect, it } from 'vitest';
import { readDiscoInfo } from '../../../../main/protocol/xmpp/disco-info.ts';
import type { DiscoInfo } from '../../../../main/protocol/xmpp/disco-info.ts';
import { discoReply, fetchAnnounced, ownFeatures } from '../../../../main/protocol/xmpp/xep0030-disco.ts';
import {
  capsElement,
  isAsAnnounced,
  ownCapsNode,
  readCaps,
  verificationString,
} from '../../../../main/protocol/xmpp/xep0115-caps.ts';
import { element, serialize } from '../../../../main/wire/element.ts';
import type { Element } from '../../../../main/wire/element.ts';
import { parseJid } from '../../../../main/wire/jid.ts';
import { NS } from '../../../../main/wire/namespaces.ts';
import { parseElement } from '../../../../main/wire/xml-parser.ts';
import { answering } from '../../../support/answering.ts';

/** XEP-0115 §5.2. */
const SIMPLE = `<query xmlns='${NS.discoInfo}'><identity category='client' name='Exodus 0.9.1' type='pc'/>
  <feature var='http://jabber.org/protocol/muc'/><feature var='http://jabber.org/protocol/caps'/>
  <feature var='http://jabber.org/protocol/disco#items'/><feature var='http://jabber.org/protocol/disco#info'/></query>`;
/** §5.3, fields and values out of order. */
const COMPLEX = `<query xmlns='${NS.discoInfo}'><identity xml:lang='en' category='client' name='Psi 0.11' type='pc'/>
  <identity xml:lang='el' category='client' name='Ψ 0.11' type='pc'/><feature var='http://jabber.org/protocol/caps'/>
  <feature var='http://jabber.org/protocol/disco#info'/><feature var='http://jabber.org/protocol/disco#items'/>
  <feature var='http://jabber.org/protocol/muc'/><x xmlns='jabber:x:data' type='result'>
  <field var='os'><value>Mac</value></field>
  <field var='FORM_TYPE' type='hidden'><value>urn:xmpp:dataforms:softwareinfo</value></field>
  <field var='ip_version' type='text-multi'><value>ipv6</value><value>ipv4</value></field>
  <field var='software_version'><value>0.11</value></field><field var='software'><value>Psi</value></field>
  <field var='os_version'><value>10.5.1</value></field></x></query>`;
const SIMPLE_VER = 'QgayPKawpkPSDYmwT/WM94uAlu0=';
const COMPLEX_VER = 'q07IKJEyjvHSyhy//CH0CxmKi8w=';

function info(xml: string): DiscoInfo {
  return readDiscoInfo(parseElement(xml));
}

function caps(ver: string, hash = 'sha-1'): { node: string; hash: string; ver: string } {
  return { node: 'https://client.example', hash, ver };
}

describe('verificationString (XEP-0115 §5.1)', () => {
  it('R-254 computes both examples of the specification', () => {
    expect(verificationString(info(SIMPLE))).toBe(SIMPLE_VER);
    expect(verificationString(info(COMPLEX))).toBe(COMPLEX_VER);
  });
});

describe('isAsAnnounced (§5.4)', () => {
  it('R-254 accepts what hashes to the announced value', () => {
    expect(isAsAnnounced(info(SIMPLE), caps(SIMPLE_VER))).toBe(true);
    expect(isAsAnnounced(info(COMPLEX), caps(COMPLEX_VER))).toBe(true);
  });

  it('R-254 refuses what does not, so that nobody can speak for another’s client', () => {
    const poisoned = SIMPLE.replace('</query>', "<feature var='urn:evil'/></query>");

    expect(isAsAnnounced(info(poisoned), caps(SIMPLE_VER))).toBe(false);
    expect(isAsAnnounced(info(SIMPLE), caps(COMPLEX_VER))).toBe(false);
    expect(isAsAnnounced(info(SIMPLE), caps(SIMPLE_VER, 'md5'))).toBe(false);
  });

  it.each([
    ['a feature twice', SIMPLE.replace('</query>', "<feature var='http://jabber.org/protocol/muc'/></query>")],
    ['an identity twice', SIMPLE.replace(/(<identity[^>]*>)/, '$1$1')],
    ['a form twice', COMPLEX.replace(/(<x .*<\/x>)/s, '$1$1')],
    ['two types of one form', COMPLEX.replace('softwareinfo</value>', 'softwareinfo</value><value>other</value>')],
  ])('R-254 refuses an answer with %s, although it hashes to what it announces', (_what, xml) => {
    const ver = verificationString(info(xml));

    expect(isAsAnnounced(info(xml), caps(ver))).toBe(false);
  });

  it('ignores a form that does not say what it is', () => {
    const untyped = SIMPLE.replace('</query>', "<x xmlns='jabber:x:data' type='result'><field var='a'/></x></query>");

    expect(isAsAnnounced(info(untyped), caps(SIMPLE_VER))).toBe(true);
  });
});

describe('our own capabilities', () => {
  function query(node?: string): Element {
    return element('query', NS.discoInfo, { node });
  }

  function reply(to: Element): Element {
    const answer = discoReply(to);
    if (answer === undefined || 'error' in answer) throw new Error('no answer');
    return answer;
  }

  it('R-254 announces the hash of what it answers', () => {
    const announced = readCaps(element('presence', NS.client, {}, capsElement()));
    const answered = readDiscoInfo(reply(query(ownCapsNode())));

    expect(announced && isAsAnnounced(answered, announced)).toBe(true);
    expect(`${announced?.node ?? ''}#${announced?.ver ?? ''}`).toBe(ownCapsNode());
  });

  it('R-056 R-209 R-216 R-228 R-253 lists what works, and nothing that does not', () => {
    const { features, identities } = readDiscoInfo(reply(query()));

    expect(identities).toEqual([{ category: 'client', type: 'pc', name: 'Nightlatch' }]);
    expect(features).toEqual(ownFeatures());
    const offline = [NS.caps, NS.discoInfo, NS.shim, NS.offline, NS.encrypted, NS.pubkey, NS.receipts];
    for (const needed of [...offline, NS.esession, NS.ssn, NS.featureNeg]) expect(features).toContain(needed);
    for (const absent of ['urn:xmpp:revoke:2', 'urn:xmpp:attest:2', NS.carbons]) {
      expect(features).not.toContain(absent);
    }
  });

  it('asks nobody to push options or keys to us', () => {
    expect(ownFeatures().filter((feature) => feature.endsWith('+notify'))).toEqual([]);
  });

  it('R-229 lists Created at the node of SHIM', () => {
    expect(serialize(reply(query(NS.shim)))).toBe(
      `<query xmlns="${NS.discoInfo}" node="${NS.shim}"><feature var="${NS.shim}#Created"/></query>`,
    );
  });

  it('knows no other node, and has no items', () => {
    expect(discoReply(query('urn:other'))).toEqual({ error: 'item-not-found' });
    expect(discoReply(element('query', NS.discoItems))).toEqual(element('query', NS.discoItems));
    expect(discoReply(element('query', NS.roster))).toBeUndefined();
    expect(discoReply(element('other', NS.discoInfo))).toBeUndefined();
  });
});

describe('readCaps', () => {
  it.each([
    ['none', undefined],
    ['the legacy format', element('c', NS.caps, { node: 'n', ver: '0.9' })],
    ['an empty one', element('c', NS.caps, { node: 'n', ver: '', hash: 'sha-1' })],
  ])('reads nothing from %s', (_what, announcement) => {
    expect(readCaps(element('presence', NS.client, {}, announcement))).toBeUndefined();
  });
});

describe('fetchAnnounced (XEP-0115 §6.2)', () => {
  it('R-254 asks at the announced node, and says whether the answer proves itself', async () => {
    const [honest, liar] = [answering([SIMPLE]), answering([COMPLEX])];
    const jid = parseJid('bob@example.com/laptop');

    expect((await fetchAnnounced(honest, jid, caps(SIMPLE_VER))).isProven).toBe(true);
    expect((await fetchAnnounced(liar, jid, caps(SIMPLE_VER))).isProven).toBe(false);
    expect(honest.asked).toEqual([
      { type: 'get', to: jid, xml: `<query xmlns="${NS.discoInfo}" node="https://client.example#${SIMPLE_VER}"/>` },
    ]);
  });
});
