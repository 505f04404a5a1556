import { spawnSync } from 'node:child_process';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { answers, askNeighbour } from '../../../src/tools/neighbour.js';
import { canBePrivate, PrivateMachine } from '../resources/private-machine.js';
import { assertShellSyntax } from './shell-syntax.js';

describe('askNeighbour', () => {
  it('is a script for sh, whatever the device is called', () => {
    assertShellSyntax(askNeighbour('192.0.2.1', `it's $(id)`));
  });

  it('sends by a program that perl accepts', () => {
    const program = /perl -MSocket -e '([^']*)'/.exec(askNeighbour('192.0.2.1', 'eth0').script)?.[1] ?? '';
    expect(spawnSync('perl', ['-MSocket', '-c', '-e', program], { encoding: 'utf8' })).toMatchObject({
      status: 0,
    });
  });

  it.each([
    ['192.0.2.1 lladdr 02:00:00:00:00:01 REACHABLE\n', true],
    ['192.0.2.1 lladdr 02:00:00:00:00:01 PERMANENT\n', true],
    ['192.0.2.1 lladdr 02:00:00:00:00:01 STALE\n', false],
    ['192.0.2.1 lladdr 02:00:00:00:00:01 DELAY\n', false],
    ['192.0.2.1 FAILED\n', false],
    ['192.0.2.1 INCOMPLETE\n', false],
    ['\n', false],
  ])('believes %j: %s', (stdout, answered) => {
    expect(answers(stdout)).toBe(answered);
  });
});

describe.skipIf(!canBePrivate)('askNeighbour on a real link', { timeout: 30_000 }, () => {
  let machine: PrivateMachine;
  beforeAll(async () => {
    machine = await PrivateMachine.start();
    // The other end of the cable is a machine of its own, with the address .9 and nothing that listens.
    machine.sh(`ip netns add peer 2>/dev/null || { mkdir -p /run/netns; ip netns add peer; }
ip link set lan1 netns peer
ip netns exec peer ip address add 10.77.0.9/24 dev lan1
ip netns exec peer ip link set lan1 up`);
  });
  afterAll(() => {
    machine.stop();
  });

  it('hears a machine that answers to nothing else', async () => {
    expect(answers((await machine.query(askNeighbour('10.77.0.9', 'lan0'))).stdout)).toBe(true);
  });

  it('does not hear one that is not there, also where one was', async () => {
    machine.sh('ip neigh replace 10.77.0.8 lladdr 02:00:00:00:00:08 dev lan0 nud stale');
    const [gone, never] = ['10.77.0.8', '10.77.0.7'];
    expect(answers((await machine.query(askNeighbour(never, 'lan0', 1))).stdout)).toBe(false);
    expect(answers((await machine.query(askNeighbour(gone, 'lan0', 1))).stdout)).toBe(false);
  });
});
