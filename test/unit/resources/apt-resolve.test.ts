import { spawnSync } from 'node:child_process';
import { expect, it } from 'vitest';
import { installPackages } from '../../../src/resources/apt-scripts.js';

const { script } = installPackages({ names: ['a'], plan: '/nowhere', unfinished: [], owners: [], hold: [] });
const resolve = /^resolve\(\) \{\n[^]*?\n\}\n/m.exec(script)?.[0] ?? '';

/** Runs that part with programs that say this. `known`: the names that have an address. */
function ask(o: { readonly uris: readonly string[]; readonly known: string; readonly settings?: string }) {
  const programs = `sim=$(printf '%s\\n' ${o.uris.map((u) => `"'${u}' a_1_amd64.deb 1 SHA256:0"`).join(' ')})
apt-config() { echo '${o.settings ?? 'APT "";'}'; }
getent() { case '${o.known}' in *"$2"*) ;; *) return 2 ;; esac; }
`;
  const { status, stderr } = spawnSync('bash', ['-s'], {
    input: `set -e\n${programs}${resolve}resolve`,
    encoding: 'utf8',
  });
  return { status, stderr };
}

const uris = ['http://mirror.test/debian/pool/a_1_amd64.deb', 'https://pkgs.k8s.io:443/core/b_1_amd64.deb'];

it('goes on where all names are known that packages come from', () => {
  expect(ask({ uris, known: 'mirror.test pkgs.k8s.io' })).toEqual({ status: 0, stderr: '' });
});

it('ends with the name that is not, as apt would say it', () => {
  expect(ask({ uris, known: 'mirror.test' })).toEqual({
    status: 100,
    stderr: "E: Temporary failure resolving 'pkgs.k8s.io'\n",
  });
});

it('asks for none where a proxy does, nor for what lies on the machine', () => {
  expect(ask({ uris, known: '', settings: 'Acquire::http::Proxy "http://p.test:1";' }).status).toBe(0);
  expect(ask({ uris: ['file:/srv/a_1_amd64.deb'], known: '' }).status).toBe(0);
});
