import { LETTER_AFTER_CRASH } from '../letters.ts';
import type { Stage } from '../stage.ts';
import { beginningOf, seconds } from '../wording.ts';
import { writeLetter } from './writing.ts';

/** The server lets a session without a connection look present for five seconds; a busy machine gets more. */
const SEEN_GOING_MS = 30_000;

/** Killed, the program publishes nothing; the backup key is there for that. */
export async function crash(stage: Stage): Promise<void> {
  const { publisher, sender, transcript, checks, windows } = stage;
  transcript.scene(`${publisher.name}’s program is killed`);
  const killedAt = performance.now();
  await publisher.host.kill();
  transcript.note(
    'SIGKILL: no away key goes out, nobody says goodbye. The server waits a few seconds whether she comes back.',
  );
  const gone = await sender.sees(publisher, ({ presence }) => presence === 'away', SEEN_GOING_MS);
  const took = seconds(performance.now() - killedAt);
  checks.add('Bob sees her go after the crash', gone.presence === 'away', `away after ${took}`);
  const seen = await sender.sees(publisher, ({ state }) => state === 'C4');
  transcript.tell(sender.name, `sees her gone after ${took}.`);
  transcript.shows(seen.state, seen.sentence);

  const message = await writeLetter(stage, LETTER_AFTER_CRASH);
  const isSealed = message.badge === 'O3' && message.state === 'sent';
  checks.add('The letter goes through the backup key', isSealed, `${message.badge} ${message.state ?? ''}`);
  await windows?.take({ person: sender, with: publisher, name: '4-bob-wrote-again', badges: { O2: 3, O3: 1 } });
}

/** Started again, she reads what was sealed for her backup key. */
export async function recover({ publisher, sender, transcript, checks, windows }: Stage): Promise<void> {
  transcript.scene(`${publisher.name} starts her program again`);
  await publisher.start();
  await publisher.signIn();
  await publisher.host.waitFor('backlog.progress', ({ finished }) => finished);
  const letters = await publisher.messagesWith(sender);
  const last = letters.at(-1);
  transcript.tell(publisher.name, 'is back, and finds one letter:');
  transcript.quote([beginningOf(last?.text ?? '(no text)')]);
  if (last !== undefined) transcript.shows(last.badge, last.details.sentence);
  const isOpen = last?.badge === 'I5' && last.text === LETTER_AFTER_CRASH.text;
  checks.add('It opens, with badge I5', isOpen, `${last?.badge ?? 'nothing'}, text compared character by character`);
  const badges = letters.map(({ badge }) => badge).join(', ');
  checks.add('Nothing is lost or there twice', badges === 'I4, I4, I4, I5', badges);
  const { status, text } = await publisher.leaving(({ status: now }) => now === 'S2');
  transcript.shows(status, text);
  await windows?.take({
    person: publisher,
    with: sender,
    name: '5-alice-is-back',
    badges: { I4: 3, I5: 1 },
    status: text,
  });
}
