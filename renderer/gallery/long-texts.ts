/** What is written in long conversations: here, and where the bench measures windows, so that all of them draw the same. */
const LINES = [
  'Yes.',
  'The second sheet has the new hinge; measure the old one before you order.',
  'I will be there by nine, or a little later if the train is late again, as it was on Thursday and on Friday.',
];

/** The text of the message of that place, which begins with its number: `42: Yes.` */
export function textAt(index: number): string {
  return `${numberAt(index)}${LINES[index % LINES.length] ?? ''}`;
}

/** How the text of that place begins, and no other one. */
export function numberAt(index: number): string {
  return `${index}: `;
}

/** When it was written, so that the last of `count` was written a minute and a half ago. */
export function writtenAt(index: number, count: number): Date {
  return new Date(Date.now() - (count - index) * 90_000);
}
