import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { expandRanges, joinRanges, judge, numbersOf, unknownNumbers } from '../../build/requirements/judgement.ts';
import type { RequirementList } from '../../build/requirements/judgement.ts';
import type { TestResult } from '../../build/testing/report.ts';

const NUMBERS = ['R-001', 'R-002', 'R-003', 'R-004', 'R-006'];

function listWith(closed: readonly string[]): RequirementList {
  const requirements = Object.fromEntries(NUMBERS.map((number) => [number, { statement: `statement of ${number}` }]));
  return { name: 'protocol', closed, requirements };
}

function test(title: string, state: TestResult['state']): TestResult {
  return { file: 'a.test.ts', suites: [], title, state, notes: [] };
}

describe('numbersOf', () => {
  it.each([
    ['R-010 R-130 signs cover the form', ['R-010', 'R-130']],
    ['S-023 L-002 R-037', ['S-023', 'L-002', 'R-037']],
    ['refuses R-010', []],
    ['R-10 is no number', []],
    ['R-0100 is no number', []],
    ['', []],
  ])('reads those at the start of a title: %s', (title, numbers) => {
    expect(numbersOf(title)).toEqual(numbers);
  });
});

describe('judge', () => {
  const tests = [
    test('R-001 R-002 does this', 'passed'),
    test('R-002 does that', 'failed'),
    test('R-003 cannot here', 'skipped'),
  ];

  it('takes a number for shown when a test passed and none failed', () => {
    const { shown, failing, missing } = judge(listWith([]), tests);
    expect(shown).toEqual(['R-001']);
    expect(failing).toEqual(['R-002']);
    expect(missing).toEqual(['R-003', 'R-004', 'R-006']);
  });

  it('calls a closed number broken when its test failed, was skipped or does not exist', () => {
    expect(judge(listWith(['R-001']), tests).broken).toEqual([]);
    expect(judge(listWith(['R-001..R-004']), tests).broken).toEqual(['R-002', 'R-003', 'R-004']);
  });

  it('reports numbers in titles that no document has', () => {
    expect(unknownNumbers([listWith([])], [...tests, test('R-005 R-001 x', 'passed')])).toEqual(['R-005']);
  });
});

describe('ranges of numbers', () => {
  it('expand over the numbers that exist, and refuse ends that do not', () => {
    expect(expandRanges(['R-003..R-006', 'R-001'], NUMBERS)).toEqual(['R-003', 'R-004', 'R-006', 'R-001']);
    expect(() => expandRanges(['R-005'], NUMBERS)).toThrow(RangeError);
    expect(() => expandRanges(['R-001..R-999'], NUMBERS)).toThrow(RangeError);
  });

  it('join neighbours of the list', () => {
    expect(joinRanges(['R-001', 'R-002', 'R-004', 'R-006'], NUMBERS)).toBe('R-001 R-002 R-004 R-006');
    expect(joinRanges(['R-001', 'R-002', 'R-003', 'R-006'], NUMBERS)).toBe('R-001..R-003 R-006');
    expect(joinRanges([], NUMBERS)).toBe('');
  });
});

describe('test/requirements.json', () => {
  const text = readFileSync(`${import.meta.dirname}/../requirements.json`, 'utf8');
  const { documents } = JSON.parse(text) as { documents: readonly RequirementList[] };

  it('holds every number once with its statement', () => {
    const numbers = documents.flatMap(({ requirements }) => Object.keys(requirements));
    expect(new Set(numbers).size).toBe(numbers.length);
    expect(numbers.filter((number) => number.startsWith('R-'))).toHaveLength(304);
    expect(numbers.filter((number) => number.startsWith('S-'))).toHaveLength(144);
    expect(numbers.filter((number) => number.startsWith('L-'))).toHaveLength(37);
    const statements = documents.flatMap(({ requirements }) => Object.values(requirements));
    expect(statements.filter(({ statement }) => statement.length < 10)).toEqual([]);
  });

  it('closes only numbers that exist', () => {
    for (const { closed, requirements } of documents) {
      expect(() => expandRanges(closed, Object.keys(requirements))).not.toThrow();
    }
  });
});
