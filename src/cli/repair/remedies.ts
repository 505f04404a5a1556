import type { Held } from './what-to-write.js';
import type { Row } from './whereabouts-text.js';

/** What is in the way of writing a new address down. */
export function inTheWay({ move: { name, now }, by }: Held): string {
  return (
    `${name} is at ${now}, which kmon.yaml has for ${by}: it was left as it is\n` +
    `  fix: switch ${by} on and run \`kmon repair\` for the whole room, or write by hand where ${by} is`
  );
}

/** One for each kind of what was not found. */
export function remedies(rows: readonly Row[]): readonly string[] {
  const told: Partial<Record<Row['is'], string>> = {
    lost:
      'nobody shows its host key in this network\n' +
      '  fix: switch it on, and see that it is in the same network; a machine that was installed anew has another key',
    doubled:
      'its host key is shown at several addresses\n' +
      '  fix: where it is one computer with a cable and Wi-Fi, take one of them away and run this again, or write one address into kmon.yaml by hand; ' +
      'where these are copies of one disk, switch the others off',
    shared:
      'the host key that was found is pinned for several of the room\n' +
      '  fix: copies of one disk cannot be told apart: write the new addresses into kmon.yaml by hand',
    unknown: 'not looked for\n  fix: write the new address into kmon.yaml by hand, if it has another one',
  };
  return Object.entries(told).flatMap(([is, text]) => {
    const names = rows.filter((row) => row.is === is).map((row) => row.name);
    return names.length === 0 ? [] : [`${names.join(', ')}: ${text}`];
  });
}
