/** As many messages as one page of the window shows. */
const PAGE_ROWS = 10;

/** @returns the message that a key leads to from the current one (ux.md 3.10); undefined for other keys and at the ends. */
export function messageByKey(key: string, ids: readonly string[], current: string | undefined): string | undefined {
  const index = ids.indexOf(current ?? '');
  if (key === 'ArrowDown') return ids[index + 1];
  if (key === 'ArrowUp') return ids[index - 1];
  if (key === 'PageDown') return ids[Math.min(index + PAGE_ROWS, ids.length - 1)];
  if (key === 'PageUp') return ids[Math.max(index - PAGE_ROWS, 0)];
  if (key === 'Home') return ids[0];
  return key === 'End' ? ids.at(-1) : undefined;
}
