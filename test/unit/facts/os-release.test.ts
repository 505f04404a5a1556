import { describe, expect, it } from 'vitest';
import { readOs } from '../../../src/facts/os-release.js';
import { told } from './recorded.js';

interface Others {
  readonly debianVersion?: string;
  readonly upstreamRelease?: string;
}

/** ID, ID_LIKE, VERSION_ID, VERSION_CODENAME and what else tells of the base, as the systems write them; then what they are made from. */
const SYSTEMS: readonly (readonly [name: string, osRelease: string, base: string, more?: Others])[] = [
  [
    'Debian 13',
    'ID=debian VERSION_ID="13" VERSION_CODENAME=trixie',
    'debian trixie 13',
    { debianVersion: '13.1' },
  ],
  ['Debian 8', 'ID=debian VERSION_ID="8"', 'debian jessie 8', { debianVersion: '8.11' }],
  ['a later Debian', 'ID=debian VERSION_ID="15" VERSION_CODENAME=duke', 'debian duke 15'],
  ['Debian testing', 'ID=debian VERSION_CODENAME=forky', 'debian - -', { debianVersion: 'forky/sid' }],
  [
    'Debian testing of 2024',
    'ID=debian VERSION_CODENAME=trixie',
    'debian trixie 13',
    { debianVersion: 'trixie/sid' },
  ],
  ['Debian sid', 'ID=debian', 'debian - -', { debianVersion: 'forky/sid' }],
  ['Raspberry Pi OS, 64 bit', 'ID=debian VERSION_ID="12" VERSION_CODENAME=bookworm', 'debian bookworm 12'],
  [
    'Raspberry Pi OS, 32 bit',
    'ID=raspbian ID_LIKE=debian VERSION_ID="12" VERSION_CODENAME=bookworm',
    'debian bookworm 12',
  ],
  [
    'Ubuntu',
    'ID=ubuntu ID_LIKE=debian VERSION_ID="24.04" VERSION_CODENAME=noble UBUNTU_CODENAME=noble',
    'ubuntu noble 24.04',
    { debianVersion: 'trixie/sid' },
  ],
  [
    'Ubuntu Kylin',
    'ID=ubuntu ID_LIKE=debian NAME="Ubuntu Kylin" VERSION_ID="22.04" VERSION_CODENAME=jammy UBUNTU_CODENAME=jammy',
    'ubuntu jammy 22.04',
  ],
  [
    'Ubuntu in development',
    'ID=ubuntu ID_LIKE=debian PRETTY_NAME="Ubuntu Resolute Raccoon (development branch)" VERSION_ID="26.04" VERSION_CODENAME=resolute UBUNTU_CODENAME=resolute',
    'ubuntu - -',
  ],
  [
    'Linux Mint 22',
    'ID=linuxmint ID_LIKE="ubuntu debian" VERSION_ID="22" VERSION_CODENAME=wilma UBUNTU_CODENAME=noble',
    'ubuntu noble 24.04',
    { debianVersion: 'trixie/sid' },
  ],
  [
    'Linux Mint 19',
    'ID=linuxmint ID_LIKE=ubuntu VERSION_ID="19" VERSION_CODENAME=tara UBUNTU_CODENAME=bionic',
    'ubuntu bionic 18.04',
  ],
  [
    'a later Linux Mint',
    'ID=linuxmint ID_LIKE="ubuntu debian" VERSION_ID="24" VERSION_CODENAME=zelda UBUNTU_CODENAME=zesty',
    'ubuntu zesty -',
  ],
  [
    'LMDE 6',
    'ID=linuxmint ID_LIKE=debian VERSION_ID="6" VERSION_CODENAME=faye DEBIAN_CODENAME=bookworm',
    'debian bookworm 12',
    { debianVersion: '12.5' },
  ],
  [
    'Pop!_OS',
    'ID=pop ID_LIKE="ubuntu debian" VERSION_ID="22.04" VERSION_CODENAME=jammy UBUNTU_CODENAME=jammy',
    'ubuntu jammy 22.04',
  ],
  [
    'Zorin OS 17',
    'ID=zorin ID_LIKE="ubuntu debian" VERSION_ID="17" VERSION_CODENAME=jammy UBUNTU_CODENAME=jammy',
    'ubuntu jammy 22.04',
  ],
  [
    'elementary OS 7',
    'ID=elementary ID_LIKE="ubuntu debian" VERSION_ID="7" VERSION_CODENAME=horus UBUNTU_CODENAME=jammy UBUNTU_VERSION_CODENAME=jammy',
    'ubuntu jammy 22.04',
  ],
  [
    'elementary OS 5, whose own name stands there',
    'ID=elementary ID_LIKE=ubuntu VERSION_ID="5.0" VERSION_CODENAME=juno UBUNTU_CODENAME=juno',
    'ubuntu bionic 18.04',
    { upstreamRelease: 'DISTRIB_ID=Ubuntu DISTRIB_RELEASE=18.04 DISTRIB_CODENAME=bionic' },
  ],
  [
    'KDE neon',
    'ID=neon ID_LIKE="ubuntu debian" VERSION_ID="22.04" VERSION_CODENAME=jammy UBUNTU_CODENAME=jammy',
    'ubuntu jammy 22.04',
  ],
  [
    'Trisquel 11',
    'ID=trisquel ID_LIKE=debian VERSION_ID="11.0" VERSION_CODENAME="aramo" UBUNTU_CODENAME="jammy"',
    'ubuntu jammy 22.04',
    { debianVersion: 'bookworm/sid' },
  ],
  [
    'Kali',
    'ID=kali ID_LIKE=debian VERSION_ID="2025.4" VERSION_CODENAME=kali-rolling',
    'debian - -',
    { debianVersion: 'kali-rolling' },
  ],
  [
    'Devuan 5',
    'ID=devuan ID_LIKE=debian VERSION_ID="5" VERSION_CODENAME="daedalus"',
    'debian bookworm 12',
    { debianVersion: '12.0' },
  ],
  ['MX 23', 'ID=debian VERSION_ID="12" VERSION_CODENAME=bookworm', 'debian bookworm 12'],
  [
    'a Debian derivative with a name of its own',
    'ID=mx ID_LIKE=debian VERSION_ID="23.3" VERSION_CODENAME=Libretto',
    'debian bookworm 12',
    { debianVersion: '12.8' },
  ],
  [
    'Parrot 5',
    'ID=parrot ID_LIKE=debian VERSION_ID="5.3" VERSION_CODENAME=ara',
    'debian bookworm 12',
    { debianVersion: 'bookworm/sid' },
  ],
  [
    'PureOS, which does not say what it is like',
    'ID=pureos VERSION_ID=10.0 VERSION_CODENAME=byzantium',
    'debian bullseye 11',
    { debianVersion: '11.0' },
  ],
  [
    'an Ubuntu derivative that tells nothing',
    'ID=lite ID_LIKE="ubuntu debian" VERSION_ID="7"',
    'ubuntu - -',
    { debianVersion: 'trixie/sid' },
  ],
  [
    'a Debian derivative of sid',
    'ID=rolling ID_LIKE=debian DEBIAN_CODENAME=sid',
    'debian - -',
    { debianVersion: 'forky/sid' },
  ],
  ['Fedora', 'ID=fedora VERSION_ID=41', 'nothing'],
  ['Rocky', 'ID=rocky ID_LIKE="rhel centos fedora" VERSION_ID="9.4"', 'nothing'],
  ['Arch', 'ID=arch', 'nothing'],
  ['a machine without os-release', '', 'nothing'],
];

describe('what a system is made from', () => {
  const systems = SYSTEMS.map(([name, osRelease, base, others]) => ({ name, osRelease, base, others }));
  it.each(systems)('$name', ({ osRelease, base: expected, others }) => {
    const lines = (text = ''): readonly string[] => text.match(/\w+=("[^"]*"|\S*)/g) ?? [];
    const { base } = readOs({
      osRelease: lines(osRelease),
      upstreamRelease: lines(others?.upstreamRelease),
      debianVersion: others?.debianVersion ?? '',
    });
    const said = base === undefined ? ['nothing'] : [base.distribution, base.codename, base.version];
    expect(said.map((word) => (word === '' ? '-' : word)).join(' ')).toBe(expected);
  });

  it('is told by the files of a machine', () => {
    const { os } = told(
      'debian-version=12.5',
      '[files]',
      '/etc/os-release:ID=linuxmint',
      '/etc/os-release:ID_LIKE=debian',
      '/etc/os-release:VERSION_CODENAME=faye',
    );
    expect(os).toMatchObject({
      codename: 'faye',
      base: { distribution: 'debian', codename: 'bookworm', version: '12' },
    });
    const mint = told(
      '[files]',
      '/etc/os-release:ID_LIKE=ubuntu',
      '/etc/upstream-release/lsb-release:DISTRIB_ID=Ubuntu',
      '/etc/upstream-release/lsb-release:DISTRIB_CODENAME=jammy',
    );
    expect(mint.os.base).toEqual({ distribution: 'ubuntu', codename: 'jammy', version: '22.04' });
  });
});
