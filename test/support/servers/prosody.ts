/** Starts a throw-away Prosody (servers.md 1). */
import { execFile } from 'node:child_process';
import { readFile, readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { makeCertificate } from './certificates.ts';
import { startGuarded } from './guarded-process.ts';
import { freePorts, portBecomes } from './ports.ts';
import { findProgram } from './programs.ts';
import { fillTemplate, makeServer, makeServerFolder, startOnFreePorts } from './server-folder.ts';
import type { ServerOptions, TestServer } from './test-server.ts';

const run = promisify(execFile);
const START_MS = 10_000;

/** @throws Error naming the Debian package if Prosody or openssl is not installed. */
export function startProsody(options: ServerOptions = {}): Promise<TestServer> {
  return startOnFreePorts(() => startOnce(options));
}

async function startOnce(options: ServerOptions): Promise<TestServer> {
  const program = findProgram('prosody', 'prosody');
  const domain = options.domain ?? 'example.org';
  const folder = await makeServerFolder('prosody', ['data', 'certs']);
  const [port = 0, tlsPort = 0] = await freePorts(2);
  const { caFile } = await makeCertificate(join(folder, 'certs'), domain);
  const configFile = join(folder, 'prosody.cfg.lua');
  await fillTemplate('prosody.cfg.lua', configFile, configurationOf(options, { folder, domain, port, tlsPort }));
  const command = {
    program,
    args: ['--config', configFile, '-F'],
    folder,
    outputFile: join(folder, 'output.log'),
  };
  return makeServer({
    facts: { kind: 'prosody', domain, port, tlsPort, caFile, dataDir: join(folder, 'data') },
    folder,
    ports: [port, tlsPort],
    start: () => startGuarded(command),
    isReady: async () => (await portBecomes(true, tlsPort, START_MS)) && (await hasItsPorts(folder)),
    addUser: (name, password) => register(configFile, [name, domain, password]),
    offlineCount: (user) => countOffline(join(folder, 'data'), user),
    forgetArchive: () => removeArchives(join(folder, 'data')),
  });
}

function configurationOf(
  options: ServerOptions,
  place: { folder: string; domain: string; port: number; tlsPort: number },
): Record<string, string> {
  const modules = [...(options.pep === false ? [] : ['"pep"']), ...(options.archive === true ? ['"mam"'] : [])];
  return {
    DIR: place.folder,
    DOMAIN: place.domain,
    PORT: String(place.port),
    TLS_PORT: String(place.tlsPort),
    MODULES: modules.join('; '),
    PASSWORD_HASH: options.scram === 'sha256' ? 'SHA-256' : 'SHA-1',
    HIBERNATION: String(options.hibernationSeconds ?? 5),
    READ_TIMEOUT: String(options.readTimeoutSeconds ?? 840),
    EXTRA: options.extra ?? '',
  };
}

/** Prosody goes on without a port that somebody else has, and only its log tells. */
async function hasItsPorts(folder: string): Promise<boolean> {
  return !(await readFile(join(folder, 'prosody.log'), 'utf8')).includes('Failed to open server port');
}

async function register(configFile: string, account: readonly string[]): Promise<void> {
  await run(findProgram('prosodyctl', 'prosody'), ['--config', configFile, 'register', ...account]);
}

async function removeArchives(dataDir: string): Promise<void> {
  for (const host of await readdir(dataDir)) await rm(join(dataDir, host, 'archive'), { recursive: true, force: true });
}

/** The store keeps one Lua list per account, one `item({` each. */
async function countOffline(dataDir: string, user: string): Promise<number> {
  for (const host of await readdir(dataDir)) {
    const file = join(dataDir, host, 'offline', `${user}.list`);
    const text = await readFile(file, 'utf8').catch(() => '');
    if (text !== '') return text.match(/^item\(/gm)?.length ?? 0;
  }
  return 0;
}
