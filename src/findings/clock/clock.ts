import type { Present } from '../sight/sight.js';
import { catalogue, subject } from '../subject.js';
import type { VerdictOf } from '../subject.js';
import { durationText } from '../wording.js';

const { entries, finding } = catalogue({
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
});

type Verdict = VerdictOf<keyof typeof entries>;

/** Beyond this, certificates and tokens made on one machine are not valid yet on the other. */
const STOPS_MS = 30_000;
/** Beyond this, the measured curves of two machines do not lie above each other. */
const HURTS_MS = 5000;

/**
 * The room's time, as milliseconds ahead of this computer's clock: the median of the machines. With an even number of them this
 * computer has a say too: of two clocks that differ, nobody else could tell which one is wrong.
 */
export function roomClockMs(present: readonly Pick<Present, 'facts'>[]): number {
  const offsets = present.map((p) => p.facts.clockOffsetMs);
  const all = offsets.length % 2 === 1 ? offsets : [...offsets, 0];
  return all.toSorted((a, b) => a - b)[Math.floor(all.length / 2)] ?? 0;
}

const offset: Verdict = ({ machine, facts }, { present }) => {
  const ahead = facts.clockOffsetMs - roomClockMs(present);
  const off = Math.abs(ahead);
  if (off <= HURTS_MS) return [];
  const { service, synchronized } = facts.timeSync;
  // A container has its host's clock: to set it there would set it for all.
  const fixable = service === undefined && !facts.container;
  return [
    finding('K-CLOCK', off > STOPS_MS ? 'stops' : 'hurts', machine, {
      evidence: `clock ${durationText(off / 1000)} ${ahead > 0 ? 'ahead of' : 'behind'} the room's median`,
      ...(synchronized === false
        ? { cause: `${service ?? ''} runs, but has not reached a time server` }
        : {}),
      remedy: facts.container
        ? 'set the clock of the computer that runs this container'
        : fixable
          ? 'on that machine: sudo timedatectl set-ntp true'
          : `let ${service ?? ''} set it: sudo systemctl restart ${service ?? ''}; without Internet: sudo timedatectl set-ntp false && sudo timedatectl set-time 'DATE TIME'`,
      fixable,
    }),
  ];
};

const timeService: Verdict = ({ machine, facts }) =>
  facts.timeSync.service !== undefined || facts.container || !facts.systemd
    ? []
    : [
        finding('K-CLOCK-SERVICE', 'note', machine, {
          evidence: 'neither systemd-timesyncd nor chrony nor an NTP daemon runs',
          remedy: 'for a lesson it does no harm; to have one: sudo timedatectl set-ntp true',
        }),
      ];

/** The clock against the room's, and whether somebody keeps it. */
export const clock = subject({ entries, ofMachine: [offset, timeService] });
