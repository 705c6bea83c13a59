/** When and how a line fails, and what was being said there (L-040). */

/**
 * `reset`: both ends are reset. `silence`: nothing passes any more, and nobody is told. `half-open`: what the server says
 * is lost, what the client says still arrives. `stall`: nothing passes for a minute, and then everything that was held
 * up. `slow`: from here on one octet a second.
 */
export const LINE_FAULTS = ['reset', 'silence', 'half-open', 'stall', 'slow'] as const;
export type LineFault = (typeof LINE_FAULTS)[number];

/**
 * What is being done by what a client says. `purge` is the acknowledgement that lets the server forget what it kept: a
 * node is never purged, and nothing else asks a server to delete anything (L-006).
 */
export const PHASES = [
  'login',
  'configure',
  'publish',
  'read-back',
  'fetch',
  'init',
  'message',
  'withdraw',
  'purge',
] as const;
export type Phase = (typeof PHASES)[number];

export type Plan = { readonly how: LineFault } & (
  | {
      /** That many further on, both directions of all connections together. */
      readonly unit: 'stanzas' | 'octets';
      readonly after: number;
    }
  | {
      /** At the next stanza of this kind, which the server does not hear of, or hears and cannot answer. */
      readonly unit: 'phase';
      readonly phase: Phase;
      readonly side: 'before' | 'behind';
    }
);

/** Whole elements that a client writes, by what is in them; the first that fits. */
const SIGNS: readonly (readonly [Phase, RegExp])[] = [
  ['login', /^<(auth|response|resume|enable)\b|<bind /],
  ['configure', /^<iq\b.*<(configure|create)\b/s],
  ['publish', /^<iq\b.*<publish\b/s],
  ['withdraw', /^<iq\b.*<retract\b/s],
  ['fetch', /^<iq\b[^>]* to=.*<items\b/s],
  ['read-back', /^<iq\b.*<items\b/s],
  ['init', /^<message\b.*<init\b/s],
  ['message', /^<message\b.*<c\b/s],
  ['purge', /^<a\b/],
];

/** @returns undefined for what belongs to none of them, such as presence */
export function phaseOf(element: string): Phase | undefined {
  return SIGNS.find(([, sign]) => sign.test(element))?.[0];
}

/** A question for an acknowledgement says nothing: a line that fails behind it has failed behind what it asks for. */
export function counts(element: string): boolean {
  return !/^<r\b/.test(element);
}
