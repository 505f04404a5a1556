import { afterEach, describe, expect, it } from 'vitest';
import { runProgram as run } from '../../../src/cli/program.js';
import { FakeIo } from './fake-io.js';
import { recorded } from './recorded.js';

const calls: (readonly [command: string, values: object])[] = [];
const answer: { exitCode: number; error?: Error } = { exitCode: 0 };

const commands = recorded((command, values) => {
  calls.push([command, values]);
  if (answer.error !== undefined) throw answer.error;
  return answer.exitCode;
});
const runProgram = (argv: readonly string[], io: FakeIo): Promise<number> => run(argv, io, commands);

afterEach(() => {
  calls.length = 0;
  answer.exitCode = 0;
  delete answer.error;
});

const words = (line: string): readonly string[] => line.split(' ').filter((w) => w !== '');
const SHOWING = { json: false, plain: false };
const READING = { ...SHOWING, only: [] };
const none = { ...READING, dryRun: false, yes: false, breakLock: false };
const every = {
  dryRun: true,
  only: ['pc-11', '192.0.2.12'],
  config: 'a.yaml',
  json: true,
  plain: true,
  yes: true,
  breakLock: true,
};
const EVERY = '--dry-run --only pc-11 192.0.2.12 --config a.yaml --json --plain --yes --break-lock';
const TEAMS = { ...SHOWING, dryRun: false, breakLock: false };
const LOAD = { ...SHOWING, dryRun: false, breakLock: false, steps: [10, 50, 100], for: 30 };
const WEB = { typed: 'http://web.red/', scheme: 'http', host: 'web.red', port: 80, path: '/' };
const TEARDOWN = { local: false };
const NEW = { ...SHOWING, yes: false, children: [], try: true, force: false };
const LAB = { ...SHOWING };

describe('a command line', () => {
  it.each<[string, string, object]>([
    ['check', 'check', none],
    [
      'check --only pc-11 192.0.2.12 -c a.yaml --json',
      'check',
      { ...none, only: ['pc-11', '192.0.2.12'], config: 'a.yaml', json: true },
    ],
    ['check --fix', 'check', { ...none, fix: [] }],
    ['check --fix K-SWAP K-CLOCK', 'check', { ...none, fix: ['K-SWAP', 'K-CLOCK'] }],
    [`check --fix --gateway 192.0.2.1 ${EVERY}`, 'check', { ...every, fix: [], gateway: '192.0.2.1' }],
    ['init-parent', 'init-parent', none],
    [`init-parent ${EVERY}`, 'init-parent', every],
    ['join-child', 'join-child', none],
    [`join-child ${EVERY}`, 'join-child', every],
    ['join-child --only a --only b', 'join-child', { ...none, only: ['a', 'b'] }],
    ['deploy-monitoring', 'deploy-monitoring', none],
    [`deploy-monitoring ${EVERY}`, 'deploy-monitoring', every],
    ['deploy-monitoring --context kind-lab', 'deploy-monitoring', { ...none, context: 'kind-lab' }],
    ['teams', 'teams', TEAMS],
    ['teams --dry-run --context kind-lab', 'teams', { ...TEAMS, dryRun: true, context: 'kind-lab' }],
    // What stands behind the second word is no matter of the first.
    ['teams remove --dry-run --json', 'teams remove', { ...TEAMS, dryRun: true, json: true, yes: false }],
    ['teams remove red -y --room x', 'teams remove', { ...TEAMS, team: 'red', yes: true, room: 'x' }],
    ['teams card --out a.html', 'teams card', { ...SHOWING, out: 'a.html', withKey: false }],
    ['up', 'up', none],
    [`up ${EVERY}`, 'up', every],
    ['up -y -c a.yaml', 'up', { ...none, yes: true, config: 'a.yaml' }],
    ['status', 'status', { ...READING, dryRun: false }],
    [
      'status --only pc-11 --json --dry-run',
      'status',
      { ...READING, only: ['pc-11'], json: true, dryRun: true },
    ],
    ['stress', 'stress', none],
    [`stress ${EVERY}`, 'stress', every],
    ['stress --model ramp --max-temperature 85C', 'stress', { ...none, model: 'ramp', maxTemperature: 85 }],
    ['stress --team red', 'stress', { ...none, team: 'red' }],
    ['stress --cpu 50% --for 2m', 'stress', { ...none, cpu: 50, for: 120 }],
    ['stress --cpu=7 --for=1m30s', 'stress', { ...none, cpu: 7, for: 90 }],
    ['load http://web.red/', 'load', { ...LOAD, url: WEB }],
    [
      'load http://web.red/ --steps 0,500,0 --for 10m --from pc-11 --dry-run --json -c a.yaml --break-lock',
      'load',
      {
        ...{ ...LOAD, url: WEB, steps: [0, 500, 0], for: 600, from: 'pc-11' },
        ...{ dryRun: true, json: true, config: 'a.yaml', breakLock: true },
      },
    ],
    ['teardown', 'teardown', { ...none, ...TEARDOWN }],
    [`teardown ${EVERY} --room atelier-1`, 'teardown', { ...every, ...TEARDOWN, room: 'atelier-1' }],
    ['teardown --local --yes --break-lock', 'teardown', { ...none, local: true, yes: true, breakLock: true }],
    ['new', 'new', NEW],
    [
      'new -c a.yaml --json --plain -y --room r --parent 192.0.2.10 --children 192.0.2.11-14, 192.0.2.20 pc-20 --user u --key k',
      'new',
      {
        ...NEW,
        config: 'a.yaml',
        json: true,
        plain: true,
        yes: true,
        room: 'r',
        parent: '192.0.2.10',
        children: ['192.0.2.11-14,', '192.0.2.20', 'pc-20'],
        user: 'u',
        key: 'k',
      },
    ],
    [
      'new --children-file f --names place --pod-subnet 10.0.0.0/16 --service-subnet 10.1.0.0/16 --bundle b --no-try --force',
      'new',
      {
        ...NEW,
        childrenFile: 'f',
        names: 'place',
        podSubnet: '10.0.0.0/16',
        serviceSubnet: '10.1.0.0/16',
        bundle: 'b',
        try: false,
        force: true,
      },
    ],
    ['config schema', 'config schema', {}],
    ['lab image --json', 'lab image', { json: true, plain: false }],
    ['lab up', 'lab up', { ...LAB, children: 2, laptops: 0, parentGuest: false }],
    [
      'lab up --children 5 --name x --bundle /b --json',
      'lab up',
      { ...LAB, children: 5, laptops: 0, parentGuest: false, name: 'x', bundle: '/b', json: true },
    ],
    [
      'lab up --children 0 --laptops 2 --parent-guest',
      'lab up',
      { ...LAB, children: 0, laptops: 2, parentGuest: true },
    ],
    ['lab status --plain', 'lab status', { ...LAB, plain: true }],
    ['lab down', 'lab down', { ...LAB, image: false }],
    ['lab down --image --name x', 'lab down', { ...LAB, name: 'x', image: true }],
    ['lab link child-2 down --name x', 'lab link', { ...LAB, name: 'x', machine: 'child-2', state: 'down' }],
  ])('kmon %s', async (line, command, options) => {
    const io = new FakeIo();
    expect(await runProgram(words(line), io)).toBe(0);
    expect(calls).toEqual([[command, options]]);
    expect(io.out.raw + io.err.raw).toBe('');
  });

  it('ends with the exit code of its command', async () => {
    answer.exitCode = 24;
    expect(await runProgram(['check'], new FakeIo())).toBe(24);
  });

  it('is a bug, and says so, when a command throws', async () => {
    answer.error = new TypeError('x is not a function');
    const io = new FakeIo();
    expect(await runProgram(['check'], io)).toBe(70);
    expect(io.err.raw).toContain('this is a defect of kmon: x is not a function');
    expect(io.err.raw).toContain('kmon 1.2.3');
  });
});

describe('a wrong command line', () => {
  it.each([
    ['an unknown command', 'chekc', /unknown command 'chekc'.*\n?.*Did you mean check/],
    ['an unknown flag', 'check --force', /unknown option '--force'/],
    ['a flag of another command', 'check --cpu 7', /unknown option '--cpu'/],
    ['a flag without its value', 'up --config', /argument missing/],
    ['--only without a machine', 'up --only', /argument missing/],
    ['a word too many', 'check pc-11', /too many arguments/],
    ['a percentage of more than all', 'stress --cpu 101', /give a percentage from 1 to 100/],
    ['a percentage of nothing', 'stress --cpu 0', /give a percentage from 1 to 100/],
    ['a duration that is none', 'stress --for soon', /give 5s to 60m/],
    ['a load without end', 'stress --for 61m', /give 5s to 60m/],
    ['a limit that nothing reaches', 'stress --max-temperature 111', /give a temperature from 30 to 110/],
    ['a limit that everything reaches', 'stress --max-temperature 29', /give a temperature from 30 to 110/],
    ['a limit that is none', 'stress --max-temperature hot', /give a temperature from 30 to 110/],
    ['a load on nobody', 'load', /missing required argument 'url'|give one such as/],
    [
      'a load that is no URL',
      'load web.red',
      /'web\.red' is invalid for <url>\. http:\/\/ is missing before it/,
    ],
    ['a load with a password', 'load http://a:b@web.red/', /a user or a password/],
    ['a load on itself', 'load http://localhost:80/', /localhost is whatever computer asks/],
    [
      'steps that are none',
      'load http://web.red/ --steps many',
      /give the connections of each step, such as 10,50,100/,
    ],
    ['steps below nothing', 'load http://web.red/ --steps=-1', /give the connections of each step/],
    ['a step of half a connection', 'load http://web.red/ --steps 1.5', /give the connections of each step/],
    ['a step that is missing', 'load http://web.red/ --steps 10,,20', /give the connections of each step/],
    ['a step above the cap', 'load http://web.red/ --steps 10,501', /a step has 500 connections at the most/],
    ['steps without any load', 'load http://web.red/ --steps 0,0', /at least one step needs connections/],
    ['too many steps', 'load http://web.red/ --steps 1,1,1,1,1,1,1,1,1,1,1,1,1', /12 steps at the most/],
    ['a step without end', 'load http://web.red/ --for 11m', /give 5s to 10m/],
    ['a step of a moment', 'load http://web.red/ --for 4', /give 5s to 10m/],
    ['too many machines', 'lab up --children 33', /give a number from \d+ to 32/],
    ['the config without a word', 'config', /Usage: kmon config/],
    ['--room of a new room without its name', 'new --room', /argument missing/],
    ['the lab without a word', 'lab', /Usage: kmon lab/],
    ['an unknown command of the lab', 'lab stat', /unknown command 'stat'/],
    ['a link of no machine', 'lab link', /missing required argument/],
    ['a link that is neither', 'lab link child-2', /missing required argument/],
    [
      'a link that is in between',
      'lab link child-2 half',
      /'half' is invalid for <up\|down>. give one of up, down/,
    ],
    [
      'a flag that goes with another',
      'check --yes',
      /^error: --yes goes with --fix: leave it out, or add --fix$/m,
    ],
    [
      'flags that go with another',
      'check --dry-run -y --break-lock --gateway 192.0.2.1',
      /--dry-run, --yes, --break-lock, --gateway go with --fix: leave them out, or add --fix\n/,
    ],
    [
      'a flag beside one that leaves it nothing to say',
      'teardown --local -c a.yaml',
      /--config goes without --local: leave it out\n/,
    ],
    ['a flag between two words', 'teams --dry-run remove', /--dry-run stands before 'remove': put it behind/],
    ['an unknown command behind one', 'teams red', /too many arguments/],
    ['a flag about changes where nothing is changed', 'status --break-lock', /unknown option '--break-lock'/],
    ['a question where nothing is asked', 'status --yes', /unknown option '--yes'/],
    ['nothing that kmon could do alone', '--json', /unknown option '--json'/],
  ])('ends with 2, and touches nothing: %s', async (_, line, message) => {
    const io = new FakeIo();
    expect(await runProgram(words(line), io)).toBe(2);
    expect(io.err.raw).toMatch(message);
    expect(io.out.raw).toBe('');
    expect(calls).toEqual([]);
  });

  it.each([
    ['init', 'init-parent, new'],
    ['parent', 'init-parent'],
    ['Init_Parent', 'init-parent'],
    ['join', 'join-child'],
    ['children', 'join-child'],
    ['deploy', 'deploy-monitoring'],
    ['monitoring', 'deploy-monitoring'],
    ['prometheus', 'deploy-monitoring'],
    ['down', 'teardown'],
    ['destroy', 'teardown'],
    ['reset', 'teardown'],
    ['uninstall', 'teardown'],
    ['détruire', 'teardown'],
    ['vérifier', 'check'],
    ['état', 'status'],
    ['fix', 'check --fix'],
    ['version', '--version'],
    ['chekc', 'check'],
    ['stat', 'status'],
    ['teardwon', 'teardown'],
    ['lab stat', 'status'],
    ['lab stop', 'down'],
    ['config print', 'schema'],
    ['teams rm', 'remove'],
    ['équipes', 'teams'],
    ['check --dry', '--dry-run'],
    ['check --conifg x', '--config'],
    ['stress --duration=5m', '--for'],
    ['new --pod 10.0.0.0/8', '--pod-subnet'],
    ['new --file x.csv', '--children-file, --config'],
    ['status --nodes a', '--only'],
  ])('says what was meant by %s', async (line, meant) => {
    const io = new FakeIo();
    expect(await runProgram(words(line), io)).toBe(2);
    const several = meant.includes(', ') ? 'one of ' : '';
    expect(io.err.raw.split('\n')).toContain(`(Did you mean ${several}${meant}?)`);
  });

  it('says nothing where nothing is near', async () => {
    for (const line of ['xyzzy', 'q', 'lab xyzzy', 'check --xyzzy']) {
      const io = new FakeIo();
      expect(await runProgram(words(line), io)).toBe(2);
      expect(io.err.raw).not.toContain('Did you mean');
    }
  });

  it('says where the flags of the command are told', async () => {
    const io = new FakeIo();
    await runProgram(['stress', '--cpus', '2'], io);
    expect(io.err.raw).toContain('(kmon stress --help shows its flags)');
    const lab = new FakeIo();
    await runProgram(['lab', 'down', '--force'], lab);
    expect(lab.err.raw).toContain('(kmon lab down --help shows its flags)');
  });
});
