/** What must happen when this process ends, whichever way it ends that still runs JavaScript. */
const pending = new Set<() => void>();

/** Runs `run` synchronously at the end of the process, unless the returned function is called before. */
export function atExit(run: () => void): () => void {
  if (pending.size === 0) process.once('exit', runAll);
  pending.add(run);
  return () => {
    pending.delete(run);
    if (pending.size === 0) process.removeListener('exit', runAll);
  };
}

function runAll(): void {
  // The latest first: a process ends before the folder goes that it writes to.
  for (const run of [...pending].reverse()) run();
}
