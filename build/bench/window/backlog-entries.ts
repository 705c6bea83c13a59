/** A thousand messages in clear that waited on the server, drawn in the conversation that is open when they come. */
import { NS } from '../../../main/wire/namespaces.ts';
import { element, type Element } from '../../../main/wire/element.ts';
import { textAt } from '../../../renderer/gallery/long-texts.ts';
import { keepOffline } from '../backlog/prosody-store.ts';
import type { BenchEntry, Contender } from '../bench-case.ts';
import { ConversePerson } from './converse-person.ts';
import { DRAWN, drawn, lastIs, OURS, rowOf, SMOOTH, THEIRS } from './readers.ts';
import { ACCOUNTS, closing, within, WRITERS, type Stage } from './stage.ts';

const COUNT = 1_000;
/** P-7. */
const GOAL = 0.1;

/** Converse.js sorts by the server's stamps, which have whole seconds: within one of them the last is not the last. */
const SECONDS_APART = 1;

/** For both the same stanzas wait on the same server, written by somebody who wrote one message before. */
export function waiting(stage: Stage): BenchEntry {
  const writers = WRITERS.values();
  let writer = '';
  return {
    name: `${COUNT} messages that waited on the server, drawn`,
    operations: 1,
    rounds: WRITERS.length,
    warmUpRounds: 0,
    baseline: theirs(stage, () => writer),
    ours: ours(stage, () => writer),
    quantities: [...DRAWN.map((each) => (each.figure === 'time' ? { ...each, goal: GOAL } : each)), ...SMOOTH],
    beforeRound: async () => {
      writer = writers.next().value ?? '';
      await stage.alice.call('leaving.leaveNow', {});
      for (const account of [ACCOUNTS.ours, ACCOUNTS.theirsLater]) {
        await keepOffline(stage.server, account, messagesOf(writer), SECONDS_APART);
      }
    },
  };
}

/** From its stream, which stands, to the last message. */
function theirs({ browser, converse }: Stage, writer: () => string): Contender {
  return {
    name: 'Converse.js 14',
    run: async () => {
      const person = await ConversePerson.arrive(browser, converse.origin, ACCOUNTS.theirsLater);
      try {
        return await closing(await person.begin(writer()), async (seen) => {
          await drawn(seen, `window.connectedAt !== undefined && ${lastIs(COUNT, THEIRS)}`);
          const time = await seen.page.evaluate<number>('performance.now() - connectedAt');
          return { time, ...(await seen.costs()) };
        });
      } finally {
        await person.close();
      }
    },
  };
}

/** From the command to come back, before there is a connection, to the last message. */
function ours({ browser, alice }: Stage, writer: () => string): Contender {
  return {
    name: 'Nightlatch',
    run: () =>
      within(browser, async (seen) => {
        await (await rowOf(seen.page, alice.address ?? '', writer())).click();
        await drawn(seen, lastIs(0, OURS));
        await seen.startCounting();
        const startedAt = performance.now();
        await Promise.all([alice.call('leaving.comeBack', {}), drawn(seen, lastIs(COUNT, OURS))]);
        const time = performance.now() - startedAt;
        return { time, ...(await seen.costs()) };
      }),
  };
}

/** The first message, which is there before, has the number 0. */
function messagesOf(writer: string): readonly Element[] {
  return Array.from({ length: COUNT }, (_none, at) => {
    const attrs = { from: `${writer}/desk`, type: 'chat', id: `waited${at}` };
    return element('message', NS.client, attrs, element('body', NS.client, {}, textAt(at + 1)));
  });
}
