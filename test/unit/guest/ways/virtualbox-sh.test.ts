import { spawn, spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { networkInterfaces, tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { Desk } from '../../../../src/enrol/desk.js';
import { openDoor } from '../../../../src/enrol/door.js';
import type { Door } from '../../../../src/enrol/door.js';
import { guestOffer } from '../../../../src/enrol/guest-offer.js';
import { virtualboxLinux, virtualboxMacos } from '../../../../src/guest/ways/virtualbox-sh.js';
import { HOST_KEY, OTHER_KEY } from '../../enrol/sample-laptop.js';
import { makeStandIns } from './stand-ins.js';

// The script as it runs on a laptop, at a terminal, against the real desk behind the real page. The laptop's system and VirtualBox are stand-ins.

const WORD = 'k7mqx2fp9dtw';
const TYPED = ['y', WORD, ''];
const own = Object.values(networkInterfaces())
  .flatMap((list) => list ?? [])
  .find((a) => a.family === 'IPv4' && !a.internal)?.address;
const curl = spawnSync('sh', ['-c', 'command -v curl'], { encoding: 'utf8' }).stdout.trim();
const DISK = Buffer.from('a disk of a guest\n'.repeat(20_000));

let root: string;
let door: Door;
let desk: Desk;
let agrees: boolean;
let wrongAtLogin: string | undefined;

beforeEach(async () => {
  root = mkdtempSync(join(tmpdir(), 'kmon-guest-'));
  mkdirSync(join(root, 'home'));
  agrees = true;
  wrongAtLogin = undefined;
  writeFileSync(join(root, 'disk.vmdk'), DISK);
  const sha256 = createHash('sha256').update(DISK).digest('hex');
  const disk = { name: 'disk.vmdk', bytes: DISK.length, sha256, from: join(root, 'disk.vmdk') };
  const asked = (): { number: number; nonce: string } => ({ number: 1, nonce: desk.seats[0]?.nonce ?? '' });
  desk = new Desk({
    session: 'f'.repeat(32),
    objection: () => undefined,
    inRoomAt: () => undefined,
    admission: (laptop) =>
      guestOffer(new Map([['amd64', disk]]), laptop, OTHER_KEY, new Date()) ?? { wrong: 'no image' },
    onEvent: (event) => {
      if (event.type === 'seat' && event.seat.state === 'waiting' && agrees)
        setImmediate(() => {
          desk.approve(asked());
        });
      if (event.type === 'ready')
        setImmediate(() => {
          desk.tried(1, wrongAtLogin);
        });
    },
    nowMs: () => performance.now(),
  });
  desk.addWord(WORD);
  door = await openDoor(own ?? '', 0, {
    pages: new Map([['/', { type: 'text/html', text: 'page' }]]),
    front: () => '/',
    posts: new Map([
      ['/register', (text, source) => desk.register(text, source)],
      ['/ask', (text, source) => desk.ask(text, source)],
    ]),
    offered: (path, source) => desk.offered(path, source),
    styleHash: '',
  });
});
afterEach(async () => {
  await door.close();
  rmSync(root, { recursive: true });
});

interface Ran {
  readonly status: number | null;
  readonly said: string;
}

const environment = (): NodeJS.ProcessEnv => ({
  PATH: `${root}/bin:${process.env['PATH'] ?? ''}`,
  HOME: join(root, 'home'),
  TMPDIR: root,
});

async function run(
  system: 'macos' | 'linux',
  typed: readonly string[] = TYPED,
  shell = 'dash',
): Promise<Ran> {
  if (!existsSync(join(root, 'bin'))) {
    makeStandIns(root, system, HOST_KEY);
    symlinkSync(curl, join(root, 'bin/real-curl'));
  }
  const way = system === 'macos' ? virtualboxMacos : virtualboxLinux;
  const templates = way.templates.map((name) =>
    readFileSync(new URL(`../../../../templates/${name}`, import.meta.url), 'utf8'),
  );
  const script = way.script(templates, {
    page: `http://${own ?? ''}:${door.port}`,
    session: 'f'.repeat(32),
    room: `it's $(touch ${root}/owned)`,
    by: 'ada@desk',
    architectures: ['amd64'],
    pauseSeconds: 0.02,
    bootSeconds: 1,
    proc: join(root, 'proc'),
    asRoot: true,
    stays: false,
  });
  const file = join(root, 'script');
  writeFileSync(file, script);
  const child = spawn('script', ['-q', '-e', '-c', `${shell} ${file}`, '/dev/null'], {
    env: environment(),
    stdio: ['pipe', 'pipe', 'pipe'],
  });
  let said = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => (said += text));
  for (const line of typed) child.stdin.write(`${line}\n`);
  return new Promise((resolve) => {
    child.once('close', (status) => {
      resolve({ status, said: said.replaceAll('\r', '') });
    });
  });
}

const plant = (name: string, text = ''): void => {
  mkdirSync(join(root, name, '..'), { recursive: true });
  writeFileSync(join(root, name), text);
};
const prepare = (system: 'macos' | 'linux'): void => {
  makeStandIns(root, system, HOST_KEY);
  symlinkSync(curl, join(root, 'bin/real-curl'));
};
const asked = (): readonly string[] => readFileSync(join(root, 'asked'), 'utf8').trim().split('\n');
/** All that a guest leaves on a laptop: its owner's files, machines and media of VirtualBox, what was installed. */
const left = (): readonly string[] =>
  [
    ...readdirSync(join(root, 'home'), { recursive: true, encoding: 'utf8' }).map((f) => `home/${f}`),
    ...readdirSync(join(root, 'state')).map((f) => `state/${f}`),
    // What VirtualBox makes of itself at home is its own, where it was there before.
  ].filter((f) => !/^home\/(Library|\.config)/.test(f));
const leave = (): { readonly status: number | null; readonly stdout: string } =>
  spawnSync('sh', [join(root, 'home/kmon-guest/leave.sh')], { env: environment(), encoding: 'utf8' });

/** What makes a guest; the two systems differ in none of it, so that one of them tries all. */
const MAKING: readonly string[] = [
  'VBoxManage createvm',
  'VBoxManage modifyvm kmon-guest --firmware',
  'VBoxManage modifyvm kmon-guest --natpf1 overlay',
  'VBoxManage clonemedium',
  'VBoxManage storagectl',
  'VBoxManage storageattach kmon-guest --storagectl disks --port 0',
  'VBoxManage storageattach kmon-guest --storagectl disks --port 1',
  'VBoxManage startvm',
];

describe.each(['linux', 'macos'] as const)('a guest in VirtualBox on %s', (system) => {
  it.each(['dash', 'bash'])('is made and comes in, by %s, and goes without a trace', async (shell) => {
    const { status, said } = await run(system, TYPED, shell);
    expect(said).toContain('you are in');
    expect(status).toBe(0);
    expect(desk.seats[0]).toMatchObject({
      state: 'in',
      laptop: { port: 2222, address: own, guest: { architecture: 'amd64' } },
    });
    expect(desk.seats[0]?.laptop?.hostKeys.map((k) => k.toString('base64'))).toEqual([
      HOST_KEY.split(' ')[1],
    ]);
    expect(existsSync(join(root, 'owned'))).toBe(false);
    const calls = asked().filter((call) => call.startsWith('VBoxManage modifyvm'));
    expect(calls.map((call) => call.split('--natpf1 ')[1]).filter(Boolean)).toEqual([
      'ssh,tcp,,2222,,22',
      'kubelet,tcp,,10250,,10250',
      'exporter,tcp,,9100,,9100',
      'overlay,udp,,8472,,8472',
    ]);
    expect(readFileSync(join(root, 'home/kmon-guest/kmon-guest.vdi'))).toEqual(DISK);
    // The word goes nowhere.
    for (const call of asked()) expect(call).not.toContain(WORD);
    const gone = leave();
    expect(gone.stdout).toContain('this laptop is as it was');
    expect([gone.status, left()]).toEqual([0, []]);
  });

  it('is made of nothing where its owner says no', async () => {
    const { status, said } = await run(system, ['']);
    expect(said).toContain('nothing was changed');
    expect([status, left()]).toEqual([1, []]);
    expect(existsSync(join(root, 'asked'))).toBe(system === 'macos');
  });

  it.each(system === 'macos' ? MAKING : ['VBoxManage createvm', 'VBoxManage startvm'])(
    'leaves nothing when this fails, and both sides hear why: %s',
    async (call) => {
      prepare(system);
      plant('fail', call);
      const { status, said } = await run(system);
      expect(said).toContain('it was told to fail');
      expect(said).toContain('this laptop is as it was');
      expect([status, left()]).toEqual([1, []]);
      expect(desk.seats[0]).toMatchObject({
        state: 'free',
        why: expect.stringContaining('told to fail') as string,
      });
    },
  );

  it.each([
    ['ssh-keyscan', 'does not answer within 1 seconds'],
    ['curl -fsS --noproxy * --connect-timeout', 'downloads the guest: error: it was told to fail'],
  ])('leaves nothing when this fails: %s', async (call, why) => {
    prepare(system);
    plant('fail', call);
    const { status, said } = await run(system);
    expect(said).toContain(why);
    expect([status, left()]).toEqual([1, []]);
    expect(desk.seats[0]?.state).toBe('free');
  });

  it('leaves nothing when kmon cannot log in', async () => {
    wrongAtLogin = 'port 2222 does not answer';
    const { status, said } = await run(system);
    expect(said).toContain('port 2222 does not answer');
    expect([status, left()]).toEqual([1, []]);
  });

  it.each(['VBoxManage unregistervm', 'VBoxManage controlvm'])(
    'goes all the same when this fails once: %s',
    async (call) => {
      await run(system);
      plant('once');
      plant('fail', call);
      expect([leave().status, left()]).toEqual([0, []]);
    },
  );

  it('says what is still here when it cannot go, and goes later', async () => {
    await run(system);
    plant('fail', 'VBoxManage unregistervm');
    const stuck = spawnSync('sh', [join(root, 'home/kmon-guest/leave.sh')], {
      env: environment(),
      encoding: 'utf8',
    });
    expect(stuck.stderr).toContain('still here: the virtual machine kmon-guest (it was told to fail)');
    expect(stuck.status).toBe(1);
    rmSync(join(root, 'fail'));
    expect([leave().status, left()]).toEqual([0, []]);
  });

  it('goes on where a download was cut', async () => {
    prepare(system);
    plant('cut');
    expect((await run(system)).said).toContain('it goes on');
    expect(readFileSync(join(root, 'home/kmon-guest/kmon-guest.vdi')).equals(DISK)).toBe(true);
    expect(asked().filter((call) => call.includes('/guest/disk.vmdk'))).toHaveLength(2);
  });

  it('believes no disk that is another', async () => {
    prepare(system);
    plant('other');
    const { status, said } = await run(system);
    expect(said).toContain('downloads the guest: what came is not what kmon has');
    expect([status, left()]).toEqual([1, []]);
    expect(asked().some((call) => call.startsWith('VBoxManage createvm'))).toBe(false);
  });

  it('takes no machine of its owner, and what Finder has put into the folder', async () => {
    await run(system);
    rmSync(join(root, 'base'));
    writeFileSync(join(root, 'home/kmon-guest/.DS_Store'), 'x');
    expect(leave().status).toBe(0);
    expect(existsSync(join(root, 'state/vm'))).toBe(true);
    expect(existsSync(join(root, 'home/kmon-guest'))).toBe(false);
  });

  it('is made anew by the line of another lesson', async () => {
    await run(system);
    desk.addWord('aaaabbbbcccc');
    desk.tried(1, undefined);
    const { said } = await run(system, ['y', 'aaaabbbbcccc', 'other']);
    expect(said).toContain('there is a guest of kmon here already');
    // The desk knows this address, and the guest stays as it is.
    expect(said).toContain('is enrolled already');
    expect(existsSync(join(root, 'state/running'))).toBe(true);
    expect([leave().status, left()]).toEqual([0, []]);
  });

  it.each<[string, () => void, string]>([
    [
      'a port is taken',
      () => {
        plant('taken', '10250');
      },
      'port 10250 (TCP) of this laptop is taken by another program',
    ],
    [
      'the disk is full',
      () => {
        plant('free', '2000000');
      },
      '1953 MB of disk are free, and a guest needs 15000',
    ],
    [
      'VirtualBox is old',
      () => {
        plant('version', '6.1.50r1');
      },
      'VirtualBox 6.1 is too old, it has to be 7.0 or later',
    ],
    [
      'VirtualBox does not run',
      () => {
        plant('version', 'WARNING: the vboxdrv module is not loaded');
      },
      'VirtualBox is here and does not run',
    ],
    [
      'there is such a folder',
      () => {
        plant('home/kmon-guest/mine');
      },
      'kmon-guest is here already, and nobody knows whose it is',
    ],
    [
      'there is such a machine',
      () => {
        plant(system === 'macos' ? 'home/Library/VirtualBox/x' : 'home/.config/VirtualBox/x');
        plant('state/vm', 'kmon-guest');
      },
      'a virtual machine of the name kmon-guest is here already',
    ],
    ...(system === 'macos'
      ? ([
          [
            'it cannot',
            () => {
              plant('hv', '0');
            },
            'this Mac cannot run virtual machines',
          ],
          [
            'memory is short',
            () => {
              plant('memory', '4294967296');
            },
            'this laptop has 4096 MB of memory',
          ],
          [
            'its processor has no image',
            () => {
              plant('arm', '1');
            },
            'is arm64, and your teacher has a guest for amd64 only',
          ],
        ] satisfies [string, () => void, string][])
      : ([
          [
            'virtualization is off',
            () => {
              plant('proc/cpuinfo', 'flags\t\t: fpu sse2\n');
            },
            'virtualization is off in the firmware',
          ],
          [
            'memory is short',
            () => {
              plant('proc/meminfo', 'MemTotal: 4000000 kB\n');
            },
            'this laptop has 3906 MB of memory',
          ],
        ] satisfies [string, () => void, string][])),
  ])('changes nothing and tells both sides when %s', async (_, spoil, why) => {
    prepare(system);
    spoil();
    agrees = false;
    const before = left();
    const { status, said } = await run(system);
    expect(said).toContain(why);
    expect([status, left()]).toEqual([1, before]);
    expect(desk.seats[0]).toMatchObject({ state: 'free', why: expect.stringContaining(why) as string });
  });
});

describe('a Mac without VirtualBox', () => {
  beforeEach(() => {
    prepare('macos');
    rmSync(join(root, 'bin/VBoxManage'));
  });

  it('gets it, and loses it again with all that it has made of itself', async () => {
    expect((await run('macos')).said).toContain('you are in');
    expect(readFileSync(join(root, 'home/kmon-guest/journal'), 'utf8')).toMatch(
      /^folder .*\nvirtualbox brew\nsettings .*\/Library\/VirtualBox\nmedium /,
    );
    expect([leave().status, left()]).toEqual([0, []]);
    expect(existsSync(join(root, 'home/Library/VirtualBox'))).toBe(false);
  });

  it.each(['brew install', 'VBoxManage startvm'])('is without it again when this fails: %s', async (call) => {
    plant('fail', call);
    const { status, said } = await run('macos');
    expect(said).toContain('it was told to fail');
    expect([status, left()]).toEqual([1, []]);
  });

  it('keeps it with the machines that its owner has made in it since', async () => {
    await run('macos');
    plant('mine', '');
    const { status, stdout } = leave();
    expect(stdout).toContain('VirtualBox stays: there are other machines in it');
    expect(status).toBe(0);
    expect(existsSync(join(root, 'state/cask'))).toBe(true);
    expect(existsSync(join(root, 'state/vm'))).toBe(false);
    expect(existsSync(join(root, 'home/Library/VirtualBox'))).toBe(true);
  });

  it('says so when it cannot be removed', async () => {
    await run('macos');
    plant('fail', 'brew uninstall');
    const gone = spawnSync('sh', [join(root, 'home/kmon-guest/leave.sh')], {
      env: environment(),
      encoding: 'utf8',
    });
    expect(gone.stderr).toContain('still here: VirtualBox: brew uninstall --cask virtualbox');
    expect(gone.status).toBe(1);
    rmSync(join(root, 'fail'));
    expect([leave().status, left()]).toEqual([0, []]);
  });

  it('says what to do without Homebrew', async () => {
    rmSync(join(root, 'bin/brew'));
    const { said } = await run('macos');
    expect(said).toContain('install VirtualBox from virtualbox.org and paste the line again');
    expect(left()).toEqual([]);
  });
});
