import { Socket } from 'node:net';
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import type { CertificateFault } from '../../../../main/protocol/xmpp/link.ts';
import { parseBareJid } from '../../../../main/wire/jid.ts';
import { startDnsResponder } from '../../../support/dns-responder.ts';
import type { DnsResponder, ServiceRecord } from '../../../support/dns-responder.ts';
import { linkTo, prepareScene } from '../../../support/scripted-link.ts';
import type { Scene, ScriptedLink } from '../../../support/scripted-link.ts';
import { STREAM_HEADER, behindStartTls, honest } from '../../../support/scripted-server.ts';
import type { ScriptedServer, TlsFiles } from '../../../support/scripted-server.ts';
import type { CertificateContent } from '../../../support/servers/certificates.ts';

let scene: Scene;
let resolver: DnsResponder | undefined;

beforeAll(async () => {
  scene = await prepareScene();
});
afterEach(async () => {
  vi.restoreAllMocks();
  await resolver?.stop();
  resolver = undefined;
  await scene.clear();
});
afterAll(() => scene.end());

const DIRECT = '_xmpps-client._tcp.example.org';
const UPGRADED = '_xmpp-client._tcp.example.org';

function recordOf({ port }: { readonly port: number }, priority = 0): ServiceRecord {
  return { host: 'localhost', port, priority };
}

/** Alice's link, which finds its way by what the name service says. */
async function linkBy(
  records: Readonly<Record<string, readonly ServiceRecord[]>>,
  server: ScriptedServer,
): Promise<ScriptedLink> {
  resolver = await startDnsResponder(records);
  const { server: _none, ...options } = { server: undefined, ca: scene.ca };
  return linkTo(server, options);
}

const SELF_MADE: CertificateContent = { name: 'self-made', names: ['DNS:example.org'], isSelfSigned: true };

describe('open, found by SRV records (RFC 6120 3.2, XEP-0368)', () => {
  it('S-082 S-085 takes direct TLS first, and asks for and contacts nothing else', async () => {
    const direct = await scene.serve(honest(), scene.tls);
    const upgraded = await scene.serve(behindStartTls(honest()), undefined, scene.tls);
    const contacted = recordConnections();
    const { link } = await linkBy({ [DIRECT]: [recordOf(direct)], [UPGRADED]: [recordOf(upgraded)] }, direct);

    await link.open({ resume: false });

    expect(upgraded.connections).toHaveLength(0);
    expect([...new Set(resolver?.asked)].sort()).toEqual([UPGRADED, DIRECT].sort());
    expect(contacted).toEqual([`localhost:${direct.port}`]);
  });

  it('S-082 goes on by STARTTLS where nobody listens for direct TLS', async () => {
    const upgraded = await scene.serve(behindStartTls(honest()), undefined, scene.tls);
    const gone = await scene.serve(honest(), scene.tls);
    await gone.stop();
    const { link } = await linkBy({ [DIRECT]: [recordOf(gone)], [UPGRADED]: [recordOf(upgraded)] }, upgraded);

    expect(await link.open({ resume: false })).toMatchObject({ jid: 'alice@example.org/pda' });
  });

  it.each<[string, () => Promise<TlsFiles | undefined>, string]>([
    ['whose certificate is self-made', () => scene.certify(SELF_MADE), 'certificate'],
    ['that speaks no TLS', () => Promise.resolve(undefined), 'unprotected-login'],
  ])('S-082 ends at a first target %s, though a good one follows', async (_what, certify, code) => {
    const first = await scene.serve(() => STREAM_HEADER, await certify());
    const second = await scene.serve(honest(), scene.tls);
    const third = await scene.serve(behindStartTls(honest()), undefined, scene.tls);
    const records = { [DIRECT]: [recordOf(first, 1), recordOf(second, 2)], [UPGRADED]: [recordOf(third)] };
    const { link } = await linkBy(records, first);

    await expect(link.open({ resume: false })).rejects.toMatchObject({ code });

    expect([second, third].flatMap(({ connections }) => connections)).toEqual([]);
  });

  it('S-085 tries ten targets at most', async () => {
    const gone = await scene.serve(honest(), scene.tls);
    await gone.stop();
    const contacted = recordConnections();
    const { link } = await linkBy({ [DIRECT]: Array.from({ length: 30 }, () => recordOf(gone)) }, gone);

    await expect(link.open({ resume: false })).rejects.toMatchObject({ code: 'server-unreachable' });

    expect(contacted).toHaveLength(10);
  });

  it('S-085 obeys a domain that offers no such service, and contacts nobody', async () => {
    const contacted = recordConnections();
    const none = { host: '.', port: 0 };
    const { link } = await linkBy({ [DIRECT]: [none], [UPGRADED]: [none] }, await scene.serve(honest()));

    await expect(link.open({ resume: false })).rejects.toMatchObject({ code: 'server-not-found' });

    expect(contacted).toEqual([]);
  });
});

describe('open, the certificate (S-083)', () => {
  const NAME = 'example.org';

  it('S-083 takes one that names the domain among others', async () => {
    const files = await scene.certify({ name: 'own', names: ['DNS:other.example', `DNS:${NAME}`] });
    const { link } = await scene.serveWith(files, honest());

    await expect(link.open({ resume: false })).resolves.toMatchObject({ resumed: false });
  });

  it.each<[string, CertificateFault, CertificateContent]>([
    ['is expired', 'expired', { name: 'expired', names: [`DNS:${NAME}`], days: -1 }],
    ['is for another host', 'other-name', { name: 'other', names: ['DNS:example.com'] }],
    ['is self-made', 'self-made', SELF_MADE],
    ['is for clients only', 'self-made', { name: 'client', names: [`DNS:${NAME}`], purpose: 'clientAuth' }],
    [
      'names the host where the record points',
      'other-name',
      { name: 'target', names: ['DNS:localhost', 'IP:127.0.0.1'] },
    ],
    ['names the domain in its subject alone', 'other-name', { name: NAME, names: [] }],
    ['is for everything below org', 'other-name', { name: 'wide', names: ['DNS:*.org'] }],
    ['is for names one level down', 'other-name', { name: 'below', names: [`DNS:*.${NAME}`] }],
    ['names the domain as an address', 'other-name', { name: 'mail', names: [`email:alice@${NAME}`] }],
  ])('S-083 refuses one that %s (%s), and says nothing to it', async (_what, fault, content) => {
    const { link, server, transcript } = await scene.serveWith(await scene.certify(content), honest());

    await expect(link.open({ resume: false })).rejects.toMatchObject({ code: 'certificate', fault });

    expect(transcript()).toBe('');
    expect(server.connections.length).toBeLessThanOrEqual(1);
  });

  it('S-083 refuses one for another domain than the account’s', async () => {
    const { link, transcript } = await scene.serveTls(honest(), { account: parseBareJid('alice@example.com') });

    await expect(link.open({ resume: false })).rejects.toMatchObject({ code: 'certificate' });

    expect(transcript()).toBe('');
  });

  it('S-083 refuses one whose authority is unknown, whatever the environment says', async () => {
    vi.stubEnv('NODE_TLS_REJECT_UNAUTHORIZED', '0');
    const { link, transcript } = await scene.serveTls(honest(), { ca: '' });

    await expect(link.open({ resume: false })).rejects.toMatchObject({ code: 'certificate' });

    expect(transcript()).toBe('');
    vi.unstubAllEnvs();
  });

  it('S-083 refuses TLS below 1.2', async () => {
    const old = { ...scene.tls, minVersion: 'TLSv1.1', maxVersion: 'TLSv1.1', ciphers: 'DEFAULT:@SECLEVEL=0' } as const;
    const { link, transcript } = await scene.serveWith(old, honest());

    await expect(link.open({ resume: false })).rejects.toMatchObject({ code: 'unprotected-login' });

    expect(transcript()).toBe('');
  });

  it('S-083 names the domain and the protocol in its greeting', async () => {
    const greeting: { servername?: string | undefined; protocols?: readonly string[] } = {};
    const files = {
      ...scene.tls,
      SNICallback: (servername: string, done: (error: null) => void) => {
        greeting.servername = servername;
        done(null);
      },
    };
    const { link, server } = await scene.serveWith(files, honest());

    await link.open({ resume: false });

    const socket = server.connections[0]?.socket;
    expect(greeting.servername).toBe(NAME);
    expect(socket !== undefined && 'alpnProtocol' in socket && socket.alpnProtocol).toBe('xmpp-client');
  });

  it('says that nobody is there where nobody is', async () => {
    const { link, server } = await scene.serveTls(honest());
    await server.stop();

    await expect(link.open({ resume: false })).rejects.toMatchObject({ code: 'server-unreachable' });
  });
});

/** What this process connects to by TCP, from now on. */
function recordConnections(): string[] {
  const contacted: string[] = [];
  // eslint-disable-next-line @typescript-eslint/unbound-method -- it is called on the socket it was called on
  const original = Socket.prototype.connect;
  vi.spyOn(Socket.prototype, 'connect').mockImplementation(function (this: Socket, ...args: unknown[]) {
    const [options] = args.flat() as [{ host?: string; port?: number } | undefined];
    contacted.push(`${options?.host ?? ''}:${options?.port ?? 0}`);
    return Reflect.apply(original, this, args) as Socket;
  });
  return contacted;
}
