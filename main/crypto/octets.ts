/**
 * The platform answers with its own kind of octet string, whose `slice` is a view of the same memory. What leaves this
 * folder is the standard kind, without a copy.
 */
export function plainOctets(buffer: Buffer): Uint8Array {
  return new Uint8Array(buffer.buffer, buffer.byteOffset, buffer.length);
}
