/** Has something happen right before each call into the database of this process. */
import { DatabaseSync, StatementSync } from 'node:sqlite';

/** @returns a function that ends it. */
export function beforeEachCall(happen: (call: number) => void): () => void {
  let calls = 0;
  const counted = (prototype: object, name: string): (() => void) => {
    const run = Reflect.get(prototype, name) as (...args: readonly unknown[]) => unknown;
    Reflect.set(prototype, name, function (this: unknown, ...args: readonly unknown[]) {
      calls += 1;
      happen(calls);
      return Reflect.apply(run, this, args);
    });
    return () => void Reflect.set(prototype, name, run);
  };
  const statements = ['run', 'get', 'all'].map((name) => counted(StatementSync.prototype, name));
  const undo = [...statements, counted(DatabaseSync.prototype, 'exec')];
  return () => {
    for (const each of undo) each();
  };
}

/** Kills this very process, as kill -9 does, right before its n-th call into the database from now on. */
export function killAt(n: number): void {
  beforeEachCall((call) => {
    if (call === n) process.kill(process.pid, 'SIGKILL');
  });
}
