import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeEach, describe, expect, it } from 'vitest';
import { runProgram } from '../../../src/cli/program.js';
import { LIST, part, place, writeList, placeForEach } from '../bundle/bundle-on-disk.js';
import { FakeIo } from './fake-io.js';

placeForEach();

/** Of two architectures, with what only flannel needs. */
const MADE = {
  ...LIST,
  architecture: ['amd64', 'arm64'],
  parts: [
    part('bin/kubeadm', { architecture: 'amd64', from: ['https://dl.k8s.io/kubeadm sha256:1'] }),
    part('bin/helm', { architecture: 'arm64', from: ['https://get.helm.sh/helm sha256:2'] }),
    part('images/node.tar.gz', {
      architecture: 'amd64',
      images: ['ghcr.io/flannel-io/flannel:v0.28.9', 'ghcr.io/flannel-io/flannel-cni-plugin:v1.9.1-flannel3'],
      from: ['ghcr.io/flannel-io/flannel:v0.28.9@sha256:3'],
    }),
  ],
};

async function run(...words: readonly string[]): Promise<{ readonly code: number; readonly io: FakeIo }> {
  const io = new FakeIo(place.folder);
  return { code: await runProgram(['bundle', ...words], io), io };
}

function writeRoom(network: string, version = '1.36', monitoring = '{ profile: lite }'): void {
  writeFileSync(
    join(place.folder, 'kmon.yaml'),
    `room: a-room\nparent: 192.168.1.10\nchildren: [192.168.1.11]\nkubernetes: { version: "${version}", network: ${network} }\nmonitoring: ${monitoring}\nbundle: .\n`,
  );
}

beforeEach(async () => {
  await writeList(MADE);
  writeRoom('routes');
});

describe('kmon bundle list', () => {
  it('says what is in it, and for what', async () => {
    const { code, io } = await run('list', '.');
    expect(code).toBe(0);
    expect(io.out.raw).toMatch(
      /: Kubernetes v1\.36\.3 for amd64 and arm64, network flannel, routes or vxlan\n/,
    );
    expect(io.out.raw).toMatch(/^bin\/helm +v1\.36\.3 +parent +1 MB +-$/m);
    expect(io.out.raw).toMatch(/^3 parts, 1 MB$/m);
  });

  it('takes the folder that kmon.yaml names', async () => {
    expect((await run('list')).io.out.raw).toContain('3 parts');
  });

  it('says that there is none', async () => {
    const { code, io } = await run('list', 'nowhere');
    expect(code).toBe(3);
    expect(io.err.raw).toMatch(
      /✖ there is no bundle in .*nowhere\n {2}fix: make the bundle again \(kmon bundle make\)/,
    );
  });
});

describe('kmon bundle verify', () => {
  it('finds a whole one whole, and says what is too much', async () => {
    const { code, io } = await run('verify', '.');
    expect(code, io.err.raw).toBe(0);
    expect(io.out.raw).toContain('all of its 3 parts are what the list says');
    expect(io.err.raw).toContain("too much: kmon.yaml is none of the bundle's");
  });

  it('says of each part what is wrong, and how to mend it', async () => {
    writeFileSync(join(place.folder, 'bin/helm'), 'helm');
    writeFileSync(join(place.folder, 'bin/kubeadm'), 'KUBEADM of this test\n');
    const { code, io } = await run('verify', '.');
    expect(code).toBe(22);
    expect(io.err.raw).toContain('bin/helm has 4 bytes, not 18');
    expect(io.err.raw).toContain('bin/kubeadm has another checksum');
    expect(io.err.raw).toContain('fix: run `kmon bundle make`: it fetches what is damaged again');
  });
});

describe('kmon bundle prune', () => {
  it('removes what kmon.yaml does not need, and what an interrupted making left', async () => {
    mkdirSync(join(place.folder, '.making'));
    writeFileSync(join(place.folder, '.making/x.part'), 'x');
    const { code, io } = await run('prune', '--yes');
    expect(code, io.err.raw).toBe(0);
    expect(io.err.raw).toContain('to remove: images/node.tar.gz');
    expect(existsSync(join(place.folder, 'images/node.tar.gz'))).toBe(false);
    expect(existsSync(join(place.folder, '.making'))).toBe(false);
    expect((await run('list', '.')).io.out.raw).toContain('network routes');
    expect((await run('prune', '--yes')).io.out.raw).toContain('nothing to remove');
  });

  it('keeps the monitoring that a room gets by it, where kmon.yaml names none', async () => {
    const charts = ['kmon-lite', 'kube-prometheus-stack'].map((name) =>
      part(`charts/${name}.tgz`, { name, kind: 'chart', from: [`ghcr.io/${name}:1 sha256:4`] }),
    );
    await writeList({ ...MADE, parts: [...MADE.parts, ...charts] });
    writeRoom('flannel', '1.36', '{}');
    const { code, io } = await run('prune', '--yes');
    expect(code, io.err.raw).toBe(0);
    expect(io.err.raw.match(/to remove: \S+/g)).toEqual(['to remove: charts/kmon-lite.tgz']);
  });

  it('removes architectures that are not named', async () => {
    writeRoom('flannel');
    expect((await run('prune', '--arch', 'amd64', '--yes')).code).toBe(0);
    expect((await run('list', '.')).io.out.raw).toMatch(/for amd64, network flannel, routes or vxlan/);
    expect(existsSync(join(place.folder, 'bin/helm'))).toBe(false);
  });

  it('removes nothing without being told to, nor all of a bundle', async () => {
    const unasked = await run('prune');
    expect(unasked.code).toBe(2);
    expect(unasked.io.err.raw).toContain('nothing was removed');
    const all = await run('prune', '--arch', 's390x', '--yes');
    expect(all.code).toBe(22);
    expect(all.io.err.raw).toContain('the bundle has nothing for s390x');
    expect(existsSync(join(place.folder, 'images/node.tar.gz'))).toBe(true);
  });
});

describe('kmon bundle make', () => {
  it('refuses a folder with a bundle of another version before it asks anybody', async () => {
    writeRoom('routes', '1.37');
    const { code, io } = await run('make', '--dry-run');
    expect(code).toBe(3);
    expect(io.err.raw).toContain('kmon.yaml asks for Kubernetes 1.37, the bundle has v1.36.3');
  });

  it('touches no bundle that something else made', async () => {
    await writeList(LIST);
    const { code, io } = await run('make', '--dry-run');
    expect(code).toBe(22);
    expect(io.err.raw).toContain('was not made by kmon bundle make');
  });

  it('says which architectures there are none for', async () => {
    const { code, io } = await run('make', '--arch', 'amd64,armhf');
    expect(code).toBe(2);
    expect(io.err.raw).toContain(
      'there is no Kubernetes for armhf (32 bit): give some of amd64,arm64,ppc64el,s390x.',
    );
  });
});
