import { setImmediate as turn } from 'node:timers/promises';
import { describe, expect, it, vi } from 'vitest';
import { element } from '../../../../main/wire/element.ts';
import { systemRandom } from '../../../../main/crypto/random.ts';
import { StreamLink } from '../../../../main/protocol/xmpp/stream-link.ts';
import { parseBareJid, parseJid } from '../../../../main/wire/jid.ts';
import { NS } from '../../../../main/wire/namespaces.ts';
import { ACK_REQUEST, StreamDouble, acceptSession, ack, logInTo } from '../../../support/stream-double.ts';
import { BROKEN, PING, linkOver, message, opened } from '../../../support/watched-link.ts';

describe('StreamLink.open', () => {
  it('resolves only when stream management is enabled, and has sent no presence', async () => {
    const stream = new StreamDouble();
    const { link } = linkOver([stream]);
    const states: boolean[] = [];

    const opening = link.open({ resume: false });
    await turn();
    states.push(link.isOpen);
    const [, id = ''] = / id="(\w+)"/.exec(stream.writes[0] ?? '') ?? [];
    stream.say(
      `<iq type='result' id='${id}'><bind xmlns='urn:ietf:params:xml:ns:xmpp-bind'><jid>alice@example.org/pda</jid></bind></iq>`,
    );
    await turn();
    states.push(link.isOpen);
    stream.say("<enabled xmlns='urn:xmpp:sm:3'/>");
    await opening;
    states.push(link.isOpen);

    expect(states).toEqual([false, false, true]);
    expect(stream.writes.join('')).not.toContain('presence');
    expect(id).toMatch(/^[0-9a-f]{32}$/);
  });

  it('S-086 logs in no weaker when it opens again', async () => {
    const asked: (string | undefined)[] = [];
    const streams = [new StreamDouble(), new StreamDouble()];
    const logIn = logInTo(...streams);
    const link = new StreamLink(
      { account: parseBareJid('alice@example.org'), password: 'secret', resource: 'pda' },
      { stanza: () => undefined, iq: () => undefined, closed: () => undefined },
      (options, signal) => {
        asked.push(options.leastMechanism);
        return logIn(options, signal);
      },
      systemRandom,
    );

    for (const stream of streams) {
      const opening = link.open({ resume: false });
      await turn();
      acceptSession(stream);
      await opening;
      stream.end(BROKEN);
    }

    expect(asked).toEqual([undefined, 'SCRAM-SHA-256']);
  });

  it('takes what stands right behind <enabled/> for the session, not for its making', async () => {
    const stream = new StreamDouble();
    const { link, arrived } = linkOver([stream]);

    const opening = link.open({ resume: false });
    await turn();
    const [, id = ''] = / id="(\w+)"/.exec(stream.writes[0] ?? '') ?? [];
    const bound = '<bind xmlns="urn:ietf:params:xml:ns:xmpp-bind"><jid>alice@example.org/pda</jid></bind>';
    stream.say(`<iq type='result' id='${id}'>${bound}</iq><enabled xmlns='urn:xmpp:sm:3'/><message id='first'/>`);
    await opening;

    expect(arrived.map(({ stanza, isOnlyHere }) => [stanza.attrs['id'], isOnlyHere])).toEqual([['first', false]]);
  });

  it('L-006 takes what comes between the bind and <enabled/>, counts none of it, and says that nobody else has it', async () => {
    const stream = new StreamDouble();
    const { link, arrived } = linkOver([stream]);

    const opening = link.open({ resume: false });
    await turn();
    const [, id = ''] = / id="(\w+)"/.exec(stream.writes[0] ?? '') ?? [];
    const bound = '<bind xmlns="urn:ietf:params:xml:ns:xmpp-bind"><jid>alice@example.org/pda</jid></bind>';
    stream.say(`<iq type='result' id='${id}'>${bound}</iq><message id='left over'/><enabled xmlns='urn:xmpp:sm:3'/>`);
    await opening;
    for (const { handled } of arrived) handled();
    stream.say('<r xmlns="urn:xmpp:sm:3"/>');

    expect(arrived.map(({ stanza, isOnlyHere }) => [stanza.attrs['id'], isOnlyHere])).toEqual([['left over', true]]);
    expect(stream.writes.at(-1)).toBe(ack(0));
  });

  it('is the caller’s mistake while it is open or opening', async () => {
    const stream = new StreamDouble();
    const { link } = await opened(stream);

    await expect(link.open({ resume: false })).rejects.toThrow(TypeError);
  });

  it('reports a stream that ends meanwhile by failing, not by `closed`', async () => {
    const stream = new StreamDouble();
    const { link, endings } = linkOver([stream]);
    const opening = link.open({ resume: false });
    await turn();

    stream.end(BROKEN);

    await expect(opening).rejects.toBe(BROKEN);
    expect(endings).toEqual([]);
  });

  it('gives up after a while', async () => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
    try {
      const stream = new StreamDouble();
      const { link } = linkOver([stream]);
      const opening = link.open({ resume: false });
      await turn();

      vi.advanceTimersByTime(30_000);

      await expect(opening).rejects.toMatchObject({ code: 'timed-out' });
      expect(stream.isDestroyed).toBe(true);
    } finally {
      vi.useRealTimers();
    }
  });
});

describe('StreamLink.send', () => {
  it('asks once for all that leaves in one turn, and resolves each as it is acknowledged', async () => {
    const stream = new StreamDouble();
    const { link } = await opened(stream);
    const settled: string[] = [];

    void link.send(message('1')).then(() => settled.push('1'));
    void link.send(message('2')).then(() => settled.push('2'));
    const writtenAtOnce = [...stream.writes];
    await turn();
    stream.say(ack(1));
    await turn();
    const afterFirst = [...settled];
    stream.say(ack(2));
    await turn();

    expect(writtenAtOnce).toEqual(['<message id="1"/>', '<message id="2"/>']);
    expect(stream.writes.filter((text) => text === ACK_REQUEST)).toHaveLength(1);
    expect(afterFirst).toEqual(['1']);
    expect(settled).toEqual(['1', '2']);
  });

  it('S-106 ends the stream of a server that asks ten thousand times and acknowledges none of the answers', async () => {
    const stream = new StreamDouble();
    const { endings } = await opened(stream, { iq: () => 'empty' });
    const ask = (): void => stream.say("<iq type='get' id='q'><x xmlns='urn:x'/></iq>");

    for (let asked = 0; asked < 10_000; asked += 1) ask();
    stream.say(ack(1));
    ask();
    expect(endings).toEqual([]);
    ask();

    expect(endings).toMatchObject([{ code: 'bad-answer' }]);
  });

  it('ends the stream if the server acknowledges what was never sent', async () => {
    const stream = new StreamDouble();
    const { link, endings } = await opened(stream);
    void link.send(message('1')).catch(() => undefined);

    stream.say(ack(2));

    expect(endings).toMatchObject([{ code: 'bad-answer' }]);
    expect(stream.isDestroyed).toBe(true);
    expect(link.isOpen).toBe(false);
  });
});

describe('StreamLink.request', () => {
  it('does not count an answer twice, nor one that nobody waits for', async () => {
    const stream = new StreamDouble();
    const { link, endings } = await opened(stream);
    const answer = link.request(PING);
    const [, id = ''] = / id="(\w+)"/.exec(stream.writes[0] ?? '') ?? [];

    stream.say(`<iq type='result' id='${id}'/>`, `<iq type='error' id='${id}'/>`, "<iq type='result' id='other'/>");

    expect((await answer).attrs['type']).toBe('result');
    expect(endings).toEqual([]);
  });

  it('fails when the stream breaks', async () => {
    const stream = new StreamDouble();
    const { link } = await opened(stream);
    const answer = link.request({ ...PING, to: parseJid('example.org') });

    stream.end(BROKEN);

    await expect(answer).rejects.toBe(BROKEN);
  });
});

describe('the end', () => {
  it('leaves in one write: the last stanzas, what is handled, and the end of the stream', async () => {
    const stream = new StreamDouble();
    const { link, arrived } = await opened(stream);
    stream.say("<message id='1'/>");
    arrived[0]?.handled();

    link.sendLast([message('last'), element('presence', NS.client, { type: 'unavailable' })]);
    link.sendLast([message('again')]);

    expect(stream.writes).toEqual([
      `<message id="last"/><presence type="unavailable"/>${ack(1)}${ACK_REQUEST}</stream:stream>`,
    ]);
    expect(stream.isFinished).toBe(true);
    expect(link.isOpen).toBe(false);
    await expect(link.send(message('later'))).rejects.toMatchObject({ code: 'not-connected' });
  });

  it('takes nothing in after that but acknowledgements', async () => {
    const stream = new StreamDouble();
    const { link, arrived, endings } = await opened(stream);
    const sent = link.send(message('1'));

    link.sendLast([]);
    stream.say("<message id='late'/>", ack(1));
    stream.end(BROKEN);

    await expect(sent).resolves.toBeUndefined();
    expect(arrived).toEqual([]);
    expect(endings).toEqual([]);
  });

  it('closes without an error, and rejects what the server did not acknowledge before it went', async () => {
    const stream = new StreamDouble();
    const { link, endings } = await opened(stream);
    const [first, second] = [link.send(message('1')), link.send(message('2'))];

    const closing = link.close(10_000);
    stream.say(ack(1));
    stream.end(BROKEN);
    await closing;

    await expect(first).resolves.toBeUndefined();
    await expect(second).rejects.toMatchObject({ code: 'not-acknowledged' });
    expect(endings).toEqual([]);
  });

  it('does not resume a session that was closed', async () => {
    const [first, second] = [new StreamDouble(), new StreamDouble()];
    const { link } = await opened(first, {}, [second]);
    const closing = link.close(10_000);
    first.end(BROKEN);
    await closing;

    const opening = link.open({ resume: true });
    await turn();

    expect(second.writes[0]).toContain('<bind');
    acceptSession(second);
    expect((await opening).resumed).toBe(false);
  });

  it('an abandoned connection says nothing, and its session waits', async () => {
    const [first, second] = [new StreamDouble(), new StreamDouble()];
    const { link, endings } = await opened(first, {}, [second]);
    const failed = expect(link.request(PING)).rejects.toMatchObject({ code: 'server-unreachable' });

    link.abandon();
    const opening = link.open({ resume: true });
    await turn();

    await failed;
    expect(first.isDestroyed).toBe(true);
    expect(endings).toEqual([]);
    expect(second.writes[0]).toContain('<resume');
    second.say("<resumed xmlns='urn:xmpp:sm:3' previd='sm1' h='0'/>");
    expect((await opening).resumed).toBe(true);
  });
});
