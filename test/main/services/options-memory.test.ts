import { describe, expect, it } from 'vitest';
import {
  isPublishingResource,
  isRolledBack,
  noteEmpty,
  noteServed,
  type ServedSet,
} from '../../../main/services/options-memory.ts';

const at = (minute: number): Date => new Date(Date.UTC(2026, 10, 22, 8, minute));
const first: ServedSet = { node: 'presence', nonce: 'first', matchResource: 'pda' };
const second: ServedSet = { node: 'presence', nonce: 'second' };
const open: ServedSet = { node: 'open', nonce: 'open' };

describe('the memory of served options (H-17)', () => {
  it('R-304 takes a set as often as it is served, while nothing followed it', () => {
    const memory = noteServed(noteServed([], first, at(0)), first, at(5));
    expect(memory).toHaveLength(1);
    expect(isRolledBack(memory, first, undefined)).toBe(false);
  });

  it('R-304 S-010 refuses a set that another one of the same node followed', () => {
    const memory = noteServed(noteServed([], first, at(0)), second, at(1));
    expect(isRolledBack(memory, first, undefined)).toBe(true);
    expect(isRolledBack(memory, second, undefined)).toBe(false);
  });

  it('R-304 S-010 refuses a set that an empty node followed, and keeps the two nodes apart', () => {
    const memory = noteEmpty(noteServed(noteServed([], first, at(0)), open, at(1)), 'presence');
    expect(isRolledBack(memory, first, undefined)).toBe(true);
    expect(isRolledBack(memory, open, undefined)).toBe(false);
  });

  it('R-304 S-010 refuses a presence set first seen before its owner came online, and no open set for that', () => {
    const memory = noteServed(noteServed([], first, at(0)), open, at(0));
    const cameOnline = at(1).toISOString();
    expect(isRolledBack(memory, first, cameOnline)).toBe(true);
    expect(isRolledBack(memory, open, cameOnline)).toBe(false);
    expect(isRolledBack(noteServed([], first, at(2)), first, cameOnline)).toBe(false);
  });

  it('knows the resources that published', () => {
    const memory = noteServed([], first, at(0));
    expect(isPublishingResource(memory, 'pda')).toBe(true);
    expect(isPublishingResource(memory, 'phone')).toBe(false);
  });

  it('does not grow for ever', () => {
    let memory = noteServed([], first, at(0));
    for (let i = 0; i < 500; i += 1) memory = noteServed(memory, { node: 'open', nonce: `n${i}` }, at(1));
    expect(memory.length).toBeLessThan(150);
  });
});
