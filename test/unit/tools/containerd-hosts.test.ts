import { spawnSync } from 'node:child_process';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import {
  keptByFile,
  leadToRegistries,
  leadToRelay,
  plainRegistryFile,
} from '../../../src/tools/containerd-hosts.js';
import type { Command } from '../../../src/shell/command.js';
import { assertShellSyntax } from './shell-syntax.js';

/** Starts what it is told to, and behind it what comes after the stop, as systemd would. */
const SYSTEMD_RUN = `#!/bin/sh
for a in "$@"; do case $a in --property=ExecStopPost=*) stop=\${a#*Post=} ;; --*) ;; *) set -- "$@" "$a" ;; esac; shift; done
( "$@"; $stop ) >/dev/null 2>&1 &
`;

describe('what leads containerd to the relay', () => {
  let root: string;
  beforeEach(() => {
    root = mkdtempSync(join(tmpdir(), 'kmon-lead-'));
    mkdirSync(join(root, 'bin'));
    mkdirSync(join(root, 'run'));
    writeFileSync(join(root, 'bin/systemd-run'), SYSTEMD_RUN, { mode: 0o755 });
    writeFileSync(join(root, 'bin/systemctl'), '#!/bin/sh\nexit 5\n', { mode: 0o755 });
  });
  afterEach(() => {
    rmSync(root, { recursive: true, force: true });
  });

  const here = ({ script }: Command): void => {
    const moved = script
      .replaceAll('/run/kmon-containerd', `${root}/run`)
      .replaceAll('/etc/kmon/certs.d', `${root}/etc`)
      .replaceAll('sleep 5', 'sleep 0.1');
    const PATH = `${root}/bin:${process.env['PATH'] ?? ''}`;
    const { status, stderr } = spawnSync('sh', ['-c', moved], { env: { PATH }, encoding: 'utf8' });
    expect(stderr).toBe('');
    expect(status).toBe(0);
  };
  const leadsTo = (): string => readlinkSync(join(root, 'run/certs.d')).slice(root.length);
  const lead = (port: number): Command<'tries'> =>
    leadToRelay({
      port,
      registries: ['docker.io', 'quay.io'],
      mirrors: [
        { registry: 'quay.io', url: 'https://mirror.example/quay' },
        { registry: 'ghcr.io', url: 'http://192.0.2.5:5000' },
      ],
    });

  it('asks the relay for what has a digest, then a mirror, then the registry', () => {
    assertShellSyntax(lead(45678));
    here(lead(1));
    const file = (name: string): string =>
      readFileSync(join(root, 'run/certs.d', name, 'hosts.toml'), 'utf8');
    expect(file('docker.io')).toBe(`server = "https://registry-1.docker.io"
[host."http://127.0.0.1:1/images/docker.io/v2"]
  capabilities = ["pull"]
  override_path = true
`);
    expect(file('quay.io')).toBe(`server = "https://quay.io"
[host."http://127.0.0.1:1/images/quay.io/v2"]
  capabilities = ["pull"]
  override_path = true
[host."https://mirror.example/v2/quay"]
  capabilities = ["pull", "resolve"]
  override_path = true
`);
    expect(file('ghcr.io')).toBe(`server = "https://ghcr.io"
[host."http://192.0.2.5:5000"]
  capabilities = ["pull", "resolve"]
`);
  });

  it('ends by itself when the relay does not answer any more, and leaves nothing', async () => {
    const relay = createServer((_, response) => response.writeHead(404).end());
    await new Promise<void>((done) => relay.listen(0, '127.0.0.1', done));
    here(lead((relay.address() as AddressInfo).port));
    // Longer than it would wait for one that does not answer.
    await new Promise((done) => setTimeout(done, 1500));
    expect(leadsTo()).toBe('/run/relay/certs.d');
    relay.close();
    await vi.waitFor(
      () => {
        expect(leadsTo()).toBe('/etc');
        expect(readdirSync(join(root, 'run'))).toEqual(['certs.d']);
      },
      { timeout: 10_000 },
    );
  });

  it('leads to the registries of the room as ever, but for those that it is asked for', () => {
    for (const name of ['kmon-parent:30500', 'docker.io', "a 'b'"])
      mkdirSync(join(root, 'etc', name), { recursive: true });
    writeFileSync(join(root, 'etc/kmon-parent:30500/hosts.toml'), 'ours');
    writeFileSync(join(root, 'etc/a file'), '');
    here(lead(1));
    expect(readdirSync(join(root, 'run/certs.d')).toSorted()).toEqual(
      ["a 'b'", 'docker.io', 'ghcr.io', 'kmon-parent:30500', 'quay.io'].toSorted(),
    );
    expect(readFileSync(join(root, 'run/certs.d/kmon-parent:30500/hosts.toml'), 'utf8')).toBe('ours');
    expect(readFileSync(join(root, 'run/certs.d/docker.io/hosts.toml'), 'utf8')).toContain('127.0.0.1:1/');
    here(leadToRegistries);
    expect(readFileSync(join(root, 'etc/kmon-parent:30500/hosts.toml'), 'utf8')).toBe('ours');
  });

  it('is ended with the run, and a second time without a word', () => {
    here(lead(1));
    here(leadToRegistries);
    expect(leadsTo()).toBe('/etc');
    expect(existsSync(join(root, 'run/relay'))).toBe(false);
    here(leadToRegistries);
  });

  it('takes the place of one that an earlier run has left', () => {
    here(lead(1));
    here(lead(2));
    expect(leadsTo()).toBe('/run/relay/certs.d');
    expect(readFileSync(join(root, 'run/certs.d/docker.io/hosts.toml'), 'utf8')).toContain('127.0.0.1:2/');
  });
});

describe('what tells containerd of a registry of the room', () => {
  it('speaks HTTP to it by that name, for pulls and pushes', () => {
    expect(plainRegistryFile('192.0.2.10:30500', 'kmon-parent:30500')).toEqual({
      path: '/etc/kmon/certs.d/192.0.2.10:30500/hosts.toml',
      content: '# Written by kmon; `kmon teardown` removes it.\nserver = "http://kmon-parent:30500"\n',
    });
  });

  it('takes from it what is proven by a digest, and asks the other one for the rest', () => {
    expect(keptByFile('docker.io', 'kmon-parent:30501')).toEqual({
      path: '/etc/kmon/certs.d/docker.io/hosts.toml',
      content: `# Written by kmon; \`kmon teardown\` removes it.
server = "https://registry-1.docker.io"
[host."http://kmon-parent:30501"]
  capabilities = ["pull"]
  dial_timeout = "3s"
`,
    });
  });
});
