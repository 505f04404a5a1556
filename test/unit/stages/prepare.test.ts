import { describe, expect, it } from 'vitest';
import type { Bundle } from '../../../src/bundle/bundle.js';
import { check } from '../../../src/stages/machine/check.js';
import { images } from '../../../src/stages/machine/images.js';
import { installPackages, installPrograms } from '../../../src/stages/machine/packages.js';
import { runtime } from '../../../src/stages/machine/runtime.js';
import { system } from '../../../src/stages/machine/system.js';
import { tools } from '../../../src/stages/machine/tools.js';
import { DEFAULTS } from '../../../src/config/defaults.js';
import type { Facts } from '../../../src/facts/facts.js';
import { ownLedger, PARENT, sampleBundle } from '../../support/sample-room.js';
import { asks, does } from '../../support/scripted-runner.js';
import type { Step } from '../../support/scripted-runner.js';
import { noting, play } from './stage-run.js';
import type { Setting } from './stage-run.js';
import { looks, looksOtherwise } from './things.js';

const bundle = sampleBundle();

/** The same with one more program. */
function withProgram(name: string, digit: string): Bundle {
  const first = bundle.parts.find((p) => p.name === 'kubeadm');
  if (first === undefined) throw new TypeError('the bundle has no kubeadm');
  return {
    ...bundle,
    parts: [...bundle.parts, { ...first, name, file: `bin/${name}`, sha256: digit.repeat(64) }],
  };
}
/** One that brings the container runtime and the plugins of the pod network as well. */
const modern: Bundle = {
  ...bundle,
  parts: [
    ...bundle.parts,
    ...['bin/containerd', 'cni/loopback'].map((file, i) => ({
      name: file.slice(4),
      kind: 'binary' as const,
      version: ['v2.4.2', 'v1.10.0'][i] ?? '',
      file,
      sha256: String(i).repeat(64),
      sizeBytes: 40_000_000,
      for: ['parent', 'child'] as const,
      images: [],
    })),
  ],
};

describe('check', () => {
  it('is content with a room that has nothing in the way, and looks at nothing more', async () => {
    expect(await play(check, {})).toMatchObject({
      outcome: 'unchanged',
      because: 'nothing in the way',
      events: [],
    });
  });

  it('tells what hurts and goes on', async () => {
    const played = await play(check, {}, { facts: { freeDiskBytes: 5e9 } });
    expect(played.outcome).toBe('unchanged');
    expect(played.events).toMatchObject([
      { type: 'note', machine: 'pc-11', text: expect.stringContaining('GiB free below /var/lib') as string },
    ]);
  });

  it('leaves what is only good to know to `kmon check`', async () => {
    expect(await play(check, {}, { facts: { sensors: [], timeSync: {} } })).toMatchObject({
      outcome: 'unchanged',
      because: 'nothing in the way',
      events: [],
    });
  });

  it('stops at what stops, with all of it', async () => {
    const { error } = await play(check, {}, { facts: { systemd: false, apt: false } });
    expect(error).toMatchObject({
      code: 'precondition',
      message: 'systemd does not run here',
      hint: expect.stringContaining('use a Linux with systemd') as string,
      evidence: expect.stringContaining('also: Debian GNU/Linux 13 (trixie) has no apt') as string,
    });
  });
});

describe('tools and images', () => {
  it('need nothing where packages bring them', async () => {
    expect(await play(tools, {})).toMatchObject({ outcome: 'unchanged', because: 'packages bring them' });
    expect(await play(images, {})).toMatchObject({ outcome: 'unchanged', because: 'pulled when needed' });
  });

  it('put plugins apart from programs, whose names they may have', async () => {
    const { events } = await play(tools, { child: [asks('sha256sum')] }, { bundle: modern, dryRun: true });
    const planned = events.flatMap((e) => (e.type === 'planned' ? [e.change] : []));
    expect(planned).toContain('copy containerd v2.4.2 (40 MB) to /opt/kmon/bin/containerd');
    expect(planned).toContain('copy loopback v1.10.0 (40 MB) to /opt/kmon/cni/loopback');
  });

  it('copy only what is missing or different', async () => {
    const twoPrograms = withProgram('kubectl', 'e');
    const old = `${'0'.repeat(64)}  /opt/kmon/bin/kubeadm\n${'e'.repeat(64)}  /opt/kmon/bin/kubectl\n`;
    const fresh = old.replace('0'.repeat(64), 'a'.repeat(64));
    const played = await play(
      tools,
      {
        parent: [
          asks('sha256sum', old),
          ...noting,
          does('copy kubeadm v1.36.3 (40 MB) to /opt/kmon/bin/kubeadm'),
          asks('sha256sum', fresh),
        ],
      },
      { machine: PARENT, bundle: twoPrograms },
    );
    expect(played.outcome).toBe('changed');
  });

  it('copy, and read nothing again that came with its checksum', async () => {
    const bare = [asks('sha256sum'), ...noting, does(/^copy kubeadm /), does(/^copy kubectl /)];
    const played = await play(
      tools,
      { parent: bare },
      { machine: PARENT, bundle: withProgram('kubectl', 'e') },
    );
    expect(played).toMatchObject({ outcome: 'changed', because: 'all there' });
  });

  it('load an archive when one of its images is missing', async () => {
    const most = bundle.parts.flatMap((p) => p.images).filter((i) => !i.includes('kube-proxy'));
    const played = await play(
      images,
      {
        child: [
          asks('images ls', most.join('\n')),
          asks('ledger.jsonl'),
          does('load 2 images: node (40 MB)'),
          asks('images ls', [...most, 'registry.test/kube-proxy:v1.36.3'].join('\n')),
        ],
      },
      { bundle },
    );
    expect(played.outcome).toBe('changed');
  });
});

const ubuntu: Facts['os'] = {
  id: 'ubuntu',
  like: ['debian'],
  version: '24.04',
  codename: 'noble',
  name: 'Ubuntu 24.04',
  base: { distribution: 'ubuntu', codename: 'noble', version: '24.04' },
};

describe('the packages of a machine', () => {
  const NAMES = /install (.*)$/;
  const looksForDocker = (status: string): Step => asks('containerd.io', status);
  async function wanted(setting: Setting, docker?: Step): Promise<readonly string[]> {
    const first = docker === undefined ? [] : [docker];
    const part = { [setting.machine === PARENT ? 'parent' : 'child']: [...first, looks('bare')] };
    const played = await play(installPackages, part, { ...setting, dryRun: true });
    return played.events.flatMap((e) =>
      e.type === 'planned'
        ? (NAMES.exec(e.change)?.[1]?.split(', ') ?? [`+ ${e.change.split('/')[2] ?? ''}`])
        : [],
    );
  }
  const kubernetes = { ...DEFAULTS.kubernetes, version: '1.34' };

  it('are those of kubeadm and its repository where there is no bundle', async () => {
    const child = await wanted({ config: { kubernetes } }, looksForDocker(''));
    expect(child).toEqual(
      expect.arrayContaining(['+ pkgs.k8s.io', 'kubeadm', 'kubelet', 'kubernetes-cni', 'containerd']),
    );
    expect(child).not.toContain('helm');
    expect(await wanted({ machine: PARENT, config: { kubernetes } }, looksForDocker(''))).toEqual(
      expect.arrayContaining(['helm', '+ packages.buildkite.com']),
    );
  });

  it('come before all else only where programs are among them', async () => {
    const config = { kubernetes: { ...kubernetes, network: 'routes' as const } };
    const sent = await play(installPrograms, { child: [asks('dpkg-query', '')] }, { bundle: modern, config });
    expect(sent).toMatchObject({ outcome: 'unchanged', because: 'they are sent' });
    const plan = async (stage: typeof installPrograms, from: Bundle): Promise<readonly string[]> => {
      const child = [asks('dpkg-query', ''), looks('bare')];
      const { events } = await play(stage, { child }, { bundle: from, config, dryRun: true });
      return events.flatMap((e) => (e.type === 'planned' ? [e.change] : []));
    };
    expect(await plan(installPrograms, bundle)).toEqual([expect.stringMatching(/^install .*containerd/)]);
    expect(await plan(installPackages, modern)).toEqual([expect.stringMatching(/^install .*runc/)]);
  });

  it('are the distribution’s alone with a bundle', async () => {
    const config = { kubernetes: { ...kubernetes, network: 'routes' as const } };
    const names = await wanted({ bundle, config }, looksForDocker('config-files'));
    expect(names).toEqual(expect.arrayContaining(['containerd', 'containernetworking-plugins', 'iptables']));
    expect(names.filter((n) => n.startsWith('+') || /^kube|^helm/.test(n))).toEqual([]);
  });

  it('are fewer when the bundle brings the container runtime and the plugins', async () => {
    const config = { kubernetes: { ...kubernetes, version: '1.36', network: 'routes' as const } };
    const names = await wanted({ bundle: modern, config }, looksForDocker(''));
    expect(names).toContain('runc');
    expect(names.filter((n) => /^contain/.test(n))).toEqual([]);
    expect(await wanted({ bundle: modern, config }, looksForDocker('installed 1.7.27-1'))).not.toContain(
      'runc',
    );
  });

  it.each([0, 12])(
    'never replace the containerd that came with Docker (%i entries in the ledger)',
    async (entries) => {
      const facts = {
        versions: { containerd: '1.7.27' },
        ...(entries === 0 ? {} : { ledger: ownLedger() }),
      };
      const names = await wanted(
        { bundle, config: { kubernetes }, facts },
        looksForDocker('installed 1.7.27-1'),
      );
      expect(names).not.toContain('containerd');
      expect(names).not.toContain('containerd.io');
    },
  );

  it('have a containerd that is new enough for this Kubernetes', async () => {
    for (const owners of ['', 'config-files 1.7.28-0ubuntu1', 'installed 1.4.13~ds1-1']) {
      const names = await wanted(
        { config: { kubernetes: { ...kubernetes, version: '1.36' } }, facts: { os: ubuntu } },
        asks(' containerd 2>/dev/null', owners),
      );
      expect(names).toContain('containerd.io');
      expect(names).toContain('+ download.docker.com');
      expect(names).not.toContain('containerd');
    }
  });

  it.each(['1.6.20~ds1-1+deb12u3', '1.7.28-0ubuntu1~24.04.1', '1:2.2.1-1'])(
    'leave the owner’s containerd %s where it is, which containerd.io would put out',
    async (version) => {
      const names = await wanted(
        { config: { kubernetes: { ...kubernetes, version: '1.36' } }, facts: { os: ubuntu } },
        asks(' containerd 2>/dev/null', `installed ${version}`),
      );
      expect(names.filter((n) => n.includes('containerd') || n.includes('docker'))).toEqual([]);
    },
  );

  it.each<[string, Facts['os'], string]>([
    ['Ubuntu', ubuntu, 'ubuntu noble'],
    [
      'Linux Mint',
      { ...ubuntu, id: 'linuxmint', version: '22', codename: 'wilma', like: ['ubuntu', 'debian'] },
      'ubuntu noble',
    ],
    [
      'LMDE',
      {
        id: 'linuxmint',
        like: ['debian'],
        version: '6',
        codename: 'faye',
        name: 'LMDE 6 (faye)',
        base: { distribution: 'debian', codename: 'bookworm', version: '12' },
      },
      'debian bookworm',
    ],
    [
      'Kali',
      {
        id: 'kali',
        like: ['debian'],
        version: '2025.4',
        codename: 'kali-rolling',
        name: 'Kali GNU/Linux Rolling',
        base: { distribution: 'debian', codename: '', version: '' },
      },
      'debian trixie',
    ],
    [
      'a system that nobody knows',
      { id: 'haiku', like: [], version: '1', codename: 'r1', name: 'Haiku' },
      'debian trixie',
    ],
  ])('come from what %s is made from', async (_, os, suite) => {
    const part = { child: [asks('dpkg-query', ''), looks('bare')] };
    const setting = { config: { kubernetes: { ...kubernetes, version: '1.36' } }, facts: { os } };
    const { events } = await play(installPackages, part, { ...setting, dryRun: true });
    expect(events.flatMap((e) => (e.type === 'planned' ? [e.change] : []))).toContain(
      `add the source of packages https://download.docker.com/linux/${suite} stable`,
    );
  });
});

describe('the container runtime', () => {
  const says = (state: string): Step =>
    asks('containerd --version', `containerd containerd.io v2.1.4 1a2b3c\n${state}\n`);

  it('is started again when it runs with an older configuration', async () => {
    const child = [
      says('stale'),
      looks('done'),
      ...noting,
      does('restart kmon-containerd.service'),
      says('ready'),
    ];
    expect((await play(runtime, { child })).outcome).toBe('changed');
  });

  /** What it writes, on a machine where nothing is yet. */
  const configured = async (setting: Setting): Promise<string> => {
    const child = [
      says('down'),
      looks('bare'),
      ...noting,
      does('make the folder /etc/kmon/cni/net.d'),
      does('write /etc/kmon/containerd.toml'),
      does('write /etc/systemd/system/kmon-containerd.service'),
      does('enable and start kmon-containerd.service'),
      looks('done'),
      says('ready'),
    ];
    const played = await play(runtime, { child }, setting);
    expect(played).toMatchObject({ outcome: 'changed', because: 'containerd answers' });
    return played.journal
      .map((g) => (g.intent?.startsWith('write') === true ? g.command.script : ''))
      .join('');
  };

  it("pulls through the machine's proxy, whose password is copied nowhere, and reaches the room without it", async () => {
    const child = [
      says('down'),
      looks('bare'),
      ...noting,
      does('make the folder /etc/kmon/cni/net.d'),
      does('write /etc/kmon/containerd.toml'),
      does('write /etc/kmon/containerd.env'),
      does('write /etc/systemd/system/kmon-containerd.service'),
      does('enable and start kmon-containerd.service'),
      looks('done'),
      says('ready'),
    ];
    const proxy = {
      url: 'http://p.example:3128',
      https: 'http://p.example:3128',
      noProxy: ['.school.example'],
    };
    const played = await play(runtime, { child }, { facts: { proxy } });
    expect(played.error).toBeUndefined();
    const text = played.journal.map((g) => g.command.script).join('\n');
    const direct =
      '.school.example,localhost,127.0.0.1,kmon-parent,192.0.2.10,192.0.2.11,192.0.2.12,10.244.0.0/16,10.96.0.0/12,.svc,.cluster.local';
    for (const line of [
      'EnvironmentFile=-/etc/environment\nEnvironmentFile=/etc/kmon/containerd.env\n',
      `\nPATH=/opt/kmon/bin:/usr/local/sbin:`,
      `\nNO_PROXY=${direct}\nno_proxy=${direct}\n`,
    ])
      expect(text).toContain(line);
    expect(text).not.toContain('p.example');
    expect(text).not.toContain('Environment=PATH');
  });

  it.each(['containerd.env', 'containerd.toml'])('is started again when %s is another', async (name) => {
    const proxy = { url: 'http://p.example:3128', noProxy: [] };
    const child = [
      says('ready'),
      looksOtherwise(`file /etc/kmon/${name}`),
      ...noting,
      does(`write /etc/kmon/${name}`),
      looks('done'),
      does('restart kmon-containerd.service'),
      says('ready'),
    ];
    const played = await play(runtime, { child }, { facts: { proxy } });
    expect(played.error).toBeUndefined();
  });

  it('is configured as its version, its kernel and the network want it', async () => {
    const text = await configured({ facts: { cgroup: 1, mayRaiseLimits: false } });
    for (const line of [
      'version = 3',
      'sandbox = "registry.k8s.io/pause:3.10.2"',
      'restrict_oom_score_adj = true',
      'bin_dirs = ["/opt/cni/bin"]',
      'SystemdCgroup = false',
      'ExecStart=/usr/bin/containerd ',
    ]) {
      expect(text).toContain(line);
    }
  });

  it.each([
    ['routes', '["/opt/kmon/cni"]'],
    ['flannel', '["/opt/kmon/cni"]'],
    ['vxlan', '["/opt/kmon/cni"]'],
  ] as const)('is the bundle’s, with its plugins, in a room of %s', async (network, plugins) => {
    const text = await configured({
      bundle: modern,
      config: { kubernetes: { ...DEFAULTS.kubernetes, network } },
    });
    expect(text).toContain('version = 3');
    expect(text).toContain(`bin_dirs = ${plugins}`);
    expect(text).toContain('ExecStart=/opt/kmon/bin/containerd ');
    expect(text).toContain('Environment=PATH=/opt/kmon/bin:');
  });

  it('pulls the pause image that the bundle lacks from where it is published', async () => {
    const without = { ...modern, parts: modern.parts.filter((p) => p.name !== 'node') };
    expect(await configured({ bundle: without })).toContain('registry.k8s.io/pause:');
  });
});

it.each([
  ['a lid', { sleep: { lid: true, prevented: false } }, true],
  ['a battery', { battery: { discharging: false } }, true],
  ['neither', {}, false],
  ["its host's battery", { battery: { discharging: true }, container: true }, false],
])('keeps a machine awake that is a laptop: %s', async (_, facts, awake) => {
  const { events } = await play(system, { child: [looks('bare')] }, { facts, dryRun: true });
  const change = expect.objectContaining({ change: 'keep the machine awake' }) as unknown;
  if (awake) expect(events).toContainEqual(change);
  else expect(events).not.toContainEqual(change);
});

it('does not give the parent a name twice', async () => {
  const played = await play(system, { parent: [looks('bare')] }, { machine: PARENT, dryRun: true });
  expect(played.events).toContainEqual(
    expect.objectContaining({ change: 'name kmon-parent, pc-10 in /etc/hosts' }),
  );
});
