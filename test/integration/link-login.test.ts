import { readFile, rm } from 'node:fs/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createClientLink } from '../../main/protocol/xmpp/client-link.ts';
import type { Link } from '../../main/protocol/xmpp/link.ts';
import { ping } from '../../main/protocol/xmpp/xep0199-ping.ts';
import { parseBareJid } from '../../main/wire/jid.ts';
import { connectBareClient } from '../support/bare-client.ts';
import { BOTH_SERVERS } from '../support/servers/both-servers.ts';
import { makeCertificate } from '../support/servers/certificates.ts';
import { makeServerFolder } from '../support/servers/server-folder.ts';
import type { TestServer } from '../support/servers/test-server.ts';

describe.each(BOTH_SERVERS)('createClientLink, login on %s', (_name, start) => {
  let server: TestServer;
  let ca: string;

  beforeAll(async () => {
    server = await start();
    ca = await readFile(server.caFile, 'utf8');
    await server.addUser('alice', 'pässwörd, =€ 𝄞');
    await server.addUser('zoë', 'secret');
  });
  afterAll(() => server.stop());

  function linkOf(password: string, more: { readonly ca?: string; readonly directTls?: boolean } = {}): Link {
    const directTls = more.directTls ?? false;
    const port = directTls ? server.tlsPort : server.port;
    return createClientLink(
      {
        account: parseBareJid(`alice@${server.domain}`),
        password,
        resource: 'pda',
        ca: more.ca ?? ca,
        server: { host: '127.0.0.1', port, directTls },
      },
      {
        stanza: (_stanza, handled) => {
          handled();
        },
        iq: () => undefined,
        closed: () => undefined,
      },
    );
  }

  it.each([false, true])('binds the resource asked for, with direct TLS %s', async (directTls) => {
    const link = linkOf('pässwörd, =€ 𝄞', { directTls });

    const opened = await link.open({ resume: false });
    await ping(link, 5_000);

    expect(opened).toMatchObject({ jid: `alice@${server.domain}/pda`, resumed: false });
    expect(link.isOpen).toBe(true);
    await link.close(2_000);
    expect(link.isOpen).toBe(false);
  });

  it('logs in under a name beyond ASCII', async () => {
    const zoe = await connectBareClient(server, 'zoë');

    await ping(zoe.link, 5_000);

    await zoe.close();
  });

  it('says so when the password is wrong, and can be tried again', async () => {
    const link = linkOf('wrong');

    await expect(link.open({ resume: false })).rejects.toMatchObject({ code: 'wrong-password' });
    await expect(link.open({ resume: false })).rejects.toMatchObject({ code: 'wrong-password' });

    expect(link.isOpen).toBe(false);
  });

  it.each([false, true])(
    'refuses a certificate of an authority it was not told of, direct TLS %s',
    async (directTls) => {
      const folder = await makeServerFolder('other-ca', []);
      const other = await makeCertificate(folder, server.domain);
      const link = linkOf('pässwörd, =€ 𝄞', { ca: await readFile(other.caFile, 'utf8'), directTls });
      await rm(folder, { recursive: true });

      await expect(link.open({ resume: false })).rejects.toMatchObject({ code: 'certificate' });
    },
  );

  it('does nothing while it is not open', async () => {
    const link = linkOf('pässwörd, =€ 𝄞');

    await expect(ping(link, 1_000)).rejects.toMatchObject({ code: 'not-connected' });
    await link.close(1_000);
    link.abandon();
    link.sendLast([]);

    expect(link.isOpen).toBe(false);
  });

  it('gives an attempt up when it is closed meanwhile', async () => {
    const link = linkOf('pässwörd, =€ 𝄞');

    const attempt = link.open({ resume: false });
    await link.close(1_000);

    await expect(attempt).rejects.toMatchObject({ code: 'not-connected' });
  });
});

describe.each(BOTH_SERVERS)('createClientLink, SCRAM-SHA-256 on %s', (_name, start) => {
  it('logs in where the server keeps the password for SHA-256 only', async () => {
    const server = await start({ scram: 'sha256' });
    await server.addUser('alice', 'secret');
    try {
      const alice = await connectBareClient(server, 'alice');
      await ping(alice.link, 5_000);
      await alice.close();
    } finally {
      await server.stop();
    }
  });
});
