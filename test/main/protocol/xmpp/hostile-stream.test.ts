import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import { ping } from '../../../../main/protocol/xmpp/xep0199-ping.ts';
import { prepareScene } from '../../../support/scripted-link.ts';
import type { Scene, ScriptedLink } from '../../../support/scripted-link.ts';
import { honest } from '../../../support/scripted-server.ts';
import type { Script, ScriptedServer } from '../../../support/scripted-server.ts';
import { StreamDouble } from '../../../support/stream-double.ts';
import { opened } from '../../../support/watched-link.ts';

let scene: Scene;

beforeAll(async () => {
  scene = await prepareScene();
});
afterEach(() => scene.clear());
afterAll(() => scene.end());

/** Logs in at a server that answers as this says afterwards. */
async function connect(script: Script = () => undefined): Promise<ScriptedLink> {
  const login = honest();
  const watched = await scene.serveTls((heard, connection) => login(heard, connection) ?? script(heard, connection));
  await watched.link.open({ resume: false });
  return watched;
}

/** @returns the id of the last question in what was heard. */
function askedId(heard: string): string | undefined {
  return [...heard.matchAll(/<iq type="get" id="(\w+)"/g)].at(-1)?.[1];
}

describe('a question to the own server (S-090)', () => {
  it.each([
    'mallory@example.org',
    'example.com',
    'alice@example.org/pda',
    'alice@example.org/other',
    'example.org/pda',
    'alice@еxample.org', // the first letter of the domain is Cyrillic
    'alice@example.org.example.com',
    '@example.org',
    '@/x',
    '/x',
    '',
  ])('S-090 is not answered by %j, whatever the id', async (from) => {
    const { link, server } = await connect((heard) => {
      const id = askedId(heard);
      return id && `<iq type='result' id='${id}' from='${from}'><ping xmlns='forged'/></iq>`;
    });
    const asking = ping(link, 60_000);
    await server.heard((text) => text.includes('urn:xmpp:ping'));
    // The true answer comes behind the forged one: only it counts.
    const id = askedId(server.connections[0]?.transcript ?? '') ?? '';
    let isAnswered = false;
    void asking.then(() => (isAnswered = true));
    await server.connections[0]?.write("<r xmlns='urn:xmpp:sm:3'/>");
    await server.heard((text) => text.includes('<a xmlns="urn:xmpp:sm:3"'));

    expect(isAnswered).toBe(false);
    await server.connections[0]?.write(`<iq type='result' id='${id}' from='example.org'/>`);
    await asking;
  });

  it('S-090 is not answered under another id, nor twice', async () => {
    const { link, ended } = await connect((heard) => {
      const id = askedId(heard);
      if (id === undefined) return undefined;
      const answer = `<iq type='result' id='${id}' from='example.org'/>`;
      return `<iq type='result' id='${id.slice(1)}' from='example.org'/>${answer}${answer}</stream:stream>`;
    });

    await ping(link, 5_000);

    expect(await ended).toMatchObject({ code: 'server-unreachable' });
  });
});

describe('what breaks the rules of XML, anywhere in a stanza (S-100)', () => {
  const WHOLE = `<message from='bob@example.org/a' type='chat'><body>What is it to you</body><x xmlns='urn:x' a='1'>y</x></message>`;
  const BROKEN: readonly (readonly [string, string])[] = [
    ['a comment', '<!-- x -->'],
    ['a processing instruction', '<?x y?>'],
    ['a DOCTYPE', "<!DOCTYPE m [<!ENTITY e 'x'>]>"],
    ['an unknown entity', '&nbsp;'],
    ['a reference to NUL', '&#0;'],
    ['a NUL', '\0'],
    ['a control character', '\u0008'],
    ['a non-character', '\uffff'],
    ['an open angle bracket', '<'],
    ['an unbound prefix', '<u:v/>'],
    ['a doubled attribute', "<v a='1' a='2'/>"],
    ['an end tag too many', '</v>'],
    ['octets that are no UTF-8', '\udcff'],
  ];
  /** Positions in the text between tags and inside them, spread over the whole. */
  const positions = Array.from({ length: 20 }, (_none, at) => 1 + Math.round((at * (WHOLE.length - 2)) / 19));

  it.each(BROKEN)(
    'S-100 S-101 is the end of the stream for %s at 20 positions, and nothing of it is taken',
    async (_what, broken) => {
      for (const at of positions) {
        const { link, server, received, ended } = await connect();
        const octets = Buffer.from(`${WHOLE.slice(0, at)}@@${WHOLE.slice(at)}<message id='behind'/>`);
        const mark = octets.indexOf('@@');
        const what = broken === '\udcff' ? Buffer.from([0xff, 0xc3, 0x28]) : Buffer.from(broken);

        await server.connections[0]?.write("<message id='before'/>");
        await server.connections[0]?.write(Buffer.concat([octets.subarray(0, mark), what, octets.subarray(mark + 2)]));
        // Some of these only break the stanza when it goes on: the end of the stream is what tells.
        await server.connections[0]?.write('</message></stream:stream>');

        const error = await ended;
        expect([at, error.code === 'bad-answer' || error.code === 'server-unreachable']).toEqual([at, true]);
        const taken = received.map(({ attrs }) => attrs['id']);
        expect([at, taken]).toEqual([at, ['before']]);
        expect(link.isOpen).toBe(false);
        await scene.clear();
      }
    },
  );
});

describe('how much a server may say (S-103, S-106)', () => {
  it('S-103 S-101 stays small under 32 MiB of text in one stanza', async () => {
    const { server, ended } = await connect();
    const before = process.memoryUsage.rss();

    const connection = server.connections[0];
    await connection?.write('<message><body>');
    const piece = 'x'.repeat(64 * 1024);
    for (let sent = 0; sent < 32 * 1024 * 1024 && connection?.socket.writable === true; sent += piece.length) {
      await connection.write(piece);
    }

    expect(await ended).toMatchObject({ code: 'bad-answer' });
    expect(process.memoryUsage.rss() - before).toBeLessThan(300 * 1024 * 1024);
  });

  it('S-103 counts what it passed over so far that it did not look for the end: it does not come again', async () => {
    const { server, transcript } = await connect();

    await server.connections[0]?.write(`<message id='1'/><message><body>${'x'.repeat(1_100_000)}`);
    await server.heard((text) => text.includes('</stream:stream>'));

    expect(transcript()).toMatch(/<a xmlns="urn:xmpp:sm:3" h="2"\/><stream:error><policy-violation/);
  });

  it('S-103 gives up a server that says more than 16 KiB before login', async () => {
    const { link, transcript } = await scene.serveTls(
      () => `<?xml version='1.0'?>${' '.repeat(20_000)}<x a='${'y'.repeat(20_000)}`,
    );

    await expect(link.open({ resume: false })).rejects.toMatchObject({ code: 'bad-answer' });

    expect(transcript()).not.toContain('<auth');
  });

  /** Resolves with how much the server has not got rid of when that has long not changed any more. */
  async function stuckAt(server: ScriptedServer): Promise<number> {
    const clock = await connect((heard) => {
      const id = askedId(heard);
      return id && `<iq type='result' id='${id}' from='example.org'/>`;
    });
    const unread = (): number => server.connections[0]?.socket.writableLength ?? 0;
    let last = -1;
    for (let same = 0; same < 100; same = unread() === last ? same + 1 : 0) {
      last = unread();
      await ping(clock.link, 20_000);
    }
    return last;
  }

  it('S-106 does not hear one that asks and asks and reads none of the answers', async () => {
    const { server } = await connect();
    const socket = server.connections[0]?.socket;
    socket?.pause();
    // Each answer repeats the id; there are fewer of them than may wait for an acknowledgement.
    const question = `<iq type='get' id='${'q'.repeat(8_000)}' from='example.org'><x xmlns='urn:x'/></iq>`;

    for (let sent = 0; sent < 6_000; sent += 1) socket?.write(question);

    expect(await stuckAt(server)).toBeGreaterThan(0);
  });

  it('S-106 reads nothing while it is held back, and everything afterwards', async () => {
    const { server, link, received } = await connect();
    link.holdBack(true);

    const messages = `<message><body>${'x'.repeat(1_000)}</body></message>`.repeat(20_000);
    const written = server.connections[0]?.write(messages);
    const unread = await stuckAt(server);
    const before = received.length;
    link.holdBack(false);
    await written;
    await vi.waitFor(() => {
      expect(received).toHaveLength(20_000);
    }, 10_000);

    expect(unread).toBeGreaterThan(0);
    expect(before).toBe(0);
  });
});

describe('a server that falls silent (S-101)', () => {
  it('S-101 is given up a minute after it did not answer, and not before', async () => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
    try {
      const stream = new StreamDouble();
      const { endings } = await opened(stream);

      await vi.advanceTimersByTimeAsync(25_000);
      expect(stream.writes.at(-1)).toBe('<r xmlns="urn:xmpp:sm:3"/>');
      await vi.advanceTimersByTimeAsync(59_900);
      expect(endings).toEqual([]);
      await vi.advanceTimersByTimeAsync(100);

      expect(endings).toMatchObject([{ code: 'server-unreachable' }]);
      expect(stream.isDestroyed).toBe(true);
    } finally {
      vi.useRealTimers();
    }
  });
});
