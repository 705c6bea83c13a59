/** What a screen reader is told politely: one sentence at a time, nothing that ticks (ux.md 3.11). */
export class AnnouncementsState {
  sentence = $state('');
  #elsewhere = 0;

  say(sentence: string): void {
    this.sentence = sentence;
  }

  /** Messages outside the open conversation are counted, at most once every 10 s. */
  countElsewhere(sentenceOf: (count: number) => string): void {
    this.#elsewhere += 1;
    if (this.#elsewhere > 1) return;
    setTimeout(() => {
      this.say(sentenceOf(this.#elsewhere));
      this.#elsewhere = 0;
    }, ELSEWHERE_MS);
  }
}

const ELSEWHERE_MS = 10_000;

export const announcements = new AnnouncementsState();
