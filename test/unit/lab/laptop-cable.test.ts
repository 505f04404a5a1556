import { describe, expect, it } from 'vitest';
import { findEngine } from '../../../src/lab/container-engine.js';
import { cableArgs, forwardedPorts, plugIn } from '../../../src/lab/laptop-cable.js';
import { ends, scriptedPrograms } from './scripted-programs.js';

describe('the cable of a guest', () => {
  it('has one end in the laptop and one, as of every machine, in the guest', () => {
    expect(cableArgs(11, 22).join(' ')).toBe(
      'link add name guest0 netns 11 type veth peer name eth0 netns 22',
    );
  });

  it('leads what a node is asked for to the guest, of a parent the API and the NodePorts too', () => {
    expect(forwardedPorts('child')).toEqual(['10250', '9100']);
    expect(forwardedPorts('parent')).toEqual(['10250', '9100', '6443', '30000-32767']);
  });

  it('is laid once; addresses and forwards are set each time', async () => {
    const { run, calls } = scriptedPrograms({
      'podman info --format {{.Host.OCIRuntime.Name}} {{.Host.CgroupsVersion}}': ends('runc v1'),
      'podman exec L ip link show dev guest0': ends('7: guest0'),
      'podman exec --interactive G sh -s': ends(''),
      'podman exec --interactive L sh -s': ends(''),
    });
    const engine = await findEngine(run);
    await plugIn(engine, { name: 'g-laptop', container: 'L' }, { container: 'G', role: 'child' });
    expect(calls).toHaveLength(4);
  });
});
