import { isRange } from '../networks/addresses.js';
import { readChildren } from '../children/read.js';
import { fitted } from '../writing/fitting.js';
import type { KeyPath } from './problems.js';
import { roomNameFrom } from '../writing/proposals.js';

/**
 * How a value that was refused is to be written, when it is plain what was meant: several machines where one belongs, a name of two words.
 * Completes the mistake, or is nothing.
 */
export function adviceFor(path: KeyPath, written: string): string {
  const [top, , below] = path;
  const place = path.map((key) => (typeof key === 'number' ? '*' : key)).join('.');
  switch (place) {
    case 'parent':
    case 'parent.address':
      return isRange(written) ? ': a room has one parent, so it takes no range' : '';
    case 'children':
    case 'children.*':
    case 'children.*.address':
      return machinesAdvice(written, below === undefined);
    case 'parent.name':
    case 'children.*.name':
    case 'children.*.team': {
      const word = fitted(written);
      return word === undefined ? '' : `: write ${word}`;
    }
    case 'room':
      return top === 'room' && /[A-Za-z0-9]/.test(written) ? `: write ${roomNameFrom(written)}` : '';
    default:
      return '';
  }
}

/** What a text would be in a list of children, where ranges and names may stand. */
function machinesAdvice(written: string, isWhole: boolean): string {
  if (/^[\d.]+\/\d+$/.test(written)) {
    const [address = '', bits = ''] = written.split('/');
    return readChildren(written).mistakes.some((m) => m.text.includes('without'))
      ? `: leave the /${bits} out, ${address}`
      : ': a network has no children, name the machines in it (`kmon new --children 192.168.1.11-14` takes a range)';
  }
  if (/\p{Cc}/u.test(written)) return '';
  const { machines, mistakes } = readChildren(written, { exact: true });
  const [first] = machines;
  if (first === undefined || mistakes.length > 0) return '';
  if (machines.length > 1) {
    const list = /^[\w.-]+$/.test(written) ? written : `'${written}'`;
    return `: kmon.yaml has each machine on its own; \`kmon new --children ${list}\` writes these ${machines.length}`;
  }
  if (!isWhole) return '';
  const { address, name, team } = first.machine;
  const parts = [
    `address: ${address}`,
    ...(name === undefined ? [] : [`name: ${name}`]),
    ...(team === undefined ? [] : [`team: ${team}`]),
  ];
  return `: write { ${parts.join(', ')} }`;
}
