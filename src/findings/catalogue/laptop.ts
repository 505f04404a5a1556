import type { CatalogueEntry } from './entry.js';

/** What borrowed laptops do. */
export const LAPTOP = {
  'K-BATTERY': {
    title: 'The computer runs on its battery',
    severities: ['hurts', 'note'],
    cause: 'under load it lasts an hour or two',
    remedy: 'plug the computer in',
  },
  'K-SLEEP': {
    title: 'The computer may fall asleep',
    severities: ['note'],
    cause: 'a closed lid or an idle hour suspends it',
    remedy: 'leave the lid open, and set the computer never to suspend on mains power',
    fix: 'keeps it awake until teardown',
  },
  'K-POWER-PROFILE': {
    title: 'A power-saving profile is on',
    severities: ['note'],
    cause: 'the processor is held back, and measurements with it',
    remedy: 'choose another one for the lesson: `powerprofilesctl set balanced`',
  },
  'K-NO-SENSOR': {
    title: 'No temperature sensor',
    severities: ['note'],
    cause: 'the computer shows none; the dashboard says "no sensor"',
    remedy: 'go on without temperatures, or try `sudo apt install lm-sensors && sudo sensors-detect --auto`',
  },
} as const satisfies Readonly<Record<string, CatalogueEntry>>;
