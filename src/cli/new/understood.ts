import { tableText } from '../../ui/table.js';
import type { ChildrenFile } from './children-file.js';

const SEPARATORS = { ';': '";"', '\t': 'tabs', '|': '"|"', ',': '","', blanks: 'blanks' } as const;

/**
 * What was understood of a file of children, line by line, for whoever is to say that it is right: how it was read, which column was
 * taken for what, what was left out, and every machine with the line that it comes from and what was made to fit.
 */
export function understoodText({ shown, encoding, read }: ChildrenFile): readonly string[] {
  const { machines, separator, columns, passedOver } = read;
  const how = `${shown} was read as ${encoding}, with columns apart by ${SEPARATORS[separator]}`;
  const titles = columns?.map(({ heading, meaning }, i) => {
    const title = heading.text === '' ? `column ${i + 1}` : `"${heading.text}"`;
    return meaning === undefined ? `${title} is not used` : `${title} is the ${meaning}`;
  });
  const taken = titles?.join(', ') ?? 'no title row: address, name, team';
  const table = tableText(
    [
      { title: 'address' },
      { title: 'name' },
      { title: 'team' },
      { title: 'line', align: 'right' },
      { title: 'written' },
    ],
    machines.map(({ machine, line, written }) => [
      machine.address,
      machine.name,
      machine.team,
      line,
      [written.name, written.team]
        .filter((text) => text !== undefined)
        .map((text) => `"${text}"`)
        .join(' '),
    ]),
  );
  return [
    how,
    `columns: ${taken}`,
    ...(passedOver.length === 0 ? [] : [`not read: ${lines(passedOver)}`]),
    ...table.split('\n').map((line) => line.trimEnd()),
  ];
}

function lines(numbers: readonly number[]): string {
  return `${numbers.length === 1 ? 'line' : 'lines'} ${numbers.join(', ')}`;
}
