import type { Message } from '../../../preload/contract.ts';
import { LETTERS_WHILE_AWAY } from '../letters.ts';
import type { Letter } from '../letters.ts';
import type { Stage } from '../stage.ts';
import { beginningOf, count } from '../wording.ts';

/** Three letters, the last one after the writing program was quit and started again. */
export async function write(stage: Stage): Promise<void> {
  const { publisher, sender, transcript, checks, windows } = stage;
  transcript.scene(`${sender.name} writes three letters`);
  const [long, international, afterRestart] = LETTERS_WHILE_AWAY;
  const sent = [await writeLetter(stage, long), await writeLetter(stage, international)];
  await restart(stage);
  await sender.sees(publisher, ({ state }) => state === 'C3');
  sent.push(await writeLetter(stage, afterRestart));
  const areSealed = sent.every(({ badge, state }) => badge === 'O2' && state === 'sent');
  checks.add(
    'Three letters go out sealed',
    areSealed,
    sent.map(({ badge, state }) => `${badge} ${state ?? ''}`).join(', '),
  );
  await windows?.take({ person: sender, with: publisher, name: '1-bob-has-written', badges: { O2: 3 } });
}

export async function writeLetter({ publisher, sender, transcript }: Stage, letter: Letter): Promise<Message> {
  const octets = Buffer.byteLength(letter.text, 'utf8');
  transcript.tell(sender.name, `writes ${letter.about}, ${count(octets, 'octet')}:`);
  transcript.quote([beginningOf(letter.text)]);
  const message = await sender.write(publisher, letter.text);
  transcript.shows(message.badge, message.details.sentence);
  return message;
}

async function restart({ sender, transcript, checks }: Stage): Promise<void> {
  const exitCode = await sender.host.quit();
  await sender.start();
  const { state } = await sender.signIn();
  transcript.tell(
    sender.name,
    `quits his program (exit code ${exitCode}), starts it again and is signed in without a password.`,
  );
  checks.add(
    'Bob’s program was quit and started again',
    exitCode === 0 && state === 'online',
    `exit code ${exitCode}, then ${state}`,
  );
}
