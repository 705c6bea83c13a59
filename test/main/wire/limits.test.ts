import { describe, expect, it } from 'vitest';
import { LIMITS_BEFORE_LOGIN, STANZA_LIMITS } from '../../../main/wire/xml-parser.ts';

describe('limits of the reader (S-103)', () => {
  it('S-103 are those of the requirement', () => {
    expect(STANZA_LIMITS).toEqual({
      octets: 262_144,
      depth: 64,
      elements: 2_048,
      attributes: 64,
      attributeOctets: 8_192,
      textOctets: 196_608,
    });
    expect(LIMITS_BEFORE_LOGIN).toEqual({ ...STANZA_LIMITS, octets: 16_384 });
  });
});
