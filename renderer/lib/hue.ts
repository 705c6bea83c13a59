/** XEP-0392: Consistent Color Generation, version 1.0 §5.1: the angle alone; lightness is the theme's. */

/** @returns degrees, the same for an address in every program that follows the XEP. */
export async function hueOf(address: string): Promise<number> {
  const digest = new Uint8Array(await crypto.subtle.digest('SHA-1', new TextEncoder().encode(address)));
  const [low = 0, high = 0] = digest;
  return ((high * 256 + low) / 65_536) * 360;
}
