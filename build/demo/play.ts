/** The whole play, one scene after the other. */
import type { Message } from '../../preload/contract.ts';
import { crash, recover } from './scenes/crash.ts';
import { end } from './scenes/ending.ts';
import { leave } from './scenes/leaving.ts';
import { meet } from './scenes/meeting.ts';
import { comeBack, destroyKey } from './scenes/returning.ts';
import { lookInside, searchFiles } from './scenes/server-files.ts';
import { agree, leaveAndReturn, talk } from './scenes/talking.ts';
import { write } from './scenes/writing.ts';
import type { Stage } from './stage.ts';

/** `--live`: the same two people, both there. @returns as `play` does. */
export async function playLive(stage: Stage): Promise<readonly Message[]> {
  await meet(stage);
  await agree(stage);
  await talk(stage);
  const messages = await leaveAndReturn(stage);
  await end(stage);
  return messages;
}

/** @returns every message as the two programs show it at the end: hers, then his. */
export async function play(stage: Stage): Promise<readonly Message[]> {
  await meet(stage);
  const asking = await leave(stage);
  await write(stage);
  await lookInside(stage);
  await comeBack(stage, asking);
  await destroyKey(stage);
  await crash(stage);
  await recover(stage);
  await searchFiles(stage, 'None of the texts is in its files at the end');
  const { publisher, sender } = stage;
  const messages = [...(await publisher.messagesWith(sender)), ...(await sender.messagesWith(publisher))];
  await end(stage);
  return messages;
}
