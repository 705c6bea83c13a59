import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { ping } from '../../../../main/protocol/xmpp/xep0199-ping.ts';
import { childText } from '../../../../main/wire/element.ts';
import { NS } from '../../../../main/wire/namespaces.ts';
import { prepareScene } from '../../../support/scripted-link.ts';
import type { Scene, ScriptedLink } from '../../../support/scripted-link.ts';
import { PLAIN_FEATURE, SASL_SUCCESS, STREAM_HEADER, features, honest } from '../../../support/scripted-server.ts';
import type { Script } from '../../../support/scripted-server.ts';

let scene: Scene;

beforeAll(async () => {
  scene = await prepareScene();
});
afterEach(() => scene.clear());
afterAll(() => scene.end());

describe('open, the login', () => {
  it('logs in and binds with an honest server', async () => {
    const { link } = await scene.serveTls(honest());

    expect(await link.open({ resume: false })).toMatchObject({ jid: 'alice@example.org/pda', resumed: false });

    await link.close(1_000);
  });

  it.each([
    ['nothing but GSSAPI', '<mechanism>GSSAPI</mechanism>'],
    ['nothing at all', ''],
  ])('sends no password where the server offers %s', async (_what, mechanisms) => {
    const offered = `<mechanisms xmlns='urn:ietf:params:xml:ns:xmpp-sasl'>${mechanisms}</mechanisms>`;
    const { link, transcript } = await scene.serveTls(() => STREAM_HEADER + features(offered));

    await expect(link.open({ resume: false })).rejects.toMatchObject({ code: 'unprotected-login' });

    expect(transcript()).not.toContain('<auth');
  });

  it('S-087 does not take the success of a server that proves nothing', async () => {
    const scram = PLAIN_FEATURE.replace('PLAIN', 'SCRAM-SHA-256');
    const { link } = await scene.serveTls((heard) => {
      return heard.includes('</auth>') ? SASL_SUCCESS : STREAM_HEADER + features(scram);
    });

    await expect(link.open({ resume: false })).rejects.toMatchObject({ code: 'bad-answer' });
  });

  it.each(['mallory@example.org/pda', 'alice@example.com/pda', 'alice@example.org', 'no jid/'])(
    'S-088 does not go on as %s',
    async (jid) => {
      const { link, transcript } = await scene.serveTls(honest(jid));

      await expect(link.open({ resume: false })).rejects.toMatchObject({ code: 'bad-answer' });

      expect(transcript()).not.toContain('<enable');
      expect(link.isOpen).toBe(false);
    },
  );

  it('takes the resource that the server gives', async () => {
    const { link } = await scene.serveTls(honest('alice@example.org/other'));

    expect(await link.open({ resume: false })).toMatchObject({ jid: 'alice@example.org/other', resumed: false });
  });

  it('S-089 asks for no compression, though the server has it', async () => {
    const compression = "<compression xmlns='http://jabber.org/features/compress'><method>zlib</method></compression>";
    const { link, transcript } = await scene.serveTls(withFeatures(compression));

    await link.open({ resume: false });

    expect(transcript()).not.toContain('compress');
  });

  it('S-089 asks for no token to log in with, nor by any profile of SASL that has them', async () => {
    const fast = "<fast xmlns='urn:xmpp:fast:0'><mechanism>HT-SHA-256-NONE</mechanism></fast>";
    const profile = `<authentication xmlns='urn:xmpp:sasl:2'><mechanism>PLAIN</mechanism><inline>${fast}</inline></authentication>`;
    const { link, transcript } = await scene.serveTls(withFeatures(profile));

    await link.open({ resume: false });

    expect(transcript()).toContain('<auth ');
    expect(transcript()).not.toMatch(/authenticate|token|fast|urn:xmpp:sasl:2/);
  });

  it('refuses a server that keeps no account of what it delivered', async () => {
    const script = honest();
    const { link } = await scene.serveTls((heard, connection) => {
      return script(heard, connection)?.replace("<sm xmlns='urn:xmpp:sm:3'/>", '');
    });

    await expect(link.open({ resume: false })).rejects.toMatchObject({ code: 'server-refused' });
  });
});

/** An honest server that offers this as well, before and after login. */
function withFeatures(more: string): Script {
  const script = honest();
  return (heard, connection) => script(heard, connection)?.replace('</stream:features>', `${more}</stream:features>`);
}

describe('the stream afterwards', () => {
  /** Logs in, then lets the server say this, each piece in a read of its own. */
  async function hear(...said: readonly (string | Buffer)[]): Promise<ScriptedLink> {
    const watched = await scene.serveTls(honest());
    await watched.link.open({ resume: false });
    for (const piece of said) await watched.server.connections[0]?.write(piece);
    return watched;
  }

  it.each([
    ['an unknown entity', '<message>&nbsp;</message>'],
    ['a forbidden character', '<message>&#0;</message>'],
    ['a comment', '<message><!-- x --></message>'],
    ['a processing instruction', '<message><?x y?></message>'],
    ['a DOCTYPE', '<!DOCTYPE a><message/>'],
    ['a duplicate attribute', "<message a='1' a='2'/>"],
    ['an unbound prefix', '<x:message/>'],
    ['a stanza outside jabber:client', "<message xmlns='urn:other'/>"],
  ])('S-100 ends the stream in order at %s, and nothing is thrown', async (_what, xml) => {
    const { link, received, ended, server, transcript } = await hear(`<message id='first'/>${xml}<message id='last'/>`);

    await server.heard((text) => text.endsWith('</stream:stream>'));

    expect(await ended).toMatchObject({ code: 'bad-answer' });
    expect(received.map(({ attrs }) => attrs['id'])).toEqual(['first']);
    expect(transcript()).toMatch(
      /<stream:error><[a-z-]+ xmlns="urn:ietf:params:xml:ns:xmpp-streams"\/><\/stream:error><\/stream:stream>$/,
    );
    expect(link.isOpen).toBe(false);
  });

  it('S-102 reads a text whole that is cut after any octet', async () => {
    const stanza = Buffer.from('<message><body>é漢𝄞</body></message>', 'utf8');
    const cuts = Array.from({ length: stanza.length - 1 }, (_none, index) => index + 1);

    const pieces = cuts.flatMap((cut) => [stanza.subarray(0, cut), stanza.subarray(cut)]);
    const { received, ended } = await hear(...pieces, '</stream:stream>');
    await ended;

    expect(received).toHaveLength(cuts.length);
    for (const message of received) expect(childText(message, 'body', NS.client)).toBe('é漢𝄞');
  });

  it('S-102 ends the stream where the server sends no UTF-8', async () => {
    const { received, ended } = await hear(
      Buffer.concat([Buffer.from('<message>'), Buffer.from([0xc3, 0x28]), Buffer.from('</message>')]),
    );

    await ended;

    expect(received).toEqual([]);
  });

  it('hears nothing more after the end, whatever is sent', async () => {
    const { link, received, ended } = await hear("<message id='first'/></stream:stream><message id='last'/>&nbsp;");

    expect(await ended).toMatchObject({ code: 'server-unreachable' });
    expect(received).toHaveLength(1);
    await expect(ping(link, 1_000)).rejects.toMatchObject({ code: 'not-connected' });
  });

  it.each([
    ['conflict', 'replaced'],
    ['system-shutdown', 'server-unreachable'],
    ['policy-violation', 'server-refused'],
    ['see-other-host', 'server-refused'],
  ])('tells a stream error %s as %s', async (condition, code) => {
    const { ended, server } = await hear(
      `<stream:error><${condition} xmlns='urn:ietf:params:xml:ns:xmpp-streams'/></stream:error></stream:stream>`,
    );

    expect(await ended).toMatchObject({ code });
    expect(server.connections).toHaveLength(1);
  });
});
