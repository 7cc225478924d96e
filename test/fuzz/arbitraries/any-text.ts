import fc from 'fast-check';

/** One UTF-16 unit: mostly of the first 256, where controls and delimiters are, but also halves of surrogate pairs. */
const unit = fc
  .oneof({ weight: 3, arbitrary: fc.nat(0xff) }, { weight: 1, arbitrary: fc.nat(0xffff) })
  .map((code) => String.fromCharCode(code));

/** Any text at all, ill-formed unicode too. */
export function anyText(maxLength: number): fc.Arbitrary<string> {
  return fc.array(unit, { maxLength }).map((units) => units.join(''));
}
