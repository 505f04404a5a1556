import type { CatalogueEntry } from './entry.js';

/** The machine's clock. */
export const CLOCK = {
  'K-CLOCK': {
    title: 'The clock is off',
    severities: ['stops', 'hurts'],
    cause: 'certificates and tokens of one machine are not valid yet on the other',
    remedy: 'let a time service set it: `sudo timedatectl set-ntp true`',
    fix: "sets the clock to the room's median where no time service runs",
  },
  'K-CLOCK-SERVICE': {
    title: 'No time service runs',
    severities: ['note'],
    cause: 'the clock will drift',
    remedy: 'nothing for a lesson; to have one: `sudo timedatectl set-ntp true`',
  },
} as const satisfies Readonly<Record<string, CatalogueEntry>>;
