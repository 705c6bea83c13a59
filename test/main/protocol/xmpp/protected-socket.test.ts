import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { prepareScene } from '../../../support/scripted-link.ts';
import type { Scene } from '../../../support/scripted-link.ts';
import { PLAIN_FEATURE, STARTTLS_FEATURE, STREAM_HEADER, features } from '../../../support/scripted-server.ts';

let scene: Scene;

beforeAll(async () => {
  scene = await prepareScene();
});
afterEach(() => scene.clear());
afterAll(() => scene.end());

/** All that may ever be said in clear. */
const HEADER_ONLY = /^<\?xml version='1.0'\?><stream:stream (?!from)[^>]*(?<! from="[^"]*")>$/;
const HEADER_AND_REQUEST =
  /^<\?xml version='1.0'\?><stream:stream (?!.* from=)[^>]*><starttls xmlns="urn:ietf:params:xml:ns:xmpp-tls"\/>$/;

describe('open, before TLS (RFC 6120 section 5)', () => {
  const proceed = "<proceed xmlns='urn:ietf:params:xml:ns:xmpp-tls'/>";

  it('S-080 sends nothing but a header without `from` where STARTTLS was stripped', async () => {
    const { link, transcript } = await scene.serveClear(() => STREAM_HEADER + features(PLAIN_FEATURE));

    await expect(link.open({ resume: false })).rejects.toMatchObject({ code: 'unprotected-login' });

    expect(transcript()).toMatch(HEADER_ONLY);
    expect(transcript()).not.toContain('alice');
  });

  it.each([
    ['refuses', "<failure xmlns='urn:ietf:params:xml:ns:xmpp-tls'/></stream:stream>"],
    ['answers something else', "<success xmlns='urn:ietf:params:xml:ns:xmpp-sasl'/>"],
    ['breaks the rules of XML', '<!-- proceed -->'],
    ['ends the stream', '</stream:stream>'],
    [
      'names another host',
      "<stream:error><see-other-host xmlns='urn:ietf:params:xml:ns:xmpp-streams'>127.0.0.1:1</see-other-host></stream:error>",
    ],
  ])('S-080 stops where the server %s, and sends nothing further', async (_what, answer) => {
    const { link, transcript } = await scene.serveClear((heard) => {
      return heard.includes('<starttls') ? answer : STREAM_HEADER + features(STARTTLS_FEATURE);
    });

    await expect(link.open({ resume: false })).rejects.toMatchObject({ code: 'unprotected-login' });

    expect(transcript()).toMatch(HEADER_AND_REQUEST);
  });

  it('S-080 waits for a stalled server without a further word, until it is given up', async () => {
    const { link, server, transcript } = await scene.serveClear((heard) => {
      return heard.includes('<starttls') ? undefined : STREAM_HEADER + features(STARTTLS_FEATURE);
    });

    const attempt = link.open({ resume: false });
    await server.heard((text) => text.includes('<starttls'));
    link.abandon();

    await expect(attempt).rejects.toMatchObject({ code: 'not-connected' });
    expect(transcript()).toMatch(HEADER_AND_REQUEST);
  });

  it('S-081 aborts where something follows the consent in clear', async () => {
    const injected = "<message xmlns='jabber:client' from='mallory@example.org'/>";
    const { link, received, transcript } = await scene.serveClear((heard) => {
      return heard.includes('<starttls') ? proceed + injected : STREAM_HEADER + features(STARTTLS_FEATURE);
    });

    await expect(link.open({ resume: false })).rejects.toMatchObject({ code: 'unprotected-login' });

    expect(transcript()).toMatch(HEADER_AND_REQUEST);
    expect(received).toEqual([]);
  });

  it('starts TLS where the server agrees, and takes nothing else for TLS', async () => {
    const { link, transcript } = await scene.serveClear((heard) => {
      if (heard.includes('<starttls')) return proceed;
      return heard.includes('<stream:stream') ? STREAM_HEADER + features(STARTTLS_FEATURE) : 'HTTP/1.1 400 Bad Request';
    });

    await expect(link.open({ resume: false })).rejects.toMatchObject({ code: 'unprotected-login' });

    expect(transcript()).not.toContain('alice');
  });
});
