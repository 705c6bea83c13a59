/** Two accounts for which the same letters wait on one Prosody: one is read by the messenger, one by the bare library. */
import { senderKey } from '../../../test/support/test-keys.ts';
import { PASSWORD, startMessenger } from '../../../test/support/messengers.ts';
import { befriendWriter, startWriter } from '../../../test/support/letter-writer.ts';
import type { LetterWriter } from '../../../test/support/letter-writer.ts';
import { startProsody } from '../../../test/support/servers/prosody.ts';
import type { TestServer } from '../../../test/support/servers/test-server.ts';
import { toHex } from '../../../main/base/bytes.ts';
import { systemRandom } from '../../../main/crypto/random.ts';
import { parseBareJid } from '../../../main/wire/jid.ts';
import { NS } from '../../../main/wire/namespaces.ts';
import { ReaderProcess } from './reader-process.ts';

const TEXT = 'The boat leaves at seven; bring the long rope & the lamp. '.repeat(3);

/** Names of one length, so that both backlogs have the same octets. */
const OURS = 'alice';
const BARE = 'plain';

export interface Stage {
  readonly server: TestServer;
  readonly writer: LetterWriter;
  readonly ours: ReaderProcess;
  readonly bare: ReaderProcess;
  close(): Promise<void>;
}

export async function openStage(): Promise<Stage> {
  const server = await startProsody();
  const ours = new ReaderProcess(new URL('./messenger-reader.ts', import.meta.url));
  const bare = new ReaderProcess(new URL('./bare-reader.ts', import.meta.url));
  const close = async (): Promise<void> => {
    ours.end();
    bare.end();
    await server.stop();
  };
  try {
    const writer = await setUp(server, ours, bare);
    return { server, writer, ours, bare, close: () => writer.client.close().then(close) };
  } catch (error) {
    await close();
    throw error;
  }
}

/** The two know each other; nobody is there but the writer. */
async function setUp(server: TestServer, ours: ReaderProcess, bare: ReaderProcess): Promise<LetterWriter> {
  const writer = await startWriter(server, 'bob', senderKey);
  const messenger = await startMessenger(server, OURS);
  await messenger.signIn();
  await befriendWriter(messenger, writer);
  await messenger.quit();
  await server.addUser(BARE, PASSWORD);
  const common = { server: { domain: server.domain, port: server.port, caFile: server.caFile }, password: PASSWORD };
  await ours.begin({ ...common, account: OURS, directory: messenger.directory });
  await bare.begin({ ...common, account: BARE, directory: '' });
  return writer;
}

/** Has as many letters wait for both, the same. The session is in the first, as it is with every sender. */
export async function layOut({ server, writer, ours }: Stage, letters: number): Promise<void> {
  await ours.leave();
  const to = parseBareJid(`${OURS}@${server.domain}`);
  const written = await writer.start(to, await writer.optionsOf(to, NS.offline));
  const sent: Promise<void>[] = [];
  for (let number = 1; number <= letters; number += 1) {
    const letter = writer.letter(written, `${number}. ${TEXT}`, number === 1, { id: toHex(systemRandom.bytes(16)) });
    const copy = { ...letter, attrs: { ...letter.attrs, to: `${BARE}@${server.domain}` } };
    sent.push(writer.send(letter), writer.send(copy));
  }
  await Promise.all(sent);
  for (const account of [OURS, BARE]) {
    const waiting = await server.offlineCount(account);
    if (waiting !== letters) throw new Error(`${waiting} messages wait for ${account}`);
  }
}
