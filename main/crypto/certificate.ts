/** Certificates as a person compares them (S-083). */
import { X509Certificate } from 'node:crypto';

const PEM_BLOCK = /-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----/g;

/**
 * @param pem - One or more certificates in PEM.
 * @returns the SHA-256 fingerprint of each, in hex pairs with colons between them.
 * @throws RangeError if there is none, or one is none.
 */
export function certificateFingerprints(pem: string): readonly string[] {
  const blocks = pem.match(PEM_BLOCK) ?? [];
  if (blocks.length === 0) throw new RangeError('no certificate in PEM');
  return blocks.map((block) => {
    try {
      return new X509Certificate(block).fingerprint256;
    } catch (error) {
      throw new RangeError('no certificate between the lines of PEM', { cause: error });
    }
  });
}
