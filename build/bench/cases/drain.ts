import type { Element } from '../../../main/wire/element.ts';
import { OF_READING } from '../backlog/quantities.ts';
import { layOut, openStage, sealLetters } from '../backlog/stage.ts';
import type { Stage } from '../backlog/stage.ts';
import type { BenchCase, BenchEntry, Contender } from '../bench-case.ts';

const LETTERS = 10_000;
const FEW = 1_000;
const WRITERS = 20;
const PACE = { rounds: 3, warmUpRounds: 1 } as const;

export const drain: BenchCase = {
  name: 'drain',
  about: '10,000 waiting letters from 20 people: by the link alone and by the whole messenger, over the bare library',
  async prepare() {
    const stage = await openStage(WRITERS);
    return { entries: entriesOf(stage), close: () => stage.close() };
  },
};

/** Once sealed for the messenger, the same letters serve those who do not open them. */
function entriesOf(stage: Stage): readonly BenchEntry[] {
  let letters: readonly Element[] = [];
  const bare: Contender = { name: '@xmpp/client, hardened: read and counted', run: () => stage.bare.read(LETTERS) };
  return [
    {
      name: '10,000 letters from initial presence to the last one announced',
      baseline: bare,
      ours: { name: 'read, opened, stored, announced', run: () => stage.ours.read(LETTERS) },
      operations: LETTERS,
      ...PACE,
      quantities: [
        // Half of the bare library's rate.
        { figure: 'time', as: 'ratio', goal: 2 },
        ...OF_READING,
      ],
      beforeRound: async () => {
        letters = await sealLetters(stage, LETTERS);
        for (const reader of ['bare', 'ours'] as const) await layOut(stage, reader, letters);
      },
    },
    {
      name: '10,000 letters through the link alone',
      baseline: bare,
      ours: { name: 'the guarded link: read and counted', run: () => stage.link.read(LETTERS) },
      operations: LETTERS,
      ...PACE,
      quantities: [
        // 80 % of the bare library's rate.
        { figure: 'time', as: 'ratio', goal: 1.25 },
        { figure: 'processor', as: 'ratio' },
        { figure: 'retained heap a message', as: 'KiB' },
        { figure: 'peak memory', as: 'MiB' },
      ],
      beforeRound: async () => {
        for (const reader of ['bare', 'link'] as const) await layOut(stage, reader, letters);
      },
    },
    {
      name: '10,000 letters over 1,000, the whole messenger',
      baseline: { name: '1,000', run: () => readByMessenger(stage, FEW) },
      ours: { name: '10,000', run: () => readByMessenger(stage, LETTERS) },
      operations: 1,
      ...PACE,
      quantities: [{ figure: 'time', as: 'ratio', goal: 11 }],
    },
  ];
}

/** The reader's own times count: laying out is none of them. */
async function readByMessenger(stage: Stage, count: number): ReturnType<Stage['ours']['read']> {
  await layOut(stage, 'ours', await sealLetters(stage, count));
  return stage.ours.read(count);
}
