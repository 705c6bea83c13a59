/** An ordinary day of two people, for the pictures of the README. */
import type { Badge, Message } from '../../preload/contract.ts';
import { at, messageOf, verified } from './fixtures.ts';

type Line = readonly [badge: Badge, time: string, days: number, text: string, more?: Partial<Message>];

const lines: readonly Line[] = [
  ['I1', '17:41', -1, 'The drawings are on your table. The second sheet has the new hinge.'],
  ['O1', '17:44', -1, 'Good. I will measure the old one before I order.', { state: 'delivered' }],
  ['I1', '17:52', -1, 'The workshop opens at eight. Shall I take the ladder along?'],
  ['I3', '21:16', -1, 'You had left already: the workshop opens at nine tomorrow, not at eight.'],
  ['I3', '21:18', -1, 'And they have the hinge in brass. https://example.org/hinges/brass'],
  ['I3', '07:35', 0, 'I am on the train. It is on time.'],
  ['O2', '08:12', 0, 'Read all three, thank you. I will be there at nine.', { state: 'sent' }],
];

export function storyOf(address: string): readonly Message[] {
  return lines.map(([badge, time, days, text, more]) => {
    const message = messageOf(address, badge, at(time, days), { text, timeCertain: true, ...more });
    return { ...message, details: verified(message.details) };
  });
}
