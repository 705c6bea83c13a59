import { describe, expect, it } from 'vitest';
import { createHostLog } from '../../../main/hosts/host-log.ts';
import { StoreError } from '../../../main/stores/store-error.ts';

function logged(run: (log: ReturnType<typeof createHostLog>) => void): string {
  const lines: string[] = [];
  run(createHostLog((line) => void lines.push(line)));
  return lines.join('');
}

describe('createHostLog', () => {
  it('writes one line an entry', () => {
    expect(logged((log) => log('started'))).toBe('nightlatch: started\n');
  });

  it('names class, code and place of an error, and nothing of its message', () => {
    const cause = new RangeError('canary-cause alice@example.org');
    const line = logged((log) =>
      log('command-failed', { command: 'keys.own', error: new StoreError('locked', 'canary /home/alice', { cause }) }),
    );
    expect(line).toMatch(/^nightlatch: command-failed keys\.own StoreError locked at host-log\.test\.ts:\d+:\d+/);
    expect(line).toMatch(/caused by RangeError - at host-log\.test\.ts/);
    expect(line).not.toMatch(/canary|home|example/);
    expect(line.match(/\n/g)).toHaveLength(1);
  });

  it('writes no code that is more than a code, and nothing of what is no error', () => {
    const odd = Object.assign(new Error('x'), { code: 'canary with spaces' });
    expect(logged((log) => log('program-error', { error: odd }))).not.toMatch(/canary/);
    expect(logged((log) => log('program-error', { error: 'canary' }))).toBe('nightlatch: program-error string\n');
  });
});
