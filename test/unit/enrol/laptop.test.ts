import { spawn, spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { networkInterfaces, tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { parseLedger } from '../../../src/engine/ledger.js';
import { admissionOf } from '../../../src/enrol/admission.js';
import { Desk } from '../../../src/enrol/desk.js';
import type { Asked, DeskEvent } from '../../../src/enrol/desk.js';
import { openDoor } from '../../../src/enrol/door.js';
import type { Door } from '../../../src/enrol/door.js';
import type { Misfit } from '../../../src/enrol/registration.js';
import { laptopScript } from '../../../src/enrol/script.js';
import { HOST_KEY, OTHER_KEY } from './sample-laptop.js';

// The script as it runs on a laptop, at a terminal, against the real desk behind the real page; what it would ask of the system is a stand-in that
// tells what it was asked, in a folder that stands for the root. As root, which it insists on.

const WORD = 'k7mqx2fp9dtw';
const SESSION = '0123456789abcdef0123456789abcdef';
const template = ['letters.sh', 'laptop.sh']
  .map((name) => readFileSync(new URL(`../../../templates/enrol/${name}`, import.meta.url), 'utf8'))
  .join('');
/** The page is on an address that is not loopback, as it always is. */
const own = Object.values(networkInterfaces())
  .flatMap((list) => list ?? [])
  .find((a) => a.family === 'IPv4' && !a.internal)?.address;

let root: string;
let door: Door;
let desk: Desk;
let events: DeskEvent[];
let objection: Misfit | undefined;
let onEvent: (event: DeskEvent) => void;
/** What answers, where somebody is between. */
let between: ((answer: string) => string) | undefined;

const SSHD_SAYS = [
  'port 2222',
  'permitrootlogin without-password',
  'pubkeyauthentication yes',
  'authenticationmethods any',
  'hostkey ROOT/etc/ssh/ssh_host_ed25519_key',
];

/** A stand-in of sshd: its settings for root are those of kmon's drop-in, as far as there is one. */
const SSHD = `#!/bin/sh
echo "sshd $*" >>ROOT/asked
case $1 in
-t) if [ -e ROOT/broken ] && [ -e ROOT/etc/ssh/sshd_config.d/00-kmon.conf ]; then echo 'Bad configuration option' >&2; exit 255; fi ;;
-T)
  printf '%s\\n' ${SSHD_SAYS.map((line) => `'${line}'`).join(' ')}
  files='.ssh/authorized_keys .ssh/authorized_keys2'
  case "$*" in *user=root*) if [ -e ROOT/etc/ssh/sshd_config.d/00-kmon.conf ] && [ ! -e ROOT/deaf ]; then
    files=$(sed -n 's/ *AuthorizedKeysFile //p' ROOT/etc/ssh/sshd_config.d/00-kmon.conf); fi ;;
  *) if [ -e ROOT/wide ] && [ -e ROOT/etc/ssh/sshd_config.d/00-kmon.conf ]; then files=wide; fi ;; esac
  echo "authorizedkeysfile $files" ;;
esac
`;

const SYSTEMCTL = `#!/bin/sh
echo "systemctl $*" >>ROOT/asked
case "$*" in
'-q is-active ssh.service') [ ! -e ROOT/stopped ] ;;
'reload ssh.service') [ ! -e ROOT/hangs ] ;;
*) exit 3 ;;
esac
`;

beforeEach(async () => {
  if (own === undefined || process.getuid?.() !== 0)
    throw new Error('these tests need root, and an address that is not loopback');
  root = mkdtempSync(join(tmpdir(), 'kmon-laptop-'));
  for (const folder of ['bin', 'etc/ssh/sshd_config.d', 'run/sshd', 'run/systemd/system', 'var/lib'])
    mkdirSync(join(root, folder), { recursive: true });
  writeFileSync(join(root, 'etc/ssh/sshd_config'), 'Include /etc/ssh/sshd_config.d/*.conf\n');
  writeFileSync(join(root, 'etc/ssh/ssh_host_ed25519_key.pub'), `${HOST_KEY} root@pc\n`);
  writeFileSync(join(root, 'etc/os-release'), 'PRETTY_NAME="Debian GNU/Linux 12 (bookworm)"\n');
  stand('sshd', SSHD);
  stand('systemctl', SYSTEMCTL);
  events = [];
  objection = undefined;
  between = undefined;
  onEvent = (event) => {
    if (event.type === 'seat' && event.seat.state === 'waiting')
      setImmediate(() => {
        desk.approve(first());
      });
    if (event.type === 'ready')
      setTimeout(() => {
        desk.tried(1, undefined);
      }, 10);
  };
  desk = newDesk();
  desk.addWord(WORD);
  door = await openDoor(own, 0, {
    pages: new Map(),
    front: () => '/',
    posts: new Map([
      ['/register', (text, source) => passing(desk.register(text, source))],
      ['/ask', (text, source) => passing(desk.ask(text, source))],
    ]),
    styleHash: '',
  });
});
afterEach(async () => {
  await door.close();
  rmSync(root, { recursive: true });
});

const newDesk = (): Desk =>
  new Desk({
    session: SESSION,
    objection: () => objection,
    inRoomAt: () => undefined,
    admission: ({ sshd }) =>
      sshd === undefined
        ? { wrong: 'that is a guest' }
        : admissionOf({
            mark: { id: 'abc-12345', name: 'atelier-1', parent: '192.0.2.10', role: 'child', by: 'ada@desk' },
            publicKey: OTHER_KEY,
            sshd,
            run: 'run',
            now: new Date(),
          }),
    onEvent: (event) => {
      events.push(event);
      onEvent(event);
    },
    nowMs: () => performance.now(),
  });

/** Who is asked about at the first word. */
const first = (): Asked => ({ number: 1, nonce: desk.seats[0]?.nonce ?? '' });

const passing = (answer: string): string => between?.(answer) ?? answer;

function stand(name: string, text: string): void {
  const file = join(root, 'bin', name);
  writeFileSync(file, text.replaceAll('ROOT', root));
  chmodSync(file, 0o755);
}

const plant = (name: string, text = ''): void => {
  mkdirSync(join(root, name, '..'), { recursive: true });
  writeFileSync(join(root, name), text);
};
/** Everything below the root that a laptop has, as one text. */
const tree = (): readonly string[] =>
  readdirSync(root, { recursive: true, encoding: 'utf8' })
    .filter((name) => /^(etc|var|run)/.test(name))
    .sort();
const asked = (): string =>
  existsSync(join(root, 'asked')) ? readFileSync(join(root, 'asked'), 'utf8') : '';

const environment = (): NodeJS.ProcessEnv => ({
  PATH: `${root}/bin:${process.env['PATH'] ?? ''}`,
  TMPDIR: tmpdir(),
});

interface Ran {
  readonly status: number | null;
  readonly said: string;
}

/** Runs it at a terminal of its own and types these lines. */
async function run(typed: readonly string[], shell = 'dash', script = scriptHere()): Promise<Ran> {
  const file = join(root, 'script');
  writeFileSync(file, script);
  const child = spawn('script', ['-q', '-e', '-c', `${shell} ${file}`, '/dev/null'], {
    env: environment(),
    stdio: ['pipe', 'pipe', 'pipe'],
  });
  let said = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => (said += text));
  for (const line of typed) child.stdin.write(`${line}\n`);
  return new Promise((resolve) => {
    child.once('close', (status) => {
      resolve({ status, said: said.replaceAll('\r', '') });
    });
  });
}

const scriptHere = (): string =>
  laptopScript(template, {
    page: `http://${own ?? ''}:${door.port}`,
    session: SESSION,
    room: 'atelier-1',
    by: 'ada@desk',
    roomId: 'abc-12345',
    root,
    pauseSeconds: 0.05,
  });

describe("the laptop's script", () => {
  it.each(['dash', 'bash'])('brings a laptop in, by %s', async (shell) => {
    const before = tree();
    const { status, said } = await run(['K7MQ-X2FP-9DTW', 'Laptop of Zoé'], shell);
    expect(said).toContain('you are in, as laptop-of-zoe');
    expect(status).toBe(0);
    expect(desk.seats[0]).toMatchObject({
      state: 'in',
      laptop: { port: 2222, address: own, system: 'Debian GNU/Linux 12 (bookworm)' },
    });
    expect(tree().filter((name) => !before.includes(name))).toEqual([
      'etc/ssh/kmon_authorized_keys',
      'etc/ssh/sshd_config.d/00-kmon.conf',
      'var/lib/kmon',
      'var/lib/kmon/leave.sh',
      'var/lib/kmon/ledger.jsonl',
    ]);
    expect(asked()).toMatch(/\nsystemctl reload ssh.service\n/);
    // The word goes nowhere: not into a file, not to a program.
    for (const name of tree().filter((n) => /kmon/.test(n) && !n.endsWith('kmon'))) {
      expect(readFileSync(join(root, name), 'utf8').toLowerCase()).not.toMatch(/k7mq|x2fp/);
    }
    const left = spawn('sh', [join(root, 'var/lib/kmon/leave.sh')], {
      env: { PATH: `${root}/bin:${process.env['PATH'] ?? ''}` },
    });
    await new Promise((resolve) => left.once('close', resolve));
    expect(tree()).toEqual(before);
  });

  it('by wget, where there is no curl', async () => {
    // `command -v` finds no program that is not in the path, so the whole path is a folder of links.
    const programs =
      'wget sh dash sha256sum od tr sed base64 ip mktemp uname id grep cut printf head tail cat cp mv rm rmdir mkdir chown chmod sync sleep ssh-keygen sort';
    const { status, said } = await run(
      ['k7mqx2fp9dtw', ''],
      `sh -c 'd=${root}/only; mkdir -p $d; for p in ${programs}; do ln -s "$(command -v $p)" $d/; done; PATH=${root}/bin:$d exec dash "$0"'`,
    );
    expect(said).toContain('you are in');
    expect(status).toBe(0);
  });

  it.each([
    [
      'no',
      'refused',
      () => {
        desk.refuse(first());
      },
      'the teacher has said no',
    ],
    [
      'another room has come',
      'free',
      () => {
        objection = { wrong: 'taken meanwhile' };
        desk.approve(first());
      },
      'taken meanwhile',
    ],
  ])('changes nothing when the teacher says: %s', async (_, state, says, why) => {
    onEvent = (event) => {
      if (event.type === 'seat' && event.seat.state === 'waiting') setImmediate(says);
    };
    const before = tree();
    const { status, said } = await run(['k7mqx2fp9dtw', '']);
    expect(said).toContain(why);
    expect(status).toBe(1);
    expect(desk.seats[0]).toMatchObject({ state });
    expect(tree()).toEqual(before);
    expect(asked()).not.toContain('reload');
  });

  it.each([
    [
      'the SSH server does not understand it',
      'broken',
      'the SSH server does not take its new settings: Bad configuration option',
    ],
    ['the SSH server does not read it', 'deaf', 'the SSH server does not read the new settings for root'],
    ['it would change something for others', 'wide', 'the new settings would change more than they should'],
    ['the SSH server cannot be told', 'hangs', 'the SSH server could not be told'],
  ])('takes everything out again when %s, and both sides say so', async (_, fault, why) => {
    plant(fault);
    const before = tree();
    const { status, said } = await run(['k7mqx2fp9dtw', '']);
    expect(said).toContain(why);
    expect(said).toContain('this laptop is as it was');
    expect(status).toBe(1);
    expect(desk.seats[0]).toMatchObject({ state: 'free', why });
    expect(tree()).toEqual(before);
  });

  it('takes everything out again when kmon cannot log in', async () => {
    onEvent = (event) => {
      if (event.type === 'seat' && event.seat.state === 'waiting')
        setImmediate(() => {
          desk.approve(first());
        });
      if (event.type === 'ready')
        setTimeout(() => {
          desk.tried(1, 'port 2222 does not answer');
        }, 10);
    };
    const before = tree();
    const { status, said } = await run(['k7mqx2fp9dtw', '']);
    expect(said).toContain('port 2222 does not answer');
    expect(status).toBe(1);
    expect(tree()).toEqual(before);
  });

  it('takes another word after a wrong one, and three at the most', async () => {
    const { said } = await run(['short', 'zzzz-zzzz-zzzz', '', 'k7mq-x2fp-9dtw']);
    expect(said).toContain('a word has twelve letters and digits');
    expect(said).toContain('the word is wrong');
    expect(said).toContain('you are in');
    const wrong = await run(['zzzzzzzzzzzz', '', 'zzzzzzzzzzzz', 'zzzzzzzzzzzz']);
    expect(wrong).toMatchObject({ status: 1, said: expect.stringContaining('three attempts') as string });
  });

  it('asks again for a name that is too long, and does not cut a letter of it in half', async () => {
    const { said } = await run(['k7mqx2fp9dtw', `${'a'.repeat(79)}é`, 'pc-2']);
    expect(said).toContain('that name is too long');
    expect(said).not.toContain('the word is wrong');
    expect(said).toContain('you are in, as pc-2');
  });

  it('takes no word from its surroundings, and shows nothing but letters of whom it does not know', async () => {
    between = (answer) =>
      answer.includes('unproven') ? answer.replace(/^text .*$/m, 'text a\u009b31mb\u202ec') : answer;
    const { said } = await run(['zzzz-zzzz-zzzz', '', 'k7mq-x2fp-9dtw'], `env KEY=${'0'.repeat(64)} dash`);
    expect(said).toContain('kmon: a31mbc\n');
    expect(said).toContain('you are in');
  });

  it('asks for another name where one is taken', async () => {
    objection = { wrong: 'the name pc is taken: choose another', otherName: true };
    onEvent = (event) => {
      if (event.type === 'turned-away') objection = undefined;
      if (event.type === 'seat' && event.seat.state === 'waiting')
        setImmediate(() => {
          desk.approve(first());
        });
      if (event.type === 'ready')
        setTimeout(() => {
          desk.tried(1, undefined);
        }, 10);
    };
    const { said } = await run(['k7mqx2fp9dtw', 'pc', 'pc-2']);
    expect(said).toContain('the name pc is taken: choose another');
    expect(said).toContain('you are in, as pc-2');
  });

  it.each<[string, (answer: string) => string]>([
    [
      'puts in a key of his own',
      (answer) => answer.replace(/^keys .*$/m, `keys ${Buffer.from(`${OTHER_KEY}\n`).toString('base64')}`),
    ],
    ['says that it is in', (answer) => answer.replace('state waiting', 'state in')],
    ['takes the seal off', (answer) => answer.replace(/^seal .*\n/m, '')],
    ['writes an answer of his own', () => 'kmon-enrol 1 answer\nstate welcome\ntext x\n'],
    ['answers with a page', () => '<html>'],
    ['answers nothing', () => '\n'],
  ])('believes nobody between who %s', async (_, changed) => {
    between = changed;
    const before = tree();
    const { status, said } = await run(['k7mqx2fp9dtw', '']);
    expect(said).toMatch(/somebody may be between|is no kmon|does not answer/);
    expect(status).toBe(1);
    expect(tree()).toEqual(before);
    expect(asked()).not.toContain('reload');
  });

  it('believes no answer that was given before', async () => {
    const answers: string[] = [];
    onEvent = () => undefined;
    // The teacher has not agreed; the answer before last is given again.
    between = (answer) => {
      answers.push(answer);
      return answers.length < 3 ? answer : (answers[1] ?? '');
    };
    const { said } = await run(['k7mqx2fp9dtw', '']);
    expect(said).toContain('the answer is none to this question');
  });

  it.each<[string, () => void, RegExp]>([
    [
      'it does not run',
      () => {
        plant('stopped');
      },
      /the SSH server does not run\. Start it/,
    ],
    [
      'it reads no folder',
      () => {
        plant('etc/ssh/sshd_config', 'Port 22\n');
      },
      /does not read .*sshd_config\.d\. Write this as the first line/,
    ],
    [
      'there is such a file already',
      () => {
        plant('etc/ssh/sshd_config.d/00-kmon.conf', '#');
      },
      /00-kmon\.conf is here already/,
    ],
    [
      'it is in another room',
      () => {
        plant(
          'var/lib/kmon/ledger.jsonl',
          '{"seq":1,"room":{"id":"other","name":"atelier-2","parent":"192.0.2.20","role":"child","by":"bob@desk"},"stage":"enrol"}\n',
        );
      },
      /is in another room of kmon already: atelier-2, of bob@desk\. To leave that one: sudo sh/,
    ],
    [
      'it is at work in this room',
      () => {
        plant(
          'var/lib/kmon/ledger.jsonl',
          '{"seq":1,"room":{"id":"abc-12345","name":"atelier-1"},"stage":"packages"}\n',
        );
      },
      /at work in this room already/,
    ],
  ])('says what to do when %s, and asks for no word', async (_, prepare, says) => {
    prepare();
    const before = tree();
    const { status, said } = await run([]);
    expect(said).toMatch(says);
    expect(said).not.toContain('Your word');
    expect(status).toBe(1);
    expect(tree()).toEqual(before);
  });

  it.each<[string, () => void]>([
    [
      'its owner has put kmon out',
      () => {
        const left = spawnSync('sh', [join(root, 'var/lib/kmon/leave.sh')], {
          env: environment(),
          encoding: 'utf8',
        });
        expect(left.stdout).toContain('paste the line of the page again');
      },
    ],
    [
      'the days of the key are over',
      () => {
        writeFileSync(
          join(root, 'etc/ssh/kmon_authorized_keys'),
          `restrict,port-forwarding,expiry-time="20200101" ${OTHER_KEY}\n`,
        );
      },
    ],
  ])(
    'brings a laptop that is at work in again when %s, and keeps what its ledger has besides',
    async (_, ends) => {
      await run(['k7mqx2fp9dtw', '']);
      const ledger = join(root, 'var/lib/kmon/ledger.jsonl');
      const [, second = ''] = readFileSync(ledger, 'utf8').trim().split('\n');
      const besides = second.replace('"seq":2', '"seq":3').replace('"stage":"enrol"', '"stage":"packages"');
      writeFileSync(ledger, `${besides}\n`, { flag: 'a' });
      expect((await run([])).said).toContain('at work in this room already');
      ends();
      desk = newDesk();
      desk.addWord('k7mqx2fp9dtw');
      const { said } = await run(['k7mqx2fp9dtw', '']);
      expect(said).toContain('you are in');
      const entries = parseLedger(readFileSync(ledger, 'utf8'), {
        machine: 'pc',
        file: 'ledger',
        where: 'there',
      });
      expect(entries.map((e) => [e.seq, e.stage])).toEqual([
        [1, 'enrol'],
        [2, 'enrol'],
        [3, 'packages'],
      ]);
      // By this a teardown knows that the files are kmon's own.
      for (const [i, name] of ['kmon_authorized_keys', 'sshd_config.d/00-kmon.conf'].entries()) {
        const sum = createHash('sha256')
          .update(readFileSync(join(root, 'etc/ssh', name)))
          .digest('hex');
        expect(JSON.stringify(entries[i]?.params)).toContain(sum);
      }
    },
  );

  it('keeps the ledger of a laptop at work when it cannot come in again', async () => {
    await run(['k7mqx2fp9dtw', '']);
    const ledger = join(root, 'var/lib/kmon/ledger.jsonl');
    writeFileSync(
      ledger,
      `${readFileSync(ledger, 'utf8').split('\n')[1]?.replace('"enrol"', '"packages"') ?? ''}\n`,
      {
        flag: 'a',
      },
    );
    rmSync(join(root, 'etc/ssh/kmon_authorized_keys'));
    plant('deaf');
    desk = newDesk();
    desk.addWord('k7mqx2fp9dtw');
    expect((await run(['k7mqx2fp9dtw', ''])).status).toBe(1);
    expect(readFileSync(ledger, 'utf8')).toContain('"packages"');
    expect(existsSync(join(root, 'etc/ssh/sshd_config.d/00-kmon.conf'))).toBe(false);
  });

  it('that runs a second time changes nothing, and enrols the laptop anew in another enrolment of the room', async () => {
    await run(['k7mqx2fp9dtw', '']);
    const enrolled = tree();
    const key = readFileSync(join(root, 'etc/ssh/kmon_authorized_keys'), 'utf8');
    desk.addWord('aaaabbbbcccc');
    const { status, said } = await run(['aaaabbbbcccc', 'other']);
    expect(said).toContain('is enrolled already');
    expect(status).toBe(1);
    expect(tree()).toEqual(enrolled);
    expect(readFileSync(join(root, 'etc/ssh/kmon_authorized_keys'), 'utf8')).toBe(key);

    desk = newDesk();
    desk.addWord('k7mqx2fp9dtw');
    writeFileSync(join(root, 'etc/ssh/kmon_authorized_keys'), 'of an earlier key');
    expect((await run(['k7mqx2fp9dtw', ''])).said).toContain('you are in');
    expect(tree()).toEqual(enrolled);
    expect(readFileSync(join(root, 'etc/ssh/kmon_authorized_keys'), 'utf8')).toBe(key);
    expect(
      readFileSync(join(root, 'etc/ssh/sshd_config.d/00-kmon.conf'), 'utf8').match(/kmon_authorized_keys/g),
    ).toHaveLength(1);
  });
});
