import { describe, expect, it } from 'vitest';
import { createLinkFreezer } from '../../../../main/hosts/headless/freezable-link.ts';
import { LinkError, type Link, type LinkHandlers, type LinkOptions } from '../../../../main/protocol/xmpp/link.ts';
import { element, type Element } from '../../../../main/wire/element.ts';
import { parseBareJid } from '../../../../main/wire/jid.ts';

const OPTIONS: LinkOptions = { account: parseBareJid('alice@example.org'), password: 'x', resource: 'pda' };
const stanza = (id: string): Element => element('message', 'jabber:client', { id });
const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

/** A link whose two ends the test holds. */
function make() {
  const freezer = createLinkFreezer();
  const calls: string[] = [];
  const heard: string[] = [];
  let inner: LinkHandlers | undefined;
  const call = (name: string) => {
    calls.push(name);
    return Promise.resolve();
  };
  const link = freezer.wrap((_options, handlers): Link => {
    inner = handlers;
    return {
      open: () =>
        call('open').then(() => ({ jid: 'alice@example.org/pda' as never, resumed: false, mechanism: 'PLAIN' })),
      send: (sent) => call(`send ${sent.attrs['id'] ?? ''}`),
      request: () => call('request').then(() => stanza('answer')),
      sendLast: () => void calls.push('sendLast'),
      close: () => call('close'),
      holdBack: () => void calls.push('holdBack'),
      abandon: () => void calls.push('abandon'),
      isOpen: true,
    };
  })(OPTIONS, {
    stanza: (came, handled) => {
      heard.push(came.attrs['id'] ?? '');
      handled();
    },
    iq: (payload) => {
      heard.push(payload.name);
      return 'empty';
    },
    closed: (error) => void heard.push(`closed ${error.code}`),
  });
  if (inner === undefined) throw new Error('the factory was not called');
  return { freezer, link, inner, calls, heard };
}

describe('createLinkFreezer (docs/contract.md, host.suspend)', () => {
  it('changes nothing while awake: what is handed over leaves in the same turn', () => {
    const { link, calls, inner, heard } = make();
    void link.send(stanza('1'));
    void link.request({ type: 'get', payload: stanza('q') });
    link.sendLast([]);
    expect(calls).toEqual(['send 1', 'request', 'sendLast']);
    inner.stanza(stanza('a'), () => undefined);
    expect(inner.iq(element('ping', 'urn:xmpp:ping'), 'get', undefined)).toBe('empty');
    expect(heard).toEqual(['a', 'ping']);
    expect(link.isOpen).toBe(true);
  });

  it('holds what arrives, unacknowledged, and hands it over in order after waking', () => {
    const { freezer, inner, heard } = make();
    let handled = 0;
    freezer.freeze();
    inner.stanza(stanza('a'), () => void (handled += 1));
    inner.stanza(stanza('b'), () => void (handled += 1));
    inner.closed(new LinkError('server-unreachable', 'gone'));
    expect(heard).toEqual([]);
    expect(handled).toBe(0);
    freezer.thaw();
    expect(heard).toEqual(['a', 'b', 'closed server-unreachable']);
    expect(handled).toBe(2);
  });

  it('starts nothing new until it wakes', async () => {
    const { freezer, link, calls } = make();
    freezer.freeze();
    const sent = [link.send(stanza('1')), link.send(stanza('2')), link.open({ resume: false })];
    await turn();
    expect(calls).toEqual([]);
    freezer.thaw();
    await Promise.all(sent);
    expect(calls).toEqual(['send 1', 'send 2', 'open']);
  });

  it('holds the answer to what was asked before', async () => {
    const { freezer, link } = make();
    let answered = false;
    const asking = link.request({ type: 'get', payload: stanza('q') }).then(() => (answered = true));
    freezer.freeze();
    await turn();
    expect(answered).toBe(false);
    freezer.thaw();
    await asking;
    expect(answered).toBe(true);
  });

  it('lets the last write and the end of the old stream pass', () => {
    const { freezer, link, calls } = make();
    freezer.freeze();
    link.sendLast([]);
    link.abandon();
    void link.close(0);
    expect(calls).toEqual(['sendLast', 'abandon', 'close']);
  });

  it('answers no request while frozen', () => {
    const { freezer, inner, heard } = make();
    freezer.freeze();
    expect(inner.iq(element('ping', 'urn:xmpp:ping'), 'get', undefined)).toBeUndefined();
    expect(heard).toEqual([]);
  });
});
