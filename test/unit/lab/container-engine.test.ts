import { describe, expect, it } from 'vitest';
import { KmonError } from '../../../src/errors/kmon-error.js';
import { findEngine } from '../../../src/lab/container-engine.js';
import { ends, MISSING, scriptedPrograms } from './scripted-programs.js';

const PODMAN_INFO = 'podman info --format {{.Host.OCIRuntime.Name}} {{.Host.CgroupsVersion}}';
const DOCKER_INFO = 'docker info --format docker {{.CgroupVersion}}';

async function failure(work: Promise<unknown>): Promise<KmonError> {
  const error: unknown = await work.then(
    () => undefined,
    (e: unknown) => e,
  );
  if (!(error instanceof KmonError)) throw new Error('expected a KmonError', { cause: error });
  return error;
}

describe('the engine', () => {
  it('is podman as it is, when its runtime can', async () => {
    const engine = await findEngine(scriptedPrograms({ [PODMAN_INFO]: ends('runc v1\n') }).run);
    expect([engine.kind, engine.runtime, engine.cgroups]).toEqual(['podman', undefined, 'v1']);
    const modern = await findEngine(scriptedPrograms({ [PODMAN_INFO]: ends('crun v2\n') }).run);
    expect([modern.kind, modern.runtime, modern.cgroups]).toEqual(['podman', undefined, 'v2']);
  });

  it('is podman with runc where crun cannot', async () => {
    const there = scriptedPrograms({ [PODMAN_INFO]: ends('crun v1\n'), 'runc --version': ends('runc 1.1') });
    expect((await findEngine(there.run)).runtime).toBe('runc');
    const absent = scriptedPrograms({ [PODMAN_INFO]: ends('crun v1\n'), 'runc --version': MISSING });
    const error = await failure(findEngine(absent.run));
    expect(error.code).toBe('precondition');
    expect(error.hint).toContain('scripts/lab-setup');
  });

  it('is docker where there is no podman and its daemon answers', async () => {
    const engine = await findEngine(
      scriptedPrograms({ [PODMAN_INFO]: MISSING, [DOCKER_INFO]: ends('docker 2') }).run,
    );
    expect([engine.kind, engine.cgroups]).toEqual(['docker', 'v2']);
  });

  it('is missing with a remedy', async () => {
    const none = await failure(
      findEngine(scriptedPrograms({ [PODMAN_INFO]: MISSING, [DOCKER_INFO]: MISSING }).run),
    );
    expect([none.code, none.message]).toEqual([
      'precondition',
      'there is no container engine on this computer (podman or docker)',
    ]);
    const asleep = scriptedPrograms({
      [PODMAN_INFO]: MISSING,
      [DOCKER_INFO]: ends('', 1, 'WARNING: x\nCannot connect to the Docker daemon'),
    });
    const error = await failure(findEngine(asleep.run));
    expect(error.evidence).toBe('Cannot connect to the Docker daemon');
    expect(error.hint).toContain('scripts/lab-setup');
  });

  it('names what failed and never passes the signal to a call that changes something', async () => {
    const programs = scriptedPrograms({
      [PODMAN_INFO]: ends('runc v1'),
      'podman start kmon-a': ends('', 125, 'time="x" level=warning msg="y"\nError: no such container\n'),
    });
    const engine = await findEngine(programs.run);
    const error = await failure(engine.run(['start', 'kmon-a']));
    expect([error.code, error.message, error.evidence]).toEqual([
      'command',
      'podman start kmon-a failed with exit code 125',
      'Error: no such container',
    ]);
    expect(programs.options.at(-1)).toEqual({ group: true });
  });

  it('makes machines that cannot set the clock: podman gives them no more than it has itself', async () => {
    const podman = scriptedPrograms({
      [PODMAN_INFO]: ends('runc v1'),
      'setpriv --bounding-set=-sys_time podman create a': [ends('1'), ends('', 125, 'Error: no image')],
    });
    const engine = await findEngine(podman.run);
    expect(await engine.create(['create', 'a'])).toBe('1');
    const error = await failure(engine.create(['create', 'a']));
    expect([error.message, error.evidence]).toEqual([
      'podman create a failed with exit code 125',
      'Error: no image',
    ]);
    const docker = scriptedPrograms({ [DOCKER_INFO]: ends('docker 2'), 'docker create a': ends('2') });
    expect(await (await findEngine(docker.run, 'docker')).create(['create', 'a'])).toBe('2');
  });
});
