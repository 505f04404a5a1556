import type { OsBase } from '../../facts/facts.js';
import { catalogue, subject } from '../subject.js';
import type { VerdictOf } from '../subject.js';

const { entries, finding } = catalogue({
  'K-SYSTEMD': {
    title: 'systemd does not run',
    severities: ['stops'],
    cause: 'the kubelet is a unit of systemd',
    remedy: 'use a Linux with systemd',
  },
  'K-OS': {
    title: 'The operating system is not one that kmon prepares',
    severities: ['stops', 'hurts', 'note'],
    cause: 'kmon installs with apt, on systems whose packages it knows',
    remedy:
      'install Debian 11, Ubuntu 20.04, Raspberry Pi OS 11 or a later one, or leave the machine out of kmon.yaml',
  },
  'K-ARCH': {
    title: 'The processor or system is of another architecture',
    severities: ['stops'],
    cause: 'programs of one kind of processor do not run on another',
    remedy: 'install the 64 bit edition of the system, or name a bundle for this architecture in kmon.yaml',
  },
});

type Verdict = VerdictOf<keyof typeof entries>;

/** Oldest releases whose packages kmon knows, of a system itself or of what it is made from. */
const PREPARED: Readonly<Record<OsBase['distribution'], readonly [major: number, minor: number]>> = {
  debian: [11, 0],
  ubuntu: [20, 4],
};

const CALLED: Readonly<Record<OsBase['distribution'], string>> = { debian: 'Debian', ubuntu: 'Ubuntu' };

const WANTED = 'Debian 11, Ubuntu 20.04, Raspberry Pi OS 11 or a later one';

const systemd: Verdict = ({ machine, facts }) =>
  facts.systemd
    ? []
    : [
        finding('K-SYSTEMD', 'stops', machine, {
          evidence: 'systemd does not run here',
          remedy: 'use a Linux with systemd (Debian, Ubuntu, Raspberry Pi OS)',
        }),
      ];

const distribution: Verdict = ({ machine, facts }) => {
  const { os } = facts;
  const name = os.name === '' ? 'a system without a name (no /etc/os-release)' : os.name;
  const another = `install ${WANTED} on this machine, or leave it out of kmon.yaml`;
  const { base } = os;
  if (base === undefined && [os.id, ...os.like].some((id) => ['fedora', 'rhel', 'centos'].includes(id))) {
    return [
      finding('K-OS', 'stops', machine, {
        evidence: `${name} is a system that Kubernetes runs on, but kmon installs with apt`,
        remedy: another,
      }),
    ];
  }
  if (!facts.apt) {
    return [finding('K-OS', 'stops', machine, { evidence: `${name} has no apt`, remedy: another })];
  }
  if (facts.virtualization === 'wsl') {
    return [
      finding('K-OS', 'stops', machine, {
        evidence: `${name} runs inside Windows (WSL)`,
        cause: 'Windows translates its address, so the other machines cannot reach it',
        remedy: `start the computer from a disk with ${WANTED}, or leave it out of kmon.yaml`,
      }),
    ];
  }
  if (base === undefined) {
    return [
      finding('K-OS', 'hurts', machine, {
        evidence: `${name} has apt, but kmon does not know its packages`,
        remedy: `go on, and use ${WANTED} if the installation fails there`,
      }),
    ];
  }
  if (base.codename === '' && base.version === '') {
    return [
      finding('K-OS', 'note', machine, {
        evidence: `${name} is made from no release of ${CALLED[base.distribution]} that kmon knows`,
        cause: 'it goes on changing, or does not tell what it is made from, so kmon is not tried on it',
        remedy: `go on, and use ${WANTED} if the installation fails there`,
      }),
    ];
  }
  if (!isOlder(base.version, PREPARED[base.distribution])) return [];
  const from =
    base.version === os.version ? '' : `: it is made from ${CALLED[base.distribution]} ${base.version}`;
  return [
    finding('K-OS', 'stops', machine, {
      evidence: `${name} is too old${from}`,
      cause: 'its packages and its kernel are older than what Kubernetes needs',
      remedy: `upgrade it to ${WANTED}`,
    }),
  ];
};

/** A release that is newer than this program has no version here. */
function isOlder(version: string, [major, minor]: readonly [number, number]): boolean {
  const [, first, second = '0'] = /^(\d+)(?:\.(\d+))?/.exec(version) ?? [];
  if (first === undefined) return false;
  return Number(first) < major || (Number(first) === major && Number(second) < minor);
}

const architecture: Verdict = ({ machine, facts }, { sight: { supply } }) => {
  const own = facts.architecture;
  const misfit = own === '' ? undefined : supply.misfit(own);
  return misfit === undefined ? [] : [finding('K-ARCH', 'stops', machine, misfit)];
};

/** What kind of system it is: systemd, the distribution, the processor. */
export const kind = subject({ entries, ofMachine: [systemd, distribution, architecture] });
