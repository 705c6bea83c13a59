import { describe, expect, it } from 'vitest';
import { ALERT_ONLY_CODES, COMMAND_ERROR_CODES } from '../../../preload/contract.ts';
import { problemWords } from '../../../renderer/lib/catalogue-problems.ts';
import { actionsOf, problemOf, PROBLEMS, standingProblems } from '../../../renderer/lib/problems.ts';
import { leavingWith } from '../support/samples.ts';

const offline = { state: 'offline', address: 'alice@example.org' } as const;
const lost = leavingWith({ status: 'S8', text: 'Offline.' });

describe('standingProblems (ux.md 3.9)', () => {
  const of = (more: Partial<Parameters<typeof standingProblems>[0]>) =>
    standingProblems({ account: { state: 'online' }, leaving: leavingWith(), hasNetwork: true, ...more });

  it('finds nothing where nothing is in the way, nor for who left on purpose or sleeps', () => {
    expect(of({})).toEqual([]);
    expect(of({ account: offline, leaving: leavingWith({ status: 'S4' }) })).toEqual([]);
    expect(of({ account: { ...offline, reason: 'suspended' }, leaving: lost })).toEqual([]);
  });

  it('tells no network from a server that does not answer', () => {
    expect(of({ account: { ...offline, reason: 'server-unreachable' }, leaving: lost, hasNetwork: false })).toEqual([
      'E1',
    ]);
    expect(of({ account: { ...offline, reason: 'server-unreachable' }, leaving: lost })).toEqual(['E3']);
    expect(of({ account: { ...offline, reason: 'certificate' }, leaving: lost })).toEqual(['E5']);
    expect(of({ account: offline, leaving: lost })).toEqual(['E1']);
  });

  it('finds what is wrong with the own keys', () => {
    expect(of({ leaving: leavingWith({ status: 'S10' }) })).toEqual(['E7']);
    expect(of({ leaving: leavingWith({ status: 'S7' }) })).toEqual(['E13']);
    const failed = { id: 'a', state: 'failed', createdAt: '', expiresAt: '', confirmed: false, received: 0 } as const;
    expect(of({ leaving: leavingWith({ status: 'S5', awayKey: failed }) })).toEqual(['E10']);
  });
});

describe('problemWords (ux.md 3.9)', () => {
  const facts = { server: 'example.org', until: 'Wed 18:00' };

  it.each([
    ['E1', 'You are offline. What you write is kept and sent later.'],
    ['E2', 'There is no chat server for example.org. Check the part after @.'],
    ['E3', 'example.org does not answer. What you write is kept and sent later.'],
    ['E4', 'Address or password is wrong.'],
    ['E6', 'This server wants your password in a readable form. Not sent.'],
    ['E13', /others may still write with it until Wed 18:00\. Your messages are opened all the same\. Retrying\.$/],
    ['E15', 'This account was opened on another computer.'],
  ] as const)('%s says what happened, and nothing of what did not', (problem, text) => {
    expect(problemWords[problem].text(facts)).toEqual(text instanceof RegExp ? expect.stringMatching(text) : text);
  });

  it.each([
    ['expired', 'its certificate is expired'],
    ['other-name', 'its certificate is for another name'],
    ['self-made', 'its certificate is self-made'],
    [undefined, 'its certificate is not good'],
  ] as const)('E5 says of a certificate that is %s just that', (certificate, what) => {
    const text = problemWords.E5.text({ ...facts, ...(certificate && { certificate }) });
    expect(text).toBe(`This may not be example.org: ${what}. Your password was not sent.`);
  });
});

it('gives each code one number, and offers something against what can be helped', () => {
  const numbers = [...COMMAND_ERROR_CODES, ...ALERT_ONLY_CODES].flatMap((code) => problemOf(code) ?? []);
  for (const number of numbers) expect(PROBLEMS).toContain(number);
  expect(actionsOf('E3')).toEqual(['tryNow']);
  expect(actionsOf('E13')).toContain('tryNow');
  expect(actionsOf('E15')).toEqual(['reconnect']);
  // There is no way round a certificate (ux.md E5).
  expect(actionsOf('E5')).toEqual([]);
});
