import { catalogue, subject } from '../subject.js';
import type { VerdictOf } from '../subject.js';

const { entries, finding } = catalogue({
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
});

type Verdict = VerdictOf<keyof typeof entries>;

/** Under load a laptop that is half full is empty before the lesson ends. */
const ENOUGH_PERCENT = 60;

const battery: Verdict = ({ machine, facts }) => {
  if (facts.battery?.discharging !== true) return [];
  const { percent } = facts.battery;
  return [
    finding('K-BATTERY', percent !== undefined && percent >= ENOUGH_PERCENT ? 'note' : 'hurts', machine, {
      evidence:
        percent === undefined ? 'it runs on its battery' : `it runs on its battery, ${percent} % left`,
      remedy: 'plug it in',
    }),
  ];
};

/** What logind may do of itself that ends in darkness; `lock` and `ignore` do not. */
const ASLEEP = /^(suspend|hibernate|hybrid-sleep|suspend-then-hibernate|sleep|poweroff|halt|kexec)/;

const sleep: Verdict = ({ machine, facts }) => {
  const { lid, onLidClose = '', onIdle = '', prevented } = facts.sleep;
  if (prevented) return [];
  const ways = [
    ...(lid && ASLEEP.test(onLidClose) ? [`a closed lid means ${onLidClose}`] : []),
    ...(ASLEEP.test(onIdle) ? [`when idle: ${onIdle}`] : []),
  ];
  if (ways.length === 0) return [];
  return [
    finding('K-SLEEP', 'note', machine, {
      evidence: ways.join(', '),
      remedy: 'leave the lid open and the settings for power on "never suspend"',
      fixable: true,
    }),
  ];
};

const powerProfile: Verdict = ({ machine, facts }) => {
  const { powerProfile: profile } = facts;
  if (profile !== 'power-saver' && profile !== 'low-power') return [];
  return [
    finding('K-POWER-PROFILE', 'note', machine, {
      evidence: `the power profile is ${profile}`,
      remedy: 'choose another one for the lesson: powerprofilesctl set balanced',
    }),
  ];
};

/** Virtual machines and containers have none, and nobody expects one. */
const sensor: Verdict = ({ machine, facts }) =>
  facts.container || facts.virtualization !== 'none' || facts.sensors.length > 0
    ? []
    : [
        finding('K-NO-SENSOR', 'note', machine, {
          evidence: 'no temperature sensor shows',
          remedy:
            'go on without temperatures, or try on that machine: sudo apt install lm-sensors && sudo sensors-detect --auto',
        }),
      ];

/** What a borrowed laptop does to a lesson: it runs down, falls asleep, holds itself back, or has nothing to measure heat with. */
export const laptop = subject({ entries, ofMachine: [battery, sleep, powerProfile, sensor] });
