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
import { ReaderProcess } from '../backlog/reader-process.ts';
import type { BenchCase, BenchEntry } from '../bench-case.ts';

const LETTERS = 1_000;
const TEXT = 'The boat leaves at seven; bring the long rope & the lamp. '.repeat(3);

/** Names of one length, so that both backlogs have the same octets. */
const OURS = 'alice';
const BARE = 'plain';

interface Stage {
  readonly server: TestServer;
  readonly writer: LetterWriter;
  readonly ours: ReaderProcess;
  readonly bare: ReaderProcess;
}

export const backlog: BenchCase = {
  name: 'backlog',
  about: '1,000 waiting letters read by the whole messenger, over the same stanzas read by the bare library',
  async prepare() {
    const server = await startProsody();
    const ours = new ReaderProcess(new URL('../backlog/messenger-reader.ts', import.meta.url));
    const bare = new ReaderProcess(new URL('../backlog/bare-reader.ts', import.meta.url));
    const close = async (): Promise<void> => {
      ours.end();
      bare.end();
      await server.stop();
    };
    try {
      const stage = await setUp(server, ours, bare);
      return { entries: [reading(stage), leaving(stage)], close: () => stage.writer.client.close().then(close) };
    } catch (error) {
      await close();
      throw error;
    }
  },
};

function reading(stage: Stage): BenchEntry {
  return {
    name: '1,000 letters from initial presence to the last one announced',
    baseline: { name: '@xmpp/client, hardened: read and counted', run: () => stage.bare.read(LETTERS) },
    ours: { name: 'read, opened, stored, announced', run: () => stage.ours.read(LETTERS) },
    operations: LETTERS,
    rounds: 9,
    warmUpRounds: 2,
    quantities: [
      { figure: 'time', as: 'ratio', goal: 1.5 },
      { figure: 'processor', as: 'ratio' },
      { figure: 'since the first', as: 'ms' },
      { figure: 'share of commits', as: '%' },
      { figure: 'commits', as: 'times' },
      { figure: 'peak memory', as: 'MiB' },
    ],
    beforeRound: () => layOut(stage),
  };
}

/** As quitting does it, with the machine and the server otherwise idle. */
function leaving({ ours }: Stage): BenchEntry {
  return {
    name: 'from "leave" to the publish of the away key',
    ours: { name: 'leaving.leaveNow', run: () => ours.leave() },
    operations: 1,
    rounds: 9,
    warmUpRounds: 1,
    quantities: [
      { figure: 'publish handed over', as: 'ms' },
      { figure: 'publish answered', as: 'ms', goal: 250 },
      { figure: 'time', as: 'ms' },
    ],
    beforeRound: () => ours.comeBack(),
  };
}

/** The two know each other; nobody is there but the writer. */
async function setUp(server: TestServer, ours: ReaderProcess, bare: ReaderProcess): Promise<Stage> {
  const writer = await startWriter(server, 'bob', senderKey);
  const messenger = await startMessenger(server, OURS);
  await messenger.signIn();
  await befriendWriter(messenger, writer);
  await messenger.quit();
  await server.addUser(BARE, PASSWORD);
  const common = { server: { domain: server.domain, port: server.port, caFile: server.caFile }, password: PASSWORD };
  await ours.begin({ ...common, account: OURS, directory: messenger.directory });
  await bare.begin({ ...common, account: BARE, directory: '' });
  return { server, writer, ours, bare };
}

/** Has the same letters wait for both. The session is in the first, as it is with every sender. */
async function layOut({ server, writer, ours }: Stage): Promise<void> {
  await ours.leave();
  const to = parseBareJid(`${OURS}@${server.domain}`);
  const written = await writer.start(to, await writer.optionsOf(to, NS.offline));
  const sent: Promise<void>[] = [];
  for (let number = 1; number <= LETTERS; number += 1) {
    const letter = writer.letter(written, `${number}. ${TEXT}`, number === 1, { id: toHex(systemRandom.bytes(16)) });
    const copy = { ...letter, attrs: { ...letter.attrs, to: `${BARE}@${server.domain}` } };
    sent.push(writer.send(letter), writer.send(copy));
  }
  await Promise.all(sent);
  for (const account of [OURS, BARE]) {
    const waiting = await server.offlineCount(account);
    if (waiting !== LETTERS) throw new Error(`${waiting} messages wait for ${account}`);
  }
}
