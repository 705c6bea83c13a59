/** How much a command's parameters hold, counted before anything else looks at them (S-134). */

/** 64 KiB. A message's text comes on top, with a limit of its own. */
export const MAX_PARAMS_OCTETS = 65_536;

/** What a number, a truth value or an empty object is counted as: many of them are much, too. */
const LEAST_OCTETS = 8;

/**
 * Counts strings in octets of UTF-8, with the names of members, and stops at the limit: what is endless or refers to
 * itself is over it.
 *
 * @param params - Anything that a structured clone or JSON can carry.
 * @returns whether all of it but a member `text` of the outermost object is at most 64 KiB.
 */
export function isWithinLimit(params: unknown): boolean {
  const open: unknown[] = [withoutText(params)];
  let octets = 0;
  while (open.length > 0) {
    const value = open.pop();
    octets += LEAST_OCTETS + ownOctets(value);
    if (octets > MAX_PARAMS_OCTETS) return false;
    for (const inner of insideOf(value)) open.push(inner);
  }
  return true;
}

function withoutText(params: unknown): unknown {
  if (typeof params !== 'object' || params === null || !Object.hasOwn(params, 'text')) return params;
  return Object.entries(params).filter(([name, value]) => name !== 'text' || typeof value !== 'string');
}

function ownOctets(value: unknown): number {
  if (typeof value === 'string') return Buffer.byteLength(value);
  if (ArrayBuffer.isView(value) || value instanceof ArrayBuffer) return value.byteLength;
  if (value instanceof Map || value instanceof Set) return value.size * LEAST_OCTETS;
  return Array.isArray(value) ? value.length : 0;
}

/** Nothing is unfolded whose size has counted already. */
function insideOf(value: unknown): readonly unknown[] {
  if (typeof value !== 'object' || value === null || ArrayBuffer.isView(value)) return [];
  if (value instanceof Map) return [...value].flat();
  return value instanceof Set ? [...value] : Object.entries(value).flat();
}
