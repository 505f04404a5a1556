/** What a machine's ledger holds: its entries by number, or what is wrong with it. */
export interface LedgerSeen {
  readonly entries: ReadonlyMap<number, string>;
  readonly damage: readonly string[];
}

/** Every line has to be whole at any moment: kmon replaces the file and never writes into it. */
export function readLedgerText(text: string): LedgerSeen {
  const entries = new Map<number, string>();
  const damage: string[] = [];
  const lines = text.split('\n');
  if (lines.pop() !== '') damage.push('the last line does not end');
  for (const [i, line] of lines.entries()) {
    const entry = parsed(line);
    if (entry === undefined) damage.push(`line ${i + 1} is no entry: ${line.slice(0, 60)}`);
    else if (entries.has(entry.seq)) damage.push(`two entries have the number ${entry.seq}`);
    else entries.set(entry.seq, entry.about);
  }
  return { entries, damage };
}

/**
 * What is wrong with a ledger by what it held before. While machines are changed nothing leaves it; while they are given back nothing comes
 * into it. How a thing was found never changes.
 */
export function ledgerFaults(
  before: LedgerSeen,
  now: LedgerSeen,
  command: 'up' | 'teardown',
): readonly string[] {
  const faults = [...now.damage];
  for (const [seq, about] of before.entries) {
    const still = now.entries.get(seq);
    if (still === undefined && command === 'up') faults.push(`entry ${seq} is lost: ${about.slice(0, 60)}`);
    if (still !== undefined && still !== about)
      faults.push(`entry ${seq} is another one now: ${about.slice(0, 60)}`);
  }
  return faults;
}

function parsed(line: string): { readonly seq: number; readonly about: string } | undefined {
  try {
    const { seq, id, kind, params, found } = JSON.parse(line) as Readonly<Record<string, unknown>>;
    if (typeof seq !== 'number' || typeof id !== 'string') return undefined;
    return { seq, about: JSON.stringify([id, kind, params, found]) };
  } catch {
    return undefined;
  }
}
