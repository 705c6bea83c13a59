import { layOut, openStage } from '../backlog/stage.ts';
import type { Stage } from '../backlog/stage.ts';
import type { BenchCase, BenchEntry } from '../bench-case.ts';

const LETTERS = 10_000;

export const drain: BenchCase = {
  name: 'drain',
  about: '10,000 waiting letters read by the whole messenger, over the same stanzas read by the bare library',
  async prepare() {
    const stage = await openStage();
    return { entries: [reading(stage)], close: () => stage.close() };
  },
};

function reading(stage: Stage): BenchEntry {
  return {
    name: '10,000 letters from initial presence to the last one announced',
    baseline: { name: '@xmpp/client, hardened: read and counted', run: () => stage.bare.read(LETTERS) },
    ours: { name: 'read, opened, stored, announced', run: () => stage.ours.read(LETTERS) },
    operations: LETTERS,
    rounds: 3,
    warmUpRounds: 1,
    quantities: [
      // 80 % of the bare library's rate.
      { figure: 'time', as: 'ratio', goal: 1.25 },
      { figure: 'processor', as: 'ratio' },
      { figure: 'since the first', as: 'ms' },
      { figure: 'share of commits', as: '%' },
      { figure: 'commits', as: 'times' },
      { figure: 'retained heap a message', as: 'KiB' },
      { figure: 'peak memory', as: 'MiB' },
    ],
    beforeRound: () => layOut(stage, LETTERS),
  };
}
