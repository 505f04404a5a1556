import { execFileSync, spawnSync } from 'node:child_process';
import { appendFileSync, cpSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';

const SCRIPTS = join(import.meta.dirname, '../../../scripts/bundle');
let folder: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'bundle-'));
  cpSync(SCRIPTS, join(folder, 'bundle'), { recursive: true });
});
afterEach(() => {
  rmSync(folder, { recursive: true });
});

/** Everything of the builder but its build. */
function inBuilder(script: string): string {
  const before = `
    set -euo pipefail
    BUNDLE_SCRIPTS=$1/bundle REPOSITORY=$1/repository WORK=$1/work CACHE=$1 ARCHITECTURE=amd64
    source "$BUNDLE_SCRIPTS/versions.sh"
    for file in "$BUNDLE_SCRIPTS"/lib/*.sh; do source "$file"; done
    find_go
    for file in "$BUNDLE_SCRIPTS"/steps/*.sh; do source "$file"; done`;
  return execFileSync('bash', ['-c', `${before}\n${script}`, 'bash', folder], { encoding: 'utf8' });
}

/** The key of every step, by its name. */
function keys(): Readonly<Record<string, string>> {
  const lines = inBuilder(
    'for file in "$BUNDLE_SCRIPTS"/steps/*.sh; do name=$(basename "$file" .sh); echo "$name $(step_key "$name")"; done',
  );
  return Object.fromEntries(
    lines
      .trimEnd()
      .split('\n')
      .map((line) => line.split(' ')),
  ) as Record<string, string>;
}

describe('the parts of --with', () => {
  it.each([
    ['stack', 'operator alertmanager kube-state-metrics pushgateway blackbox'],
    [
      'registry,stack,alertmanager,,registry',
      'operator alertmanager kube-state-metrics registry pushgateway blackbox',
    ],
    [
      'all',
      'operator alertmanager kube-state-metrics metrics-server registry pushgateway blackbox local-path traefik dockercoins',
    ],
    ['addons', 'metrics-server registry pushgateway blackbox local-path traefik dockercoins'],
    ['', ''],
  ])('%s is %s', (list, parts) => {
    expect(inBuilder(`parts_in '${list}'`).trim().split('\n').join(' ')).toBe(parts);
  });

  it('have a version, machines and a title each', () => {
    const said = inBuilder(
      'for name in "${PARTS[@]}"; do echo "${PART_VERSION[$name]}|${PART_MACHINES[$name]}|${PART_TITLE[$name]}"; done',
    );
    const lines = said.trimEnd().split('\n');
    expect(lines).toHaveLength(10);
    for (const line of lines) expect(line).toMatch(/^v\d+\.\d+\.\d+\|(parent|child|parent child)\|.+$/);
  });

  it.each([
    ['operator', 'operator/go.sum', ['operator', 'operator-part']],
    ['alertmanager', 'alertmanager/placeholder.html', ['alertmanager', 'alertmanager-part']],
    ['kube-state-metrics', 'kube-state-metrics/go.sum', ['kube-state-metrics', 'kube-state-metrics-part']],
    ['metrics-server', 'metrics-server/go.mod', ['metrics-server', 'metrics-server-part']],
    ['registry', 'registry/registry/main.go', ['registry', 'registry-part']],
    ['pushgateway', 'pushgateway/go.sum', ['pushgateway', 'pushgateway-part']],
    ['blackbox', 'blackbox/go.mod', ['blackbox', 'blackbox-part']],
    ['local-path', 'local-path/go.sum', ['local-path', 'local-path-part']],
  ])('are built one by one: a change in %s builds no other', (_, file, changed) => {
    const before = keys();
    appendFileSync(join(folder, 'bundle/go', file), '\n');
    const after = keys();
    const others = Object.keys(after).filter((name) => after[name] !== before[name]);
    expect(others.toSorted()).toEqual(changed);
  });

  it('keep what is not named apart, and are refused by name before anything is done', () => {
    const { status, stdout, stderr } = spawnSync(join(SCRIPTS, 'build'), ['--with', 'stack,grafana'], {
      encoding: 'utf8',
      env: { ...process.env, KMON_CACHE: join(folder, 'cache') },
    });
    expect([status, stdout]).toEqual([1, '']);
    expect(stderr).toBe(
      "bundle: there is no part 'grafana' for a bundle\n  fix: use: --with stack, addons, all, or some of: operator alertmanager kube-state-metrics metrics-server registry pushgateway blackbox local-path traefik dockercoins\n",
    );
  });

  it('are pinned by checksum, and take no newer Go than the bundle itself', () => {
    const wanted = (module: string): readonly number[] =>
      (/^go (\S+)$/m.exec(readFileSync(join(SCRIPTS, 'go', module, 'go.mod'), 'utf8'))?.[1] ?? '')
        .split('.')
        .map(Number);
    const [, minor = 0, patch = 0] = wanted('clients');
    for (const module of [
      'operator',
      'alertmanager',
      'kube-state-metrics',
      'metrics-server',
      'registry',
      'pushgateway',
      'blackbox',
      'local-path',
    ]) {
      expect(readFileSync(join(SCRIPTS, 'go', module, 'go.sum'), 'utf8')).toContain('h1:');
      const [, itsMinor = 0, itsPatch = 0] = wanted(module);
      expect(itsMinor * 100 + itsPatch).toBeLessThanOrEqual(minor * 100 + patch);
    }
  });
});
