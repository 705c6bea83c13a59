/** Starts a throw-away ejabberd (servers.md 1): the Erlang machine itself, without ejabberdctl, epmd or distribution. */
import { readFile, readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { makeCertificate } from './certificates.ts';
import type { Certificate } from './certificates.ts';
import { startGuarded } from './guarded-process.ts';
import { freePorts } from './ports.ts';
import { findProgram } from './programs.ts';
import { fillTemplate, makeServer, makeServerFolder, startOnFreePorts } from './server-folder.ts';
import type { ServerOptions, TestServer } from './test-server.ts';

const START_MS = 30_000;

/** On the disk alone the archive is read whole for each message that is added: ten minutes for a few thousand. */
const ARCHIVE_IN_MEMORY = 'mnesia:change_table_copy_type(archive_msg, node(), disc_copies).';

/** @throws Error naming the Debian package if ejabberd, Erlang or openssl is not installed. */
export function startEjabberd(options: ServerOptions = {}): Promise<TestServer> {
  return startOnFreePorts(() => startOnce(options));
}

async function startOnce(options: ServerOptions): Promise<TestServer> {
  const program = findProgram('erl', 'ejabberd');
  const libraries = await findLibraries();
  const domain = options.domain ?? 'example.org';
  const folder = await makeServerFolder('ejabberd', ['spool', 'logs', 'certs']);
  const [port = 0, tlsPort = 0, httpPort = 0] = await freePorts(3);
  const certificate = await makeCertificate(join(folder, 'certs'), domain);
  await joinKeyAndCertificate(certificate, join(folder, 'certs', `${domain}.pem`));
  const configFile = join(folder, 'ejabberd.yml');
  await fillTemplate('ejabberd.yml', configFile, configurationOf(options, { folder, domain, port, tlsPort, httpPort }));
  const api = (call: string, body: object): Promise<unknown> => callApi(httpPort, call, body);
  const command = {
    program,
    args: [
      ...['-noinput', '+K', 'true', '-mnesia', 'dir', `"${join(folder, 'spool')}"`, '-s', 'ejabberd'],
      ...(options.archive === true ? ['-eval', ARCHIVE_IN_MEMORY] : []),
    ],
    env: environmentOf(folder, configFile, libraries),
    folder,
    cwd: join(folder, 'spool'),
    outputFile: join(folder, 'logs', 'output.log'),
  };
  return makeServer({
    facts: { kind: 'ejabberd', domain, port, tlsPort, caFile: certificate.caFile, dataDir: join(folder, 'spool') },
    folder,
    ports: [port, tlsPort, httpPort],
    start: () => startGuarded(command),
    isReady: () => apiAnswers(api),
    addUser: async (user, password) => {
      await api('register', { user, host: domain, password });
    },
    forgetArchive: async () => {
      await api('delete_old_mam_messages', { type: 'all', days: 0 });
    },
    offlineCount: async (user) => numberIn(await api('get_offline_count', { user, host: domain })),
  });
}

function environmentOf(folder: string, configFile: string, libraries: string): Record<string, string> {
  return {
    HOME: folder,
    ERL_LIBS: libraries,
    EJABBERD_CONFIG_PATH: configFile,
    EJABBERD_LOG_PATH: join(folder, 'logs', 'ejabberd.log'),
    ERL_CRASH_DUMP: join(folder, 'logs', 'crash.dump'),
  };
}

function configurationOf(
  options: ServerOptions,
  place: { folder: string; domain: string; port: number; tlsPort: number; httpPort: number },
): Record<string, string> {
  const silence = options.readTimeoutSeconds;
  return {
    DIR: place.folder,
    DOMAIN: place.domain,
    PORT: String(place.port),
    TLS_PORT: String(place.tlsPort),
    HTTP_PORT: String(place.httpPort),
    PASSWORD_HASH: options.scram === 'sha256' ? 'sha256' : 'sha',
    OFFLINE_MAX: String(options.offlineMax ?? 'infinity'),
    HIBERNATION: String(options.hibernationSeconds ?? 5),
    ACK_TIMEOUT: silence === undefined ? '60' : '5',
    SEND_PINGS: String(silence !== undefined),
    PING_INTERVAL: String(silence ?? 60),
    MODULES: modulesOf(options),
    EXTRA: options.extra ?? '',
  };
}

function modulesOf(options: ServerOptions): string {
  const pubsub = [
    '  mod_pubsub:',
    '    access_createnode: pubsub_createnode',
    '    plugins:',
    '      - flat',
    '      - pep',
  ];
  const archive = ['  mod_mam:', '    default: always'];
  return [...(options.pep === false ? [] : pubsub), ...(options.archive === true ? archive : [])].join('\n');
}

/** @returns the folder above the one that the Debian package installs, such as /usr/lib/x86_64-linux-gnu. */
async function findLibraries(): Promise<string> {
  for (const entry of await readdir('/usr/lib')) {
    const inside = await readdir(join('/usr/lib', entry)).catch(() => []);
    if (inside.some((name) => name.startsWith('ejabberd-'))) return join('/usr/lib', entry);
  }
  throw new Error('ejabberd is missing: apt-get install ejabberd');
}

async function joinKeyAndCertificate(certificate: Certificate, target: string): Promise<void> {
  const parts = await Promise.all([readFile(certificate.keyFile), readFile(certificate.certFile)]);
  await writeFile(target, Buffer.concat(parts));
}

async function apiAnswers(api: (call: string, body: object) => Promise<unknown>): Promise<boolean> {
  const deadline = Date.now() + START_MS;
  for (;;) {
    const answered = await api('status', {}).then(
      () => true,
      () => false,
    );
    if (answered || Date.now() > deadline) return answered;
    await pause(50);
  }
}

function numberIn(answer: unknown): number {
  return typeof answer === 'object' && answer !== null && 'value' in answer ? Number(answer.value) : Number.NaN;
}

async function callApi(port: number, call: string, body: object): Promise<unknown> {
  const response = await fetch(`http://127.0.0.1:${port}/api/${call}`, { method: 'POST', body: JSON.stringify(body) });
  if (!response.ok) throw new Error(`ejabberd ${call}: ${response.status} ${await response.text()}`);
  return response.json();
}
