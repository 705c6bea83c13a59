/** Three accounts for which the same letters wait on one Prosody: the messenger's, the bare library's, the link's. */
import { PASSWORD, startMessenger } from '../../../test/support/messengers.ts';
import { befriendWriter, startWriter } from '../../../test/support/letter-writer.ts';
import type { LetterWriter } from '../../../test/support/letter-writer.ts';
import { startProsody } from '../../../test/support/servers/prosody.ts';
import type { TestServer } from '../../../test/support/servers/test-server.ts';
import { toHex } from '../../../main/base/bytes.ts';
import { systemRandom } from '../../../main/crypto/random.ts';
import { generateSigningKey, importSigningKey } from '../../../main/crypto/signature.ts';
import type { Element } from '../../../main/wire/element.ts';
import { parseBareJid } from '../../../main/wire/jid.ts';
import { NS } from '../../../main/wire/namespaces.ts';
import { keepOffline } from './prosody-store.ts';
import { ReaderProcess } from './reader-process.ts';

const TEXT = 'The boat leaves at seven; bring the long rope & the lamp. '.repeat(3);

/** Names of one length, so that all backlogs have the same octets. */
const ACCOUNTS = { ours: 'alice', bare: 'plain', link: 'lines' } as const;
const SCRIPTS = { ours: './messenger-reader.ts', bare: './bare-reader.ts', link: './link-reader.ts' } as const;

export type ReaderName = keyof typeof ACCOUNTS;

export interface Stage extends Readonly<Record<ReaderName, ReaderProcess>> {
  readonly server: TestServer;
  readonly writers: readonly LetterWriter[];
  close(): Promise<void>;
}

/** @param writers - How many people write, each with a key of their own. */
export async function openStage(writers: number): Promise<Stage> {
  const server = await startProsody();
  const reader = (name: ReaderName): ReaderProcess => new ReaderProcess(new URL(SCRIPTS[name], import.meta.url));
  const readers = { ours: reader('ours'), bare: reader('bare'), link: reader('link') };
  const close = async (): Promise<void> => {
    for (const process of Object.values(readers)) process.end();
    await server.stop();
  };
  try {
    const people = await setUp(server, readers, writers);
    const leave = (): Promise<unknown> => Promise.all(people.map(({ client }) => client.close()));
    return { server, writers: people, ...readers, close: () => leave().then(close) };
  } catch (error) {
    await close();
    throw error;
  }
}

/** All know each other; nobody is there but the writers. */
async function setUp(
  server: TestServer,
  readers: Readonly<Record<ReaderName, ReaderProcess>>,
  count: number,
): Promise<readonly LetterWriter[]> {
  const messenger = await startMessenger(server, ACCOUNTS.ours);
  await messenger.signIn();
  const writers: LetterWriter[] = [];
  for (let number = 1; number <= count; number += 1) {
    const key = importSigningKey(await generateSigningKey());
    const writer = await startWriter(server, `bob${number}`, key);
    await befriendWriter(messenger, writer);
    writers.push(writer);
  }
  await messenger.quit();
  const place = { domain: server.domain, port: server.port, caFile: server.caFile };
  for (const name of ['bare', 'link'] as const) await server.addUser(ACCOUNTS[name], PASSWORD);
  for (const name of ['ours', 'bare', 'link'] as const) {
    const directory = name === 'ours' ? messenger.directory : '';
    await readers[name].begin({ server: place, account: ACCOUNTS[name], password: PASSWORD, directory });
  }
  return writers;
}

/** Leaves, and has that many letters sealed for the key it left, the writers taking turns. */
export async function sealLetters({ server, writers, ours }: Stage, count: number): Promise<readonly Element[]> {
  await ours.leave();
  const to = parseBareJid(`${ACCOUNTS.ours}@${server.domain}`);
  const sessions = await Promise.all(
    writers.map(async (writer) => ({
      writer,
      written: await writer.start(to, await writer.optionsOf(to, NS.offline)),
    })),
  );
  return Array.from({ length: count }, (_none, at) => {
    const session = sessions[at % sessions.length];
    if (session === undefined) throw new TypeError('nobody writes');
    const { writer, written } = session;
    // The session is in the first of each, as it is with every sender.
    const isFirst = at < sessions.length;
    const letter = writer.letter(written, `${at + 1}. ${TEXT}`, isFirst, { id: toHex(systemRandom.bytes(16)) });
    return { ...letter, attrs: { ...letter.attrs, from: `${writer.address}/desk` } };
  });
}

/** Has the letters wait for one of the readers. @throws Error where the server has still, or has then, something else. */
export function layOut({ server }: Stage, reader: ReaderName, letters: readonly Element[]): Promise<void> {
  return keepOffline(server, ACCOUNTS[reader], letters);
}
