import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { scramLogin, success } from '../../../support/scram-login.ts';
import type { ScramPlay } from '../../../support/scram-login.ts';
import { prepareScene } from '../../../support/scripted-link.ts';
import type { Scene } from '../../../support/scripted-link.ts';
import { SASL_SUCCESS, STREAM_HEADER, behindStartTls, honest } from '../../../support/scripted-server.ts';

let scene: Scene;

beforeAll(async () => {
  scene = await prepareScene();
});
afterEach(() => scene.clear());
afterAll(() => scene.end());

const SASL = "xmlns='urn:ietf:params:xml:ns:xmpp-sasl'";

describe('open, SCRAM with a server that lies (RFC 5802)', () => {
  it('S-087 logs in where the server proves that it knows the password', async () => {
    const { link } = await scene.serveTls(scramLogin().script);

    expect(await link.open({ resume: false })).toMatchObject({ mechanism: 'SCRAM-SHA-256', resumed: false });
  });

  it.each<[string, ScramPlay]>([
    ['says nothing with its success', { success: () => SASL_SUCCESS }],
    ['signs with another password', { success: (v) => success(v.replace(/^v=..../, 'v=AAAA')) }],
    ['signs with nothing', { success: () => success('v=') }],
    ['cuts its signature short', { success: (v) => success(v.slice(0, -8)) }],
    ['asks for a last word and then proves nothing', { success: () => `<challenge ${SASL}>djA=</challenge>` }],
    ['succeeds before the exchange', { challenge: () => '', success: () => SASL_SUCCESS }],
  ])('S-087 ends at one that %s', async (_what, play) => {
    const { link, transcript } = await scene.serveTls(scramLogin(play).script);

    await expect(link.open({ resume: false })).rejects.toMatchObject({ code: 'bad-answer' });

    expect(transcript()).not.toContain('<bind');
    expect(link.isOpen).toBe(false);
  });

  it('S-087 takes no success in the place of the first challenge', async () => {
    const { script } = scramLogin();
    const { link } = await scene.serveTls((heard, connection) => {
      return heard.includes('</auth>') ? success('v=AAAA') : script(heard, connection);
    });

    await expect(link.open({ resume: false })).rejects.toMatchObject({ code: 'bad-answer' });
  });

  it.each<[string, ScramPlay]>([
    ['a nonce that is not ours', { challenge: (first) => first.replace(/^r=..../, 'r=xxxx') }],
    ['our nonce alone', { challenge: (first) => first.replace(/^(r=.{24})[^,]+/, '$1') }],
    ['something it must understand', { challenge: (first) => `m=x,${first}` }],
  ])('S-087 ends at a challenge with %s, before anything is computed', async (_what, play) => {
    const { link, transcript } = await scene.serveTls(scramLogin(play).script);

    await expect(link.open({ resume: false })).rejects.toMatchObject({ code: 'bad-answer' });

    expect(transcript()).not.toContain('<response');
  });

  it('S-087 tells a wrong password from a lying server', async () => {
    const { link } = await scene.serveTls(scramLogin({ password: 'another' }).script);

    await expect(link.open({ resume: false })).rejects.toMatchObject({ code: 'wrong-password' });
  });
});

describe('open, which mechanism (S-086)', () => {
  const PLUS = ['SCRAM-SHA-256', 'SCRAM-SHA-256-PLUS'];

  it('S-087 binds the login to the connection where both can (RFC 9266)', async () => {
    const { script, heard } = scramLogin({ mechanisms: PLUS, bindings: ['tls-exporter'] });
    const { link } = await scene.serveTls(script);

    await link.open({ resume: false });

    expect(heard).toEqual({ mechanism: 'SCRAM-SHA-256-PLUS', header: 'p=tls-exporter,,', isBound: true });
  });

  it('S-087 binds it behind STARTTLS as well', async () => {
    const { script, heard } = scramLogin({ mechanisms: PLUS, bindings: ['tls-unique', 'tls-exporter'] });
    const { link } = await scene.serveStartTls(behindStartTls(script));

    await link.open({ resume: false });

    expect(heard.isBound).toBe(true);
  });

  it.each<[string, ScramPlay, string]>([
    ['says that it could where the server offers none', { mechanisms: ['SCRAM-SHA-256'] }, 'y,,'],
    ['does not where the server means another kind', { mechanisms: PLUS, bindings: ['tls-unique'] }, 'n,,'],
    ['does not where the server does not tell the kind', { mechanisms: PLUS }, 'n,,'],
  ])('S-087 %s', async (_what, play, header) => {
    const { script, heard } = scramLogin(play);
    const { link } = await scene.serveTls(script);

    await link.open({ resume: false });

    expect(heard).toMatchObject({ mechanism: 'SCRAM-SHA-256', header });
  });

  it('S-087 does not bind to TLS 1.2, whose keys may be those of two connections', async () => {
    const { script, heard } = scramLogin({ mechanisms: PLUS, bindings: ['tls-exporter'] });
    const { link } = await scene.serveWith({ ...scene.tls, maxVersion: 'TLSv1.2' }, script);

    await link.open({ resume: false });

    expect(heard.header).toBe('n,,');
  });

  it.each([
    ['only PLAIN after SCRAM', 'SCRAM-SHA-1', honest()],
    ['SHA-1 after SHA-256', 'SCRAM-SHA-256', scramLogin({ mechanisms: ['SCRAM-SHA-1', 'PLAIN'] }).script],
    ['no channel binding after it was used', 'SCRAM-SHA-256-PLUS', scramLogin().script],
  ])('S-086 says nothing to a server that offers %s', async (_what, leastMechanism, script) => {
    const { link, transcript } = await scene.serveTls(script, { leastMechanism });

    await expect(link.open({ resume: false })).rejects.toMatchObject({ code: 'unprotected-login' });

    expect(transcript()).not.toContain('<auth');
  });

  it('S-086 prefers SCRAM to PLAIN, and the same or a stronger one than the last time is good', async () => {
    const { script, heard } = scramLogin({ mechanisms: ['PLAIN', 'SCRAM-SHA-1', 'SCRAM-SHA-512'] });
    const { link } = await scene.serveTls(script, { leastMechanism: 'SCRAM-SHA-512' });

    await link.open({ resume: false });

    expect(heard.mechanism).toBe('SCRAM-SHA-512');
  });
});

describe('open, a server that names another place (S-084)', () => {
  const elsewhere = (place: string): string =>
    `<stream:error><see-other-host xmlns='urn:ietf:params:xml:ns:xmpp-streams'>${place}</see-other-host></stream:error></stream:stream>`;

  it('S-084 follows it after TLS, and asks for TLS for the same domain there', async () => {
    const there = await scene.serve(behindStartTls(honest()), undefined, scene.tls);
    const { link, server } = await scene.serveTls(() => STREAM_HEADER + elsewhere(`127.0.0.1:${there.port}`));

    expect(await link.open({ resume: false })).toMatchObject({ jid: 'alice@example.org/pda' });

    expect(server.connections).toHaveLength(1);
    expect(there.connections).toHaveLength(1);
  });

  it('S-084 says nothing to a place whose certificate is not the domain’s', async () => {
    const other = await scene.certify({ name: 'there', names: ['DNS:there.example'] });
    const there = await scene.serve(behindStartTls(honest()), undefined, other);
    const { link } = await scene.serveTls(() => STREAM_HEADER + elsewhere(`127.0.0.1:${there.port}`));

    await expect(link.open({ resume: false })).rejects.toMatchObject({ code: 'certificate' });

    expect(there.connections[0]?.transcript).not.toContain('<auth');
  });

  it('S-084 follows twice and no further', async () => {
    let own = '';
    const circle = await scene.serve(
      behindStartTls(() => STREAM_HEADER + elsewhere(own)),
      undefined,
      scene.tls,
    );
    own = `127.0.0.1:${circle.port}`;
    const { link } = await scene.serveTls(() => STREAM_HEADER + elsewhere(own));

    await expect(link.open({ resume: false })).rejects.toMatchObject({ code: 'server-refused' });

    expect(circle.connections).toHaveLength(2);
  });

  it.each(['', 'a b', 'alice@example.org:5222', '127.0.0.1:0', '127.0.0.1:65536', 'x'.repeat(256)])(
    'S-084 goes nowhere for %j',
    async (place) => {
      const { link, server } = await scene.serveTls(() => STREAM_HEADER + elsewhere(place));

      await expect(link.open({ resume: false })).rejects.toMatchObject({ code: 'server-refused' });

      expect(server.connections).toHaveLength(1);
    },
  );
});
