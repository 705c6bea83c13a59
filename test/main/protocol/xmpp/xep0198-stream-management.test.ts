import { setImmediate as turn } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { LinkError } from '../../../../main/protocol/xmpp/link.ts';
import { ACK_REQUEST, StreamDouble, acceptSession, ack } from '../../../support/stream-double.ts';
import { BROKEN, PING, message, opened } from '../../../support/watched-link.ts';
import type { WatchedLink } from '../../../support/watched-link.ts';

describe('resumption (XEP-0198 §5)', () => {
  async function brokenWith(
    sent: readonly string[],
    next: StreamDouble,
  ): Promise<WatchedLink & { readonly first: StreamDouble; readonly settled: string[] }> {
    const first = new StreamDouble();
    const watched = await opened(first, {}, [next]);
    const settled: string[] = [];
    for (const id of sent) {
      watched.link.send(message(id)).then(
        () => settled.push(id),
        (error: unknown) => settled.push(`${id} ${error instanceof LinkError ? error.code : ''}`),
      );
    }
    await turn();
    return { ...watched, first, settled };
  }

  it('R-247 sends the unacknowledged stanzas again byte for byte and in order, before anything new', async () => {
    const next = new StreamDouble();
    const { link, first, settled } = await brokenWith(['1', '2', '3'], next);
    first.say(ack(1));
    first.end(BROKEN);

    const opening = link.open({ resume: true });
    await turn();
    next.say("<resumed xmlns='urn:xmpp:sm:3' previd='sm1' h='1'/>");
    const { resumed } = await opening;
    void link.send(message('4'));
    await turn();
    next.say(ack(4));
    await turn();

    expect(resumed).toBe(true);
    expect(next.writes.filter((text) => text.startsWith('<message'))).toEqual([
      first.writes[1],
      first.writes[2],
      '<message id="4"/>',
    ]);
    expect(settled).toEqual(['1', '2', '3']);
  });

  it('tells the server what is handled, not what arrived, and counts on from there', async () => {
    const next = new StreamDouble();
    const { link, first, arrived } = await brokenWith([], next);
    first.say("<message id='1'/>", "<message id='2'/>", "<iq type='result' id='x'/>");
    arrived[0]?.handled();
    first.end(BROKEN);

    const opening = link.open({ resume: true });
    await turn();
    arrived[1]?.handled(); // too late: the server has been told and sends it again
    next.say("<resumed xmlns='urn:xmpp:sm:3' previd='sm1' h='0'/>", "<message id='2'/>");
    await opening;
    arrived[2]?.handled();
    next.say("<r xmlns='urn:xmpp:sm:3'/>");

    expect(next.writes[0]).toBe('<resume xmlns="urn:xmpp:sm:3" previd="sm1" h="1"/>');
    expect(next.writes.at(-1)).toBe(ack(2));
  });

  it('binds anew in the same call where the session is gone, and rejects first what was never acknowledged', async () => {
    const next = new StreamDouble();
    const { link, first, settled } = await brokenWith(['1', '2'], next);
    first.end(BROKEN);

    const opening = link.open({ resume: true });
    await turn();
    next.say(
      "<failed xmlns='urn:xmpp:sm:3' h='1'><item-not-found xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'/></failed>",
    );
    acceptSession(next);
    const { resumed } = await opening;

    expect(resumed).toBe(false);
    expect(settled).toEqual(['1', '2 not-acknowledged']);
    expect(next.writes).toEqual([]);
  });

  it('does not ask for a session again that the server has refused, even if that connection failed', async () => {
    const [second, third] = [new StreamDouble(), new StreamDouble()];
    const first = new StreamDouble();
    const { link } = await opened(first, {}, [second, third]);
    first.end(BROKEN);
    const failing = link.open({ resume: true });
    await turn();
    second.say("<failed xmlns='urn:xmpp:sm:3'/>");
    second.end(BROKEN);
    await expect(failing).rejects.toBe(BROKEN);

    const opening = link.open({ resume: true });
    await turn();

    expect(third.writes[0]).toContain('<bind');
    acceptSession(third);
    expect((await opening).resumed).toBe(false);
  });
});

describe('acknowledging (XEP-0198 §4, L-006)', () => {
  it('L-006 counts a stanza only when it and all before it are handled', async () => {
    const stream = new StreamDouble();
    const { arrived } = await opened(stream);
    const ask = (): string | undefined => {
      stream.say("<r xmlns='urn:xmpp:sm:3'/>");
      return stream.writes.at(-1);
    };

    stream.say("<message id='1'/>", "<presence id='2'/>", "<message id='3'/>");
    const none = ask();
    arrived[1]?.handled();
    const gap = ask();
    arrived[0]?.handled();
    const two = ask();
    arrived[2]?.handled();
    arrived[2]?.handled();
    const three = ask();

    expect([none, gap, two, three]).toEqual([ack(0), ack(0), ack(2), ack(3)]);
  });

  it('L-006 counts answers to its own questions and questions of others as they are dealt with', async () => {
    const stream = new StreamDouble();
    const { link } = await opened(stream, { iq: () => 'empty' });
    const answer = link.request(PING);
    const [, id = ''] = / id="(\w+)"/.exec(stream.writes[0] ?? '') ?? [];

    stream.say(
      `<iq type='result' id='${id}'/>`,
      "<iq type='get' id='x' from='bob@example.com'><ping xmlns='urn:xmpp:ping'/></iq>",
    );
    await answer;
    stream.say("<r xmlns='urn:xmpp:sm:3'/>");

    expect(stream.writes.at(-1)).toBe(ack(2));
  });

  it('tells the rest by itself when it is handled after the server asked', async () => {
    const stream = new StreamDouble();
    const { arrived } = await opened(stream);
    stream.say("<message id='1'/>", "<message id='2'/>", "<r xmlns='urn:xmpp:sm:3'/>");

    for (const { handled } of arrived) handled();
    await turn();

    expect(stream.writes).toEqual([ack(0), ack(2)]);
  });

  it('ends the stream if a stanza cannot be taken, so that the server keeps it', async () => {
    const stream = new StreamDouble();
    const fault = new Error('disk full');
    const { endings } = await opened(stream, {
      stanza: () => {
        throw fault;
      },
    });

    stream.say("<message id='1'/>", "<message id='2'/>");

    expect(endings).toMatchObject([{ code: 'bad-answer', cause: fault }]);
    expect(stream.writes).toEqual([]);
  });
});

describe('silence', () => {
  beforeEach(() => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
  });
  afterEach(() => {
    vi.useRealTimers();
  });

  it('L-040 makes the link ask, and then give the connection up, after 85 s in all', async () => {
    const stream = new StreamDouble();
    const { endings } = await opened(stream);

    vi.advanceTimersByTime(25_000);
    const asked = [...stream.writes];
    vi.advanceTimersByTime(59_999);
    const before = endings.length;
    vi.advanceTimersByTime(1);

    expect(asked).toEqual([ACK_REQUEST]);
    expect(before).toBe(0);
    expect(endings).toMatchObject([{ code: 'server-unreachable' }]);
    expect(stream.isDestroyed).toBe(true);
  });

  it('is broken by any word from the server', async () => {
    const stream = new StreamDouble();
    const { endings } = await opened(stream);

    for (let minutes = 0; minutes < 10; minutes += 1) {
      vi.advanceTimersByTime(60_000);
      stream.say("<message id='1'/>");
    }

    expect(endings).toEqual([]);
  });

  it('of the server after a question is a time-out for whoever asked', async () => {
    const stream = new StreamDouble();
    const { link } = await opened(stream);
    const answer = link.request({ ...PING, timeoutMs: 5_000 });

    vi.advanceTimersByTime(5_000);

    await expect(answer).rejects.toMatchObject({ code: 'timed-out' });
  });
});
