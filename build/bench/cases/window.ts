import type { BenchCase } from '../bench-case.ts';
import { arriving } from '../window/arriving-entries.ts';
import { waiting } from '../window/backlog-entries.ts';
import { form, weight } from '../window/form-entries.ts';
import { opening, scrolling } from '../window/reading-entries.ts';
import { setStage } from '../window/stage.ts';

export const window: BenchCase = {
  name: 'window',
  about:
    'the window in Chromium: form, weight, long conversations, arriving messages; beside a bare form and Converse.js',
  async prepare() {
    const stage = await setStage();
    return {
      entries: [
        form(stage),
        weight(stage),
        opening(stage, 10_000),
        opening(stage, 50_000),
        waiting(stage),
        arriving(stage),
        scrolling(stage, 5_000),
      ],
      close: () => stage.close(),
    };
  },
};
