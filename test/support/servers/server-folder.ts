/** What both kinds of throw-away server share: a folder of their own, a process, and their end. */
import { rmSync } from 'node:fs';
import { mkdir, mkdtemp, readFile, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { atExit } from './at-exit.ts';
import type { GuardedProcess } from './guarded-process.ts';
import { portBecomes } from './ports.ts';
import type { StoredFile, TestServer } from './test-server.ts';

/** Makes a fresh folder under the system's temporary one, with these folders inside. */
export async function makeServerFolder(kind: string, inside: readonly string[]): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), `nightlatch-${kind}-`));
  for (const name of inside) await mkdir(join(folder, name));
  return folder;
}

/** Copies a template that stands beside this file, with every @NAME@ replaced. @throws Error for a name left over. */
export async function fillTemplate(name: string, target: string, values: Record<string, string>): Promise<void> {
  const template = await readFile(new URL(name, import.meta.url), 'utf8');
  const text = template.replace(/@([A-Z_]+)@/g, (_found, key: string) => {
    const value = values[key];
    if (value === undefined) throw new Error(`${name} asks for ${key}`);
    return value;
  });
  await writeFile(target, text);
}

export interface ServerParts {
  readonly facts: Pick<TestServer, 'kind' | 'domain' | 'port' | 'tlsPort' | 'caFile' | 'dataDir'>;
  readonly folder: string;
  readonly ports: readonly number[];
  readonly start: () => GuardedProcess;
  readonly isReady: () => Promise<boolean>;
  readonly addUser: TestServer['addUser'];
  readonly offlineCount: TestServer['offlineCount'];
  readonly forgetArchive: TestServer['forgetArchive'];
}

/** Starts the server and waits until it is ready. @throws Error with the end of its output if it does not start. */
export async function makeServer(parts: ServerParts): Promise<TestServer> {
  const forgetFolder = atExit(() => rmSync(parts.folder, { recursive: true, force: true }));
  let running = await startAndWait(parts);
  const end = async (how: 'terminate' | 'kill'): Promise<void> => {
    await running[how]();
    for (const port of parts.ports) await portBecomes(false, port, 5_000);
  };
  return {
    ...parts.facts,
    addUser: parts.addUser,
    offlineCount: parts.offlineCount,
    forgetArchive: parts.forgetArchive,
    storedFiles: () => readAll(parts.folder),
    kill: () => end('kill'),
    restart: async () => {
      await end('terminate');
      running = await startAndWait(parts);
    },
    stop: async () => {
      await end('terminate');
      forgetFolder();
      await rm(parts.folder, { recursive: true, force: true });
    },
  };
}

/** A port that was free may be taken before the server opens it: then another one is tried, a few times. */
export async function startOnFreePorts(start: () => Promise<TestServer>): Promise<TestServer> {
  for (let attempts = 3; attempts > 1; attempts -= 1) {
    try {
      return await start();
    } catch (error) {
      if (!(error instanceof Error) || !/in use|eaddrinuse/i.test(error.message)) throw error;
    }
  }
  return start();
}

async function startAndWait(parts: ServerParts): Promise<GuardedProcess> {
  const started = parts.start();
  const isReady = await Promise.race([parts.isReady(), started.ended.then(() => false)]);
  if (isReady) return started;
  const output = await outputOf(parts.folder);
  await started.kill();
  throw new Error(`${parts.facts.kind} did not start:\n${output}`);
}

async function outputOf(folder: string): Promise<string> {
  const logs = (await readAll(folder)).filter((file) => file.path.endsWith('.log'));
  return logs.map((file) => `${file.path}:\n${file.content.toString('utf8').slice(-2_000)}`).join('\n');
}

async function readAll(folder: string): Promise<StoredFile[]> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  const paths = entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name));
  return (await Promise.all(paths.map(readOne))).flat();
}

/** The server may remove a file between the listing and the reading. */
async function readOne(path: string): Promise<StoredFile[]> {
  return readFile(path).then(
    (content) => [{ path, content }],
    () => [],
  );
}
