import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { planRoom } from '../../../../src/cli/new/wizard.js';
import type { NewRoom } from '../../../../src/cli/new/wizard.js';
import type { Given } from '../../../../src/cli/new/given.js';
import { calledNames } from '../../../../src/cli/new/machines.js';
import type { Outcome, Tried, Trials } from '../../../../src/cli/new/trials.js';
import { subnetAround } from '../../../../src/config/networks/subnet.js';
import { KmonError } from '../../../../src/errors/kmon-error.js';
import type { FirstLook } from '../../../../src/runner/first-look.js';
import type { Prompter } from '../../../../src/ui/prompter.js';

/** What is asked and what is answered, in order; a question of another kind, or one more, fails the test. */
type Asked = readonly [question: RegExp, answer: string];

function scripted(script: readonly Asked[]): Prompter & { readonly left: () => readonly Asked[] } {
  const rest = [...script];
  const next = (question: string): string => {
    const asked = rest.shift();
    if (asked === undefined) throw new Error(`nobody expected: ${question}`);
    expect(question).toMatch(asked[0]);
    return asked[1];
  };
  const never = (): never => {
    throw new Error('not asked here');
  };
  return {
    text: async (question, { standard = '', wrong } = {}) => {
      const typed = next(question);
      const answer = typed === '' ? standard : typed;
      const why = await wrong?.(answer);
      if (why !== undefined) throw new Error(`${question} ${answer}: ${why}`);
      return answer;
    },
    choose: async (question, choices) => {
      const label = next(question);
      const chosen = choices.find((c) => c.label.includes(label));
      if (chosen === undefined) throw new Error(`${question}: no ${label}`);
      return chosen.value;
    },
    secret: never,
    confirm: never,
    typed: never,
    left: () => rest,
  };
}

const LOOK: FirstLook = { system: 'Debian', hostname: '', cpus: 2, memoryBytes: 1, routes: '' };

/** Machines by address: what they tell, or why they do not. What is not listed does not answer. */
function room(machines: Readonly<Record<string, Partial<FirstLook> | KmonError>>): {
  readonly trials: Trials;
  readonly rounds: (readonly Tried[])[];
} {
  const rounds: (readonly Tried[])[] = [];
  const look = ({ name, login }: Tried): Outcome => {
    const told = machines[login.host] ?? new KmonError('unreachable', 'nobody answers');
    return told instanceof KmonError ? { name, error: told } : { name, look: { ...LOOK, ...told } };
  };
  const trials: Trials = {
    look: async (tried) => {
      rounds.push(tried);
      return tried.map(look);
    },
    pin: async () => undefined,
    close: async () => undefined,
  };
  return { trials, rounds };
}

interface Setting {
  readonly given?: Given;
  readonly script?: readonly Asked[];
  readonly trials?: Trials;
  readonly networks?: readonly string[];
  readonly cwd?: string;
}

async function plan({
  given = {},
  script,
  trials,
  networks = [],
  cwd = '/nowhere',
}: Setting): Promise<NewRoom & { readonly said: readonly string[] }> {
  const prompter = script === undefined ? undefined : scripted(script);
  const said: string[] = [];
  const made = await planRoom({
    given,
    prompter,
    trials,
    around: { home: '/nowhere', localUser: 'me', sshConfigFiles: [] },
    place: { cwd, home: '/nowhere' },
    networks: networks.map((n) => subnetAround(n.split('/')[0] ?? '', Number(n.split('/')[1]))),
    file: '/rooms/Salle 12/kmon.yaml',
    say: (text) => said.push(text),
  });
  expect(prompter?.left() ?? []).toEqual([]);
  return { ...made, said };
}

const at = (n: number): string => `192.168.1.${n}`;
const USUAL = { podSubnet: '10.244.0.0/16', serviceSubnet: '10.96.0.0/12' };
const PARENT: Given = { room: 'r', parent: at(10), user: 'student', key: '/k' };
const TWO: Given = { ...PARENT, children: [{ address: at(11) }, { address: at(12) }] };
const HERE = { [at(10)]: {}, [at(11)]: {}, [at(12)]: {} };

describe('the wizard', () => {
  it('asks in the order in which answers are needed, and tries as soon as it can', async () => {
    const { trials, rounds } = room(HERE);
    const made = await plan({
      trials,
      script: [
        [/^Name of the room:/, ''],
        [/^Address of the parent/, at(10)],
        [/^User on the machines/, ''],
        [/^Key to log in with:/, 'what ssh takes by itself'],
        [/^Children \(/, `${at(11)}-12`],
      ],
    });
    expect(made).toMatchObject({ room: 'Salle-12', login: { user: 'me' }, ranges: USUAL });
    expect(made.machines.map((m) => m.address)).toEqual([at(10), at(11), at(12)]);
    expect(rounds.map((r) => r.map((t) => t.name))).toEqual([['parent'], ['child-1', 'child-2']]);
    expect(made.said).toEqual([]);
  });

  it('shows what was understood of a file, and asks again when that is not right', async () => {
    const cwd = await mkdtemp(join(tmpdir(), 'kmon-wizard-'));
    try {
      await writeFile(join(cwd, 'old.csv'), '192.168.1.11;pc-11\n');
      await writeFile(join(cwd, 'new.csv'), 'Poste;IP\nPC-12;192.168.1.12\n');
      const made = await plan({
        cwd,
        given: PARENT,
        script: [
          [/^Children \(/, 'old.csv'],
          [/^Is that what old.csv means\?$/, 'no'],
          [/^Children \(/, 'new.csv'],
          [/^Is that what new.csv means\?$/, 'yes, take this child'],
        ],
      });
      expect(made.machines.slice(1)).toEqual([{ role: 'child', address: at(12), name: 'pc-12' }]);
      expect(made.said.slice(-4)).toEqual([
        'new.csv was read as UTF-8, with columns apart by ";"',
        'columns: "Poste" is the name, "IP" is the address',
        'address       name   team  line  written',
        '192.168.1.12  pc-12  -        2  "PC-12"',
      ]);
    } finally {
      await rm(cwd, { recursive: true });
    }
  });

  it('asks nothing that a flag says', async () => {
    const made = await plan({ given: TWO, script: [], trials: room(HERE).trials });
    expect(made.login).toEqual({ user: 'student', key: '/k' });
  });

  it('asks nobody without a terminal, and tries nothing when that is not wanted', async () => {
    const made = await plan({ given: { parent: at(10) } });
    expect(made).toMatchObject({ room: 'Salle-12', login: { user: 'me' }, ranges: USUAL });
    expect(made.machines).toEqual([{ role: 'parent', address: at(10) }]);
  });

  it('goes on without a terminal when machines fail', async () => {
    const made = await plan({ given: TWO, trials: room({ [at(10)]: {} }).trials });
    expect(made.machines.map((m) => m.error?.code)).toEqual([undefined, 'unreachable', 'unreachable']);
  });

  it('corrects address, user and key of the parent until it answers, and tries nobody else for that', async () => {
    const { trials, rounds } = room({ ...HERE, [at(9)]: new KmonError('login-refused', 'no') });
    const made = await plan({
      given: { ...TWO, parent: at(8) },
      trials,
      script: [
        [/^What now\? The parent 192\.168\.1\.8/, 'correct its address'],
        [/^Address of the parent:/, at(9)],
        [/^What now\? The parent 192\.168\.1\.9/, 'correct the user'],
        [/^User on the machines:/, 'teacher'],
        [/^What now/, 'take another key'],
        [/^Key to log in with:/, 'what ssh takes by itself'],
        [/^What now/, 'try it again'],
        [/^What now/, 'correct its address'],
        [/^Address of the parent:/, at(10)],
      ],
    });
    expect(made.login).toEqual({ user: 'teacher' });
    expect(rounds.map((r) => r.map((t) => t.login.host))).toEqual([
      [at(8)],
      [at(9)],
      [at(9)],
      [at(9)],
      [at(9)],
      [at(10)],
      [at(11), at(12)],
    ]);
    expect(rounds[2]?.[0]?.login).toEqual({ host: at(9), user: 'teacher', keyFile: '/k' });
  });

  it('keeps a parent that is away', async () => {
    const made = await plan({
      given: PARENT,
      trials: room({}).trials,
      script: [
        [/^What now/, 'keep it'],
        [/^Children/, ''],
      ],
    });
    expect(made.machines).toHaveLength(1);
  });

  it('tries only the children that failed again', async () => {
    const { trials, rounds } = room({ ...HERE, [at(13)]: new KmonError('login-refused', 'no') });
    const made = await plan({
      given: {
        ...TWO,
        children: [{ address: at(11) }, { address: at(20), team: 'red' }, { address: at(13), name: 'x' }],
      },
      trials,
      script: [
        [/^What now\? Not usable yet: child-2, x$/, 'correct them'],
        [/^Address of child-2:/, at(12)],
        [/^Address of x:/, ''],
        [/^User on x:/, 'root'],
        [/^What now\? Not usable yet: x$/, 'leave them out'],
      ],
    });
    expect(rounds.slice(2).map((r) => r.map((t) => [t.name, t.login.user]))).toEqual([
      [
        ['child-2', 'student'],
        ['x', 'root'],
      ],
    ]);
    expect(made.machines.slice(1)).toMatchObject([{ address: at(11) }, { address: at(12), team: 'red' }]);
  });

  it('never takes the address of another machine for a correction', async () => {
    const script: readonly Asked[] = [
      [/^What now/, 'correct them'],
      [/^Address of child-2:/, at(11)],
    ];
    await expect(
      plan({ given: TWO, trials: room({ [at(10)]: {}, [at(11)]: {} }).trials, script }),
    ).rejects.toThrow('another machine of the room has it');
    const parent: readonly Asked[] = [
      [/^What now/, 'correct its address'],
      [/^Address of the parent:/, at(11)],
    ];
    await expect(plan({ given: TWO, trials: room({}).trials, script: parent })).rejects.toThrow(
      'it is one of the children',
    );
  });

  it('proposes the names that machines give themselves', async () => {
    const named = {
      [at(10)]: { hostname: 'prof' },
      [at(11)]: { hostname: 'pc-11' },
      [at(12)]: { hostname: 'pc-11' },
    };
    const names = async (setting: Setting) =>
      calledNames((await plan({ trials: room(named).trials, given: TWO, ...setting })).machines);
    expect(await names({ script: [[/^Names of the machines/, 'their own (parent: prof)']] })).toEqual([
      'prof',
      'child-1',
      'child-2',
    ]);
    expect(await names({ script: [[/^Names of the machines/, 'by their place']] })).toEqual([
      'parent',
      'child-1',
      'child-2',
    ]);
    expect(await names({ script: [], given: { ...TWO, names: 'place' } })).toEqual([
      'parent',
      'child-1',
      'child-2',
    ]);
    expect(await names({})).toEqual(['prof', 'child-1', 'child-2']);
  });

  it('proposes ranges that meet no network of this computer or of the machines', async () => {
    const routes =
      'eth1\t000064C0\t00000000\t0001\t0\t0\t0\t0000FFFF\neth2\t0000F40A\t00000000\t0001\t0\t0\t0\t0000FFFF';
    const { trials } = room({ ...HERE, [at(11)]: { routes } });
    const setting = { given: TWO, trials, networks: ['10.100.0.0/16'] };
    const unattended = await plan(setting);
    expect(unattended.ranges).toEqual({ podSubnet: '10.255.0.0/16', serviceSubnet: '10.224.0.0/12' });
    expect(unattended.said).toEqual([
      'the usual range of pods, 10.244.0.0/16, meets a network of these computers',
      'the usual range of services, 10.96.0.0/12, meets a network of these computers',
    ]);
    const asked = await plan({
      ...setting,
      script: [
        [/^Range of pods:/, ''],
        [/^Range of services:/, '172.20.0.0/16'],
      ],
    });
    expect(asked.ranges).toEqual({ podSubnet: '10.255.0.0/16', serviceSubnet: '172.20.0.0/16' });
    await expect(plan({ ...setting, script: [[/^Range of pods:/, '10.100.0.0/20']] })).rejects.toThrow(
      'it meets a network of these computers',
    );
  });

  it('takes the /24 around every address for a network of the room', async () => {
    const made = await plan({ given: { parent: '10.244.1.10', children: [{ address: '10.111.1.11' }] } });
    expect(made.ranges).toEqual({ podSubnet: '10.255.0.0/16', serviceSubnet: '10.224.0.0/12' });
  });

  it('lets a range that is given by hand go first', async () => {
    const made = await plan({
      given: { ...PARENT, serviceSubnet: '10.240.0.0/12' },
      script: [
        [/^Children/, ''],
        [/^Range of pods:/, ''],
      ],
    });
    expect(made.ranges).toEqual({ podSubnet: '10.239.0.0/16', serviceSubnet: '10.240.0.0/12' });
    await expect(plan({ given: { ...TWO, podSubnet: '192.168.0.0/16' } })).rejects.toMatchObject({
      code: 'usage',
      message: '--pod-subnet 192.168.0.0/16 holds the address of a machine',
    });
  });

  it('says when no range is free', async () => {
    await expect(plan({ given: PARENT, networks: ['10.0.0.0/8', '172.16.0.0/12'] })).rejects.toMatchObject({
      code: 'usage',
      message: 'no range of addresses is free for pods',
    });
  });
});
