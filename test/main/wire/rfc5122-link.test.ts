import { describe, expect, it } from 'vitest';
import { parseXmppLink } from '../../../main/wire/rfc5122-link.ts';
import { HOSTILE_LINKS } from '../../support/hostile-links.ts';

describe('parseXmppLink (RFC 5122; XEP-0147)', () => {
  it.each([
    ['xmpp:bob@example.org', { address: 'bob@example.org', action: 'message' }],
    ['XMPP:bob@example.org?message', { address: 'bob@example.org', action: 'message' }],
    ['xmpp:Bob@Example.ORG?roster', { address: 'bob@example.org', action: 'contact' }],
    ['xmpp:bob@example.org?subscribe', { address: 'bob@example.org', action: 'contact' }],
    ['xmpp:bob@example.org/phone?message', { address: 'bob@example.org', action: 'message' }],
    ['xmpp:nasty!%23$%25()*+,-.;=%3F@example.com', { address: 'nasty!#$%()*+,-.;=?@example.com', action: 'message' }],
  ])('reads %s', (text, link) => {
    expect(parseXmppLink(text)).toEqual(link);
  });

  it('S-139 takes the text of a message, escaped, and no other key', () => {
    const link = parseXmppLink(
      'xmpp:bob@example.org?message;subject=x;body=Gr%C3%BC%C3%9Fe%0Aaus%20Wien;type=chat;from=eve',
    );
    expect(link).toEqual({ address: 'bob@example.org', action: 'message', text: 'Grüße\naus Wien' });
    expect(parseXmppLink('xmpp:bob@example.org?roster;name=Alice%20(verified);group=Friends')).toEqual({
      address: 'bob@example.org',
      action: 'contact',
    });
  });

  it.each(HOSTILE_LINKS.map((link) => [link.slice(0, 80), link] as const))('S-139 reads nothing in %s', (_, link) => {
    expect(parseXmppLink(link)).toBeUndefined();
  });
});
