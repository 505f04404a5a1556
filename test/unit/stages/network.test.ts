import { describe, expect, it } from 'vitest';
import { NO_PERL } from '../../../src/trial/program.js';
import { SeenByStage } from '../../../src/engine/results.js';
import type { Trial } from '../../../src/engine/stage.js';
import { KmonError } from '../../../src/errors/kmon-error.js';
import type { Machine } from '../../../src/room/machine.js';
import { networkTrials } from '../../../src/trial/stages.js';
import type { NetworkTrials } from '../../../src/trial/stages.js';
import type { NetworkProof } from '../../../src/trial/network-proof.js';
import { inner } from '../../support/guest-facts.js';
import { CHILD, OTHER, ownLedger, PARENT, sampleConfig } from '../../support/sample-room.js';
import { attempts } from '../../support/scripted-runner.js';
import type { Answer } from '../../support/scripted-runner.js';
import { plannedIn, play } from './stage-run.js';
import type { Played, Setting } from './stage-run.js';

const BUNDLE = { config: { bundle: '/srv/bundle' } };

/** The trials of one run, and what they saw by now. */
interface Trials extends NetworkTrials {
  readonly seen: SeenByStage;
}

function newTrials(): Trials {
  return { ...networkTrials(), seen: new SeenByStage() };
}

function proofOf(trials: Trials): NetworkProof {
  return trials.proof(trials.seen, sampleConfig().room);
}

/** One trial on one machine that answers a program so; without an answer it must not be asked. */
async function at(
  trials: Trials,
  id: string,
  machine: Machine,
  answer?: Answer,
  setting: Setting = BUNDLE,
): Promise<Played> {
  const steps = answer === undefined ? [] : [attempts('exec perl -', answer)];
  return play(trialOf(trials, id), machine.role === 'parent' ? { parent: steps } : { child: steps }, {
    machine,
    seen: trials.seen,
    ...setting,
  });
}

function trialOf({ stages }: Trials, id: string): Trial {
  const trial = stages.find((s) => s.id === id);
  if (trial === undefined) throw new Error(`no trial ${id}`);
  return trial;
}

/** The lines of the job that a machine was given last, by their word. */
function job(played: Played, word: string): readonly string[] {
  const stdin = played.journal.at(-1)?.command.stdin;
  if (typeof stdin !== 'string') throw new Error('no program was sent');
  const lines = stdin.slice(stdin.indexOf('\n__END__\n')).split('\n');
  return lines.filter((line) => line.startsWith(`${word} `)).map((line) => line.slice(word.length + 1));
}

const opened = (pid: number, ...ports: readonly string[]): string =>
  [`pid ${pid}`, ...ports.map((p) => `port ${p}`), ''].join('\n');

/** All three listen. */
async function listening(trials: Trials): Promise<void> {
  const all = ['tcp 10250 opened', 'tcp 9100 opened', 'udp 8472 opened'];
  await at(trials, 'network-open', PARENT, opened(1, 'tcp 6443 opened', ...all));
  await at(trials, 'network-open', CHILD, opened(2, ...all));
  await at(trials, 'network-open', OTHER, opened(3, ...all));
}

describe('the trials of the network', () => {
  it('try something out, and change nothing', async () => {
    const trials = newTrials();
    const played = await at(trials, 'network-open', CHILD, opened(2));
    expect(played.outcome).toBe('unchanged');
    expect(played.journal.map((given) => given.verb)).toEqual(['try']);
  });

  it('do nothing in a dry run, and are planned where they wait for what is planned', async () => {
    const trials = newTrials();
    for (const { id, title } of trials.stages) {
      const played = await at(trials, id, CHILD, undefined, { ...BUNDLE, dryRun: true });
      expect(played).toMatchObject({ outcome: 'unchanged', journal: [] });
      expect(plannedIn(played)).toEqual([]);
      const later = await at(trials, id, CHILD, undefined, { ...BUNDLE, dryRun: true, byInference: true });
      expect(later).toMatchObject({ outcome: 'planned', journal: [] });
      expect(plannedIn(later)).toEqual([title.replace(/^[A-Z]/, (first) => first.toLowerCase())]);
    }
  });

  it('close the ports that they opened, even when the run was stopped in between', async () => {
    const trials = newTrials();
    await listening(trials);
    const interrupt = new AbortController();
    interrupt.abort(new Error('interrupted'));
    const played = await at(trials, 'network-close', CHILD, 'stopped yes\n', { signal: interrupt.signal });
    expect(played.outcome).toBe('unchanged');
    expect(job(played, 'pid')).toEqual(['2']);
    expect(trialOf(trials, 'network-close').closes).toBe(trialOf(trials, 'network-open'));
    const { error } = await at(trials, 'network-try', CHILD, undefined, {
      signal: AbortSignal.abort(new KmonError('interrupted', 'stopped')),
    });
    expect(error?.code).toBe('interrupted');
  });

  it('keep the token out of what is shown', async () => {
    const trials = newTrials();
    const played = await at(trials, 'network-open', CHILD, opened(2));
    expect(job(played, 'token')).toEqual([trials.token]);
    expect(played.journal.map((given) => given.command.script).join()).not.toContain(trials.token);
    expect(JSON.stringify(played.events)).not.toContain(trials.token);
  });

  it('open what the workshop listens on, for the room alone', async () => {
    const trials = newTrials();
    const child = await at(trials, 'network-open', CHILD, opened(2));
    expect(job(child, 'port')).toEqual(['tcp 10250', 'tcp 9100', 'udp 8472']);
    expect(job(child, 'address')).toEqual([CHILD.address]);
    expect(job(child, 'room')).toEqual([PARENT, CHILD, OTHER].map((m) => m.address));
    const parent = await at(trials, 'network-open', PARENT, opened(1));
    expect(job(parent, 'port')).toContain('tcp 6443');
  });

  it('listen at all addresses of a guest, also to its laptop, and try its own ports where it has them', async () => {
    const guest = { ...CHILD, guest: true } as const;
    const room = { ...sampleConfig().room, children: [guest, OTHER] };
    const setting = { config: { ...BUNDLE.config, room }, facts: inner() };
    const trials = newTrials();
    await listening(trials);
    const held = opened(2, 'tcp 10250 held', 'tcp 9100 opened', 'udp 8472 opened');
    const played = await at(trials, 'network-open', guest, held, setting);
    expect(job(played, 'address')).toEqual(['0.0.0.0']);
    expect(job(played, 'room')).toContain('10.0.2.2');
    const before = await at(trials, 'network-try', guest, '', setting);
    expect(job(before, 'tcp')).toContain('1 10.0.2.15 10250');
    const prepared = inner({ device: 'lo', address: guest.address, prefix: 32 });
    const after = await at(trials, 'network-try', guest, '', { ...setting, facts: prepared });
    expect(job(after, 'tcp')).toContain(`1 ${guest.address} 10250`);
    // Others do as with any machine: by the address of the laptop.
    const other = await at(trials, 'network-try', OTHER, '', { config: setting.config });
    expect(job(other, 'tcp')).toContain(`1 ${guest.address} 10250`);
    expect(job(other, 'udp')).toContain(`1 ${guest.address} 8472`);
  });

  it('try every machine that listens, and one that another program keeps from it only by connecting', async () => {
    const trials = newTrials();
    await listening(trials);
    await at(trials, 'network-open', OTHER, opened(3, 'tcp 10250 held', 'tcp 9100 failed', 'udp 8472 held'));
    const played = await at(trials, 'network-try', CHILD, 'tcp 0 6443 open 400\necho 0 50 50 500 1500\n');
    expect(job(played, 'me')).toEqual(['1']);
    expect(job(played, 'tcp')).toEqual([
      `0 ${PARENT.address} 6443`,
      `0 ${PARENT.address} 10250`,
      `0 ${PARENT.address} 9100`,
      `2 ${OTHER.address} 10250`,
    ]);
    expect(job(played, 'udp')).toEqual([`0 ${PARENT.address} 8472`]);
    expect(job(played, 'ssh')).toEqual([`0 ${PARENT.address} 22`, `2 ${OTHER.address} 22`]);
    const own = await at(trials, 'network-try', OTHER, '');
    expect(job(own, 'tcp')).toContain(`2 ${OTHER.address} 10250`);
    expect(proofOf(trials).untried).toEqual([
      { machine: OTHER.name, what: 'TCP 9100', because: 'the port could not be opened' },
      { machine: OTHER.name, what: 'UDP 8472', because: 'another program has the port' },
    ]);
  });

  it('send what pods would send, between machines that see it, past no guest', async () => {
    const trials = newTrials();
    const all = ['tcp 10250 opened', 'tcp 9100 opened', 'udp 8472 opened'];
    const seeing = (pid: number): string => `${opened(pid, ...all)}tap opened\n`;
    const open = await at(trials, 'network-open', PARENT, seeing(1));
    expect(job(open, 'foreign')).toEqual(['yes']);
    await at(trials, 'network-open', CHILD, seeing(2));
    await at(trials, 'network-open', OTHER, `${opened(3, ...all)}tap failed\n`);
    const played = await at(trials, 'network-try', CHILD, 'foreign 0 5 direct\nforeign 2 0 unknown\n');
    const device = job(played, 'foreign')[0]?.split(' ')[1] ?? '';
    expect(job(played, 'foreign')).toEqual([`0 ${device} ${PARENT.address} 10.244.1.2 10.244.0.2`]);
    await at(trials, 'network-close', PARENT, 'arrived 1 50 1500\nforeign 1 4\nstopped yes\n');
    // Of the listener that told nothing nothing is known.
    expect(proofOf(trials).foreign).toEqual([
      { from: CHILD.name, to: PARENT.name, sent: 5, arrived: 4, direct: true },
    ]);
    expect(proofOf(trials).untried).toEqual([
      {
        machine: OTHER.name,
        what: 'what pods would send',
        because: 'packets cannot be looked at as they come from the link',
      },
    ]);
    const guest = { ...OTHER, guest: true } as const;
    const room = { ...sampleConfig().room, children: [CHILD, guest] };
    const setting = { config: { ...BUNDLE.config, room } };
    expect(job(await at(trials, 'network-open', guest, seeing(3), setting), 'foreign')).toEqual([]);
    expect(job(await at(trials, 'network-try', CHILD, '', setting), 'foreign')).toEqual([
      `0 ${device} ${PARENT.address} 10.244.1.2 10.244.0.2`,
    ]);
  });

  it('do not complain of the overlay of a cluster that kmon made', async () => {
    const trials = newTrials();
    const setting = { ...BUNDLE, facts: { ledger: ownLedger() } };
    await at(trials, 'network-open', CHILD, opened(2, 'udp 8472 held'), setting);
    expect(proofOf(trials).untried).toEqual([]);
  });

  it('let the child dial for the speed, and the parent where only that gets through', async () => {
    const trials = newTrials();
    await listening(trials);
    await at(trials, 'network-try', PARENT, 'tcp 1 10250 open 400\ntcp 2 9100 open 400\n');
    await at(trials, 'network-try', CHILD, 'tcp 0 6443 silent -\ntcp 0 9100 open 400\n');
    await at(trials, 'network-try', OTHER, 'tcp 0 6443 silent -\n');
    const child = await at(trials, 'network-speed', CHILD, 'down 0 90000000\nup 0 2000000\n');
    expect(job(child, 'to')).toEqual([`0 ${PARENT.address} 9100`]);
    await at(trials, 'network-speed', OTHER);
    const parent = await at(trials, 'network-speed', PARENT, 'down 2 80000000\nup 2 70000000\n');
    expect(job(parent, 'to')).toEqual([`2 ${OTHER.address} 9100`]);
    expect(proofOf(trials).speeds).toEqual([
      { from: PARENT.name, to: CHILD.name, bitsPerSecond: 90_000_000, when: 'together' },
      { from: CHILD.name, to: PARENT.name, bitsPerSecond: 2_000_000, when: 'together' },
      { from: OTHER.name, to: PARENT.name, bitsPerSecond: 80_000_000, when: 'together' },
      { from: PARENT.name, to: OTHER.name, bitsPerSecond: 70_000_000, when: 'together' },
    ]);
    // Only the one that looked slow is measured again.
    await at(trials, 'network-alone', CHILD, 'down 0 90000000\nup 0 2100000\n');
    await at(trials, 'network-alone', OTHER);
    await at(trials, 'network-alone', PARENT);
    expect(
      proofOf(trials)
        .speeds.slice(4)
        .map((s) => s.when),
    ).toEqual(['alone', 'alone']);
  });

  it('measure by no NodePort, behind which is a pod where there is a cluster', async () => {
    const trials = newTrials();
    await at(trials, 'network-open', PARENT, opened(1, 'tcp 6443 held', 'tcp 30090 opened'));
    await at(trials, 'network-open', CHILD, opened(2, 'tcp 10250 held'));
    await at(trials, 'network-try', CHILD, 'tcp 0 6443 open 400\ntcp 0 30090 open 400\n');
    await at(trials, 'network-speed', CHILD);
    expect(proofOf(trials).speeds).toEqual([]);
  });

  it('stop what they started, by its number, and take what it counted', async () => {
    const trials = newTrials();
    await listening(trials);
    await at(trials, 'network-try', CHILD, 'echo 0 50 44 500 1500\n');
    const played = await at(trials, 'network-close', PARENT, 'arrived 1 47 1500\nstopped yes\n');
    expect(job(played, 'pid')).toEqual(['1']);
    expect(proofOf(trials).echoes).toMatchObject([
      { from: CHILD.name, to: PARENT.name, sent: 50, arrived: 47, answered: 44, mtuThere: 1500 },
    ]);
  });

  it.each<[string, Answer, string]>([
    ['without perl', { exitCode: NO_PERL }, 'perl is missing'],
    ['whose perl fails', { exitCode: 2, stderr: 'noise\nfork: no memory\n' }, 'fork: no memory'],
    ['that says nothing', { exitCode: 3 }, 'it ended with exit code 3'],
  ])('leave out a machine %s', async (_, answer, because) => {
    const trials = newTrials();
    expect((await at(trials, 'network-open', CHILD, answer)).outcome).toBe('unchanged');
    for (const id of ['network-try', 'network-speed', 'network-alone', 'network-close']) {
      expect((await at(trials, id, CHILD)).outcome).toBe('unchanged');
    }
    expect(proofOf(trials)).toMatchObject({
      ports: [],
      echoes: [],
      untried: [{ machine: CHILD.name, what: 'the network', because }],
    });
  });
});

describe('the trials of the ways alone', () => {
  it('measure no speed, and ask nobody outside of the room', async () => {
    const trials: Trials = { ...networkTrials('ways'), seen: new SeenByStage() };
    expect(trials.stages.map(({ id }) => id)).toEqual(['network-open', 'network-try', 'network-close']);
    await listening(trials);
    // Without a bundle: the sources would be asked by a program of its own.
    const played = await at(trials, 'network-try', CHILD, 'echo 0 50 44 500 1500\n', {});
    expect(played.journal).toHaveLength(1);
    await at(trials, 'network-close', PARENT, 'arrived 1 47 1500\nstopped yes\n');
    const { echoes, ports, ...others } = proofOf(trials);
    expect(echoes).toHaveLength(1);
    expect(ports).toEqual([]);
    expect(others).toEqual({ speeds: [], sources: [], untried: [] });
  });
});

describe('the sources of packages and images', () => {
  it('are those that the stages install from, each once', async () => {
    const trials = newTrials();
    const answer =
      '0 got key\n1 sent https://prod-cdn.packages.k8s.io/x\n1 failed ResolveFailure Could not resolve\n';
    const played = await at(trials, 'network-try', CHILD, answer, {});
    expect(job(played, 'source')).toEqual([
      '0 packages https://pkgs.k8s.io/core:/stable:/v1.36/deb/Release.key',
      '1 packages https://pkgs.k8s.io/core:/stable:/v1.36/deb/InRelease',
      '2 packages https://download.docker.com/linux/debian/gpg',
      '3 packages https://download.docker.com/linux/debian/dists/trixie/InRelease',
      '4 images https://registry.k8s.io/v2/',
      '5 images https://registry.k8s.io/v2/pause/manifests/3.10.2',
      '6 images https://ghcr.io/v2/',
      '7 images https://pkg-containers.githubusercontent.com/',
      '8 images https://quay.io/v2/',
      '9 images https://registry-1.docker.io/v2/',
      '10 images https://auth.docker.io/token?service=registry.docker.io',
    ]);
    expect(proofOf(trials).sources).toEqual([
      { machine: CHILD.name, host: 'pkgs.k8s.io', port: 443, outcome: 'open' },
      {
        machine: CHILD.name,
        host: 'pkgs.k8s.io',
        port: 443,
        outcome: 'no-name',
        at: 'prod-cdn.packages.k8s.io:443',
      },
    ]);
  });

  it('are not those of what is left out', async () => {
    const config = sampleConfig();
    const setting = { config: { monitoring: { ...config.monitoring, grafana: false } } };
    const played = await at(newTrials(), 'network-try', CHILD, '', setting);
    expect(job(played, 'source').join()).not.toContain('docker.io');
  });

  it('are asked on the way that leads there, the name and password of a proxy left on the machine', async () => {
    const facts = {
      proxy: {
        url: 'http://other.school.example',
        https: 'http://proxy.school.example:3128',
        noProxy: ['.k8s.io', 'quay.io'],
      },
      packageProxy: 'http://apt.school.example',
    };
    const played = await at(newTrials(), 'network-try', CHILD, '', { facts });
    const proxies = job(played, 'source').map((line) => {
      const [, gives = '', url = '', proxy = 'none'] = line.split(' ');
      return `${gives} ${new URL(url).hostname} ${proxy}`;
    });
    expect([...new Set(proxies)]).toEqual([
      'packages pkgs.k8s.io http://apt.school.example',
      'packages download.docker.com http://apt.school.example',
      'images registry.k8s.io none',
      'images ghcr.io http://proxy.school.example:3128',
      'images pkg-containers.githubusercontent.com http://proxy.school.example:3128',
      'images quay.io none',
      'images registry-1.docker.io http://proxy.school.example:3128',
      'images auth.docker.io http://proxy.school.example:3128',
    ]);
  });

  it('cannot be asked where apt has no downloader, which is said', async () => {
    const trials = newTrials();
    await at(trials, 'network-try', CHILD, 'no-apt\n', {});
    expect(proofOf(trials).untried).toEqual([
      {
        machine: CHILD.name,
        what: 'the sources of packages and images',
        because: 'apt has no downloader for https',
      },
    ]);
  });

  it('are not asked where there is a bundle', async () => {
    await at(newTrials(), 'network-try', CHILD);
  });
});
