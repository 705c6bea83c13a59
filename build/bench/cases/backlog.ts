import { OF_READING } from '../backlog/quantities.ts';
import { layOut, openStage, sealLetters } from '../backlog/stage.ts';
import type { Stage } from '../backlog/stage.ts';
import type { BenchCase, BenchEntry } from '../bench-case.ts';

const LETTERS = 1_000;

export const backlog: BenchCase = {
  name: 'backlog',
  about: '1,000 waiting letters read by the whole messenger, over the same stanzas read by the bare library',
  async prepare() {
    const stage = await openStage(1);
    return { entries: [reading(stage), leaving(stage)], close: () => stage.close() };
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
    quantities: [{ figure: 'time', as: 'ratio', goal: 1.5 }, ...OF_READING],
    beforeRound: async () => {
      const letters = await sealLetters(stage, LETTERS);
      for (const reader of ['bare', 'ours'] as const) await layOut(stage, reader, letters);
    },
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
