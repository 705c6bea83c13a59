import { describe, expect, it } from 'vitest';
import { LinkInbox } from '../../../main/hosts/link-inbox.ts';
import { HOSTILE_LINKS } from '../../support/hostile-links.ts';

const LINK = 'xmpp:bob@example.org?message;body=hi';
const READ = { address: 'bob@example.org', action: 'message', text: 'hi' };

describe('LinkInbox (S-139)', () => {
  it('finds the link wherever it stands, tells of it, and gives it out once', () => {
    for (const args of [[LINK], ['nightlatch', LINK], ['nightlatch', '--lang=de', LINK, '/home/alice']]) {
      const inbox = new LinkInbox();
      let told = 0;
      inbox.onOpened(() => (told += 1));
      expect(inbox.offer(args)).toBe(true);
      expect(told).toBe(1);
      expect(inbox.take()).toEqual(READ);
      expect(inbox.take()).toBeUndefined();
    }
  });

  it('S-139 keeps the newest only, and nothing where there are two at once', () => {
    const inbox = new LinkInbox();
    inbox.offer(['xmpp:mallory@example.org']);
    inbox.offer([LINK]);
    expect(inbox.take()).toEqual(READ);
    expect(inbox.offer(['nightlatch', LINK, 'xmpp:mallory@example.org'])).toBe(false);
    expect(inbox.take()).toBeUndefined();
  });

  it.each(HOSTILE_LINKS.map((link) => [link.slice(0, 80), link] as const))('S-139 takes nothing from %s', (_, link) => {
    const inbox = new LinkInbox();
    inbox.onOpened(() => expect.unreachable());
    expect(inbox.offer(['nightlatch', link])).toBe(false);
    expect(inbox.take()).toBeUndefined();
  });
});
