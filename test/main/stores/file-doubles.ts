/** The operating system's file calls, watched or made to fail. */
import { systemFiles } from '../../../main/stores/durable-file.ts';
import type { FileOperations } from '../../../main/stores/durable-file.ts';

type Call = 'open' | 'write' | 'sync' | 'rename' | 'unlink' | 'syncDirectory';
const CALLS: readonly Call[] = ['open', 'write', 'sync', 'rename', 'unlink', 'syncDirectory'];

/** The system's calls; `note` is called after each that changes something. */
export function recordedFiles(note: (call: Call) => void): FileOperations {
  return wrapped((call, run) => {
    const result = run();
    note(call);
    return result;
  });
}

/**
 * The system's calls. While `failAt` is not 0, that call from then on finds the disk full, and so do all behind it.
 *
 * @param code - Another error of the system in its place.
 */
export function fillingFiles(full: { failAt: number }, code = 'ENOSPC'): FileOperations {
  let calls = 0;
  return wrapped((call, run) => {
    const needsSpace = call !== 'unlink' && full.failAt > 0;
    calls = needsSpace ? calls + 1 : 0;
    if (needsSpace && calls >= full.failAt) throw Object.assign(new Error(code), { code, syscall: call });
    return run();
  });
}

function wrapped(around: (call: Call, run: () => unknown) => unknown): FileOperations {
  const system = systemFiles as unknown as Record<Call, (...args: readonly unknown[]) => unknown>;
  const wrap =
    (call: Call) =>
    (...args: readonly unknown[]) =>
      around(call, () => system[call](...args));
  return { ...systemFiles, ...Object.fromEntries(CALLS.map((call) => [call, wrap(call)])) };
}
