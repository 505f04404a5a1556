import { spawnSync } from 'node:child_process';
import { describe, expect, it } from 'vitest';
import { packages } from '../../../src/resources/packages.js';
import type { PackagesState } from '../../../src/resources/packages.js';

const thing = packages({ names: ['app', 'tool=1.2.*'] });

function state(lines: readonly string[]): PackagesState {
  return thing.parse({ exitCode: 0, stdout: ['arch amd64', ...lines].join('\n'), stderr: '', durationMs: 0 });
}

const BARE = ['pkg ii |base|amd64|1', 'pkg hi |held|all|2', 'pkg rc |was|amd64|1', 'pkg ii |base|i386|1'];

describe('packages', () => {
  it('reads what dpkg says of every package', () => {
    expect(
      state([
        ...BARE,
        'pkg iU |half|amd64|1',
        'pkg iHR|torn|amd64|1',
        'pkg it |trig|all|3',
        'planned b',
        'planned a',
        'planned b',
        'ours b',
        'ours half',
        'policy',
        'hollow 755 0:0 /opt/',
        'taken /opt/',
      ]),
    ).toEqual({
      versions: {},
      installed: ['base', 'base:i386', 'held', 'trig'],
      removed: ['was'],
      held: ['held'],
      unfinished: ['half', 'torn'],
      // The other one is on the list of another installation of kmon's.
      ownersUnfinished: ['torn'],
      planned: ['a', 'b'],
      policyLeft: true,
      hollow: ['755 0:0 /opt/'],
      taken: ['/opt/'],
    });
  });

  it('is satisfied by the packages at the wanted versions', () => {
    const app = 'pkg ii |app|all|9';
    expect(thing.satisfied(state([app, 'pkg ii |tool|amd64|1.2.3-1']))).toBe(true);
    expect(thing.satisfied(state([app, 'pkg ii |tool|amd64|1.3.0-1']))).toBe(false);
    expect(thing.satisfied(state([app, 'pkg iU |tool|amd64|1.2.3-1']))).toBe(false);
    expect(thing.satisfied(state([app, 'pkg rc |tool|amd64|1.2.3-1']))).toBe(false);
    expect(thing.satisfied(state([app, 'pkg ii |tool|i386|1.2.3-1']))).toBe(false);
    expect(thing.describe(state([app]))).toBe('install tool=1.2.*');
  });

  it('purges exactly what it planned and was not there, and only removes what left configuration of the owner', () => {
    const found = state(BARE);
    const now = state([
      'pkg ii |base|amd64|1',
      'pkg ii |base|i386|1',
      'pkg ii |app|amd64|1',
      'pkg hi |tool|amd64|1.2.3-1',
      'pkg ii |was|amd64|2',
      'pkg rc |gone|amd64|2',
      'pkg ii |owners-new|amd64|2',
      'planned app',
      'planned tool',
      'planned was',
      'planned gone',
      'planned never-came',
      'planned base',
    ]);
    const way = thing.restore(found, now);
    if (way === 'nothing' || 'leave' in way) throw new Error('not given back');
    expect(way.script).toContain('get remove was app gone tool\n');
    expect(way.script).toContain('get purge app gone tool\n');
    expect(way.script).not.toMatch(/owners-new|base|never-came/);
  });

  it('has nothing to give back where nothing came, and where it all went', () => {
    const found = state(BARE);
    expect(thing.restore(found, state([...BARE, 'pkg ii |other|all|1']))).toBe('nothing');
    expect(thing.restore(found, state([...BARE, 'planned app']))).toBe('nothing');
    expect(thing.restore(found, state([...BARE, 'policy']))).not.toBe('nothing');
  });

  it('makes the empty folders again that the purge took, also when it was cut off before it could', () => {
    const found = state([...BARE, "hollow 2775 0:50 /opt/it's $(x) /"]);
    for (const now of [['pkg ii |app|amd64|1', 'planned app'], ["taken /opt/it's $(x) /"]]) {
      const way = thing.restore(found, state([...BARE, ...now]));
      if (way === 'nothing' || 'leave' in way) throw new Error('not given back');
      expect(way.script).toContain(String.raw`'2775 0:50 /opt/it'\''s $(x) /'`);
      expect(way.script).toContain('mkdir -p -- "$d" && chown -- "$owner" "$d" && chmod -- "$mode" "$d"');
      expect(spawnSync('sh', ['-n'], { input: way.script, encoding: 'utf8' })).toMatchObject({ stderr: '' });
    }
    expect(thing.restore(found, state([...BARE, 'taken /srv/']))).toBe('nothing');
  });

  it('installs only what lacks, with scripts that sh accepts', () => {
    const change = thing.change(state(['pkg ii |app|all|9', 'pkg iHR|tool|amd64|1.2.3', 'planned tool']));
    expect(change.script).toContain("get --print-uris install 'tool=1.2.*'");
    expect(change.script).toContain('get install --reinstall tool');
    expect(spawnSync('sh', ['-n'], { input: change.script, encoding: 'utf8' })).toMatchObject({
      status: 0,
      stderr: '',
    });
    const way = thing.restore(
      state(BARE),
      state([...BARE, 'pkg iHR|tool|amd64|1.2.3', 'planned tool', 'policy']),
    );
    if (way === 'nothing' || 'leave' in way) throw new Error('not given back');
    expect(spawnSync('sh', ['-n'], { input: way.script, encoding: 'utf8' })).toMatchObject({
      status: 0,
      stderr: '',
    });
  });

  it('keeps apt away from a half-done package of the owner', () => {
    const half = ['pkg iF |canteen|all|1', 'pkg ii |app|amd64|1', 'planned app'];
    const change = thing.change(state(half));
    expect(change.script).not.toContain('apt-get');
    const refused = spawnSync('sh', ['-c', change.script], { encoding: 'utf8' });
    expect(refused.status).toBe(1);
    expect(refused.stderr).toMatch(/^half-done packages, which apt would go on with: canteen \(/);
    const way = thing.restore(state(BARE), state([...BARE, ...half, 'pkg iU |tool|amd64|1', 'planned tool']));
    if (way === 'nothing' || 'leave' in way) throw new Error('not given back');
    expect(way.script).toContain('dpkg --force-remove-reinstreq --purge app tool\n');
    expect(way.script).not.toMatch(/canteen|--configure|^get /m);
    expect(spawnSync('sh', ['-n'], { input: way.script, encoding: 'utf8' })).toMatchObject({
      status: 0,
      stderr: '',
    });
  });

  it('refuses what is no name of a package', () => {
    for (const name of ['', '-y', 'A', 'a b', 'a;b', '--purge=x']) {
      expect(() => packages({ names: [name] }), name).toThrow(TypeError);
    }
  });
});
