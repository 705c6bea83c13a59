/**
 * Runs something when everything that follows from the present event has run, before the next event is looked at. In
 * the order of the calls.
 *
 * What is written once for all that an event causes leaves in one piece, and nothing of it is under way when the next
 * event comes: while one TLS write is under way, which takes a turn of the loop, the platform keeps the next one back,
 * and the last words before a sleep (H-25) would stay with it.
 *
 * @returns a function that prevents it.
 */
export function atEndOfTurn(run: () => void): () => void {
  let isWanted = true;
  // Promises that are settled by now, and those that follow from them, come before a tick that is asked for then.
  queueMicrotask(() => {
    process.nextTick(() => {
      if (isWanted) run();
    });
  });
  return () => {
    isWanted = false;
  };
}
