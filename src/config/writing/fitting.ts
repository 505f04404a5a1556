/** Letters that are no letter with an accent. */
const LETTERS: Readonly<Record<string, string>> = {
  œ: 'oe',
  æ: 'ae',
  ß: 'ss',
  ø: 'o',
  đ: 'd',
  ł: 'l',
  ı: 'i',
};

/**
 * What people write, as far as it tells one thing from another: case, accents and the kind of gap do not count, so `Équipe A` and
 * `equipe_a` are one.
 */
export function folded(text: string): string {
  return text
    .normalize('NFKD')
    .toLowerCase()
    .replaceAll(/\p{M}/gu, '')
    .replaceAll(/[œæßøđłı]/g, (letter) => LETTERS[letter] ?? letter)
    .replaceAll(/[\s_.'’\p{Pd}]+/gu, '-')
    .replaceAll(/^-|-$/g, '');
}

/** The same as a name or a label of Kubernetes takes it: `groupe-a`. `undefined` where nothing is left of it. */
export function fitted(text: string): string | undefined {
  const label = folded(text)
    .replaceAll(/[^a-z0-9]+/g, '-')
    .replaceAll(/^-/g, '')
    .slice(0, 63)
    .replaceAll(/-$/g, '');
  return label === '' ? undefined : label;
}
