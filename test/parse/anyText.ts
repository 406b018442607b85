import fc from 'fast-check';

/** Text with control characters, marks that reorder it, and anything else up to CJK. */
export const anyText = fc
  .array(fc.oneof(fc.nat(0xff), fc.integer({ min: 0x2000, max: 0x30ff })))
  .map((codes) => String.fromCharCode(...codes));
