/**
 * Small private values that survive a restart and belong to no table: the clock's high-water mark (L-030), the last
 * archive id, and the like. What the user sets and may be read by anyone is not here but in the host's settings.
 */

/** What JSON can carry. */
export type Json = string | number | boolean | null | readonly Json[] | { readonly [key: string]: Json };

export interface SettingStore {
  get(name: string): Json | undefined;
  put(name: string, value: Json): void;
  remove(name: string): void;
}
