import { describe, expect, it } from 'vitest';
import { lastPartOf, timelineOf } from '../../../renderer/lib/timeline.ts';
import { local, messageWith } from '../support/samples.ts';

const now = new Date(2026, 10, 22, 12, 0);
const at = (hour: number, minute: number, more = {}) =>
  messageWith({ id: `${hour}:${minute}`, writtenAt: local(2026, 11, 22, hour, minute), ...more });

const kinds = (rows: ReturnType<typeof timelineOf>) =>
  rows.map((row) => (row.kind === 'message' ? `${row.id}${row.startsGroup ? ' first' : ''}` : row.kind));

describe('timelineOf (ux.md 3.3)', () => {
  it('groups one author within five minutes, and starts anew after that or with the other author', () => {
    const rows = timelineOf(
      [at(10, 0), at(10, 5), at(10, 11), at(10, 12, { direction: 'out', badge: 'O2' })],
      undefined,
      now,
    );
    expect(kinds(rows)).toEqual(['day', '10:0 first', '10:5', '10:11 first', '10:12 first']);
  });

  it('heads each day once, and a group does not reach over midnight', () => {
    const late = messageWith({ id: 'late', writtenAt: local(2026, 11, 21, 23, 59) });
    const rows = timelineOf([late, at(0, 1), at(0, 2)], undefined, now);
    expect(kinds(rows)).toEqual(['day', 'late first', 'day', '0:1 first', '0:2']);
    expect(rows.filter((row) => row.kind === 'day').map((row) => row.label)).toEqual(['Yesterday', 'Today']);
  });

  it('draws the line of what is new before the first of it, and says whether it came while away', () => {
    const rows = timelineOf([at(10, 0), at(10, 1), at(10, 2)], { id: '10:1', count: 2 }, now);
    expect(kinds(rows)).toEqual(['day', '10:0 first', 'new', '10:1 first', '10:2']);
    expect(rows.find((row) => row.kind === 'new')).toMatchObject({ count: 2, isWhileAway: true });
    const live = timelineOf([messageWith({ id: 'a' }, { session: 'live' })], { id: 'a', count: 1 }, now);
    expect(live.find((row) => row.kind === 'new')).toMatchObject({ isWhileAway: false });
  });

  it('folds copies that follow each other into one counted row, and no others', () => {
    const copy = (minute: number) => at(10, minute, { badge: 'I11', text: null });
    const rows = timelineOf([at(10, 0), copy(1), copy(2), copy(3), at(10, 4), copy(5)], undefined, now);
    expect(kinds(rows)).toEqual(['day', '10:0 first', 'copies', '10:4 first', 'copies']);
    expect(rows.filter((row) => row.kind === 'copies').map((row) => row.count)).toEqual([3, 1]);
  });

  it('has one id for each row', () => {
    const rows = timelineOf([at(10, 0), at(10, 1), at(10, 2, { badge: 'I11' })], { id: '10:0', count: 3 }, now);
    expect(new Set(rows.map((row) => row.id)).size).toBe(rows.length);
    expect(timelineOf([], undefined, now)).toEqual([]);
  });
});

describe('lastPartOf', () => {
  const many = Array.from({ length: 40 }, (_, minute) => at(10, minute));

  it('is the end of a conversation that was read', () => {
    const rows = timelineOf(many, undefined, now);
    expect(lastPartOf(rows, 14).map(({ id }) => id)).toEqual(rows.slice(-14).map(({ id }) => id));
    expect(lastPartOf(rows.slice(0, 3), 14)).toHaveLength(3);
  });

  it('begins with what is new where that is more', () => {
    const rows = timelineOf(many, { id: '10:9', count: 31 }, now);
    expect(kinds(lastPartOf(rows, 14)).slice(0, 2)).toEqual(['new', '10:9 first']);
    expect(lastPartOf(timelineOf(many, { id: '10:38', count: 2 }, now), 14)).toHaveLength(14);
  });
});
