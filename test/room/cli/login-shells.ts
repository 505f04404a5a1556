import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { CheckResult } from '../../../src/findings/result/result.js';
import { jsonLines } from '../../support/kmon.js';
import type { TestLab, TestMachine } from '../../support/lab.js';
import { freePort, takePort } from './obstacles.js';
import { makeRoom } from './room.js';

// Among it lines that look like what kmon reads.
const NOISE = 'echo "Bienvenue, café ! `x` $HOME"; echo cpus=99; echo bruit >&2\n';

/** What students have: kmon must see the same machine through all of them. */
export function loginShells(lab: () => TestLab): void {
  describe("the user's shell and language", () => {
    let machine: TestMachine;
    let plain: unknown;

    beforeAll(async () => {
      machine = lab().machine('child-2');
      machine.sh(`apt-get -q update >/dev/null
DEBIAN_FRONTEND=noninteractive apt-get -qq install --no-install-recommends fish csh locales >/dev/null 2>&1
localedef -i fr_FR -f UTF-8 fr_FR.UTF-8
cp -a /home/student /root/home-before`);
      // Something to find, so that facts are in what is said; and sudo asks for a password, so that its own words are understood.
      takePort(machine, 10250);
      machine.sh('mv /etc/sudoers.d/student /root/rule');
      plain = await sight();
    });
    afterAll(() => {
      machine.sh('mv /root/rule /etc/sudoers.d/student');
      freePort(machine);
    });

    const sight = async (): Promise<unknown> => {
      const ended = await makeRoom(lab()).run('check', '--only', 'child-2', '--json');
      expect(ended.exitCode).toBe(22);
      // What was measured differs from time to time; what the machine told must not.
      const result = jsonLines(ended).find((l) => l['type'] === 'result')?.['data'] as CheckResult;
      const findings = result.findings.filter((f) => f.machine === 'child-2' && !f.code.startsWith('K-NET'));
      expect(JSON.stringify(findings)).toContain('port 10250 is taken by canteen');
      return [result.machines.filter((m) => m.name === 'child-2'), findings];
    };

    it.each([
      ['fish', '/usr/bin/fish', { '.config/fish/config.fish': NOISE.replaceAll('`x` ', '') }],
      ['csh', '/bin/csh', { '.cshrc': 'echo Bienvenue\necho cpus=99\nset noclobber\n' }],
      [
        'a talkative bash',
        '/bin/bash',
        { '.bashrc': `${NOISE}set -u\ncd /tmp\numask 077\nalias sh=false\n` },
      ],
      [
        'bash in French',
        '/bin/bash',
        { '.bashrc': 'export LANG=fr_FR.UTF-8 LC_ALL=fr_FR.UTF-8 LANGUAGE=fr\nLC_NUMERIC=fr_FR.UTF-8\n' },
      ],
    ] as const)('gives the same facts through %s', async (_what, shell, files) => {
      const script = Object.entries(files).map(
        ([file, text]) =>
          `f=/home/student/${file}; mkdir -p "$(dirname "$f")"; base64 -d >"$f" <<'END'\n${Buffer.from(text).toString('base64')}\nEND`,
      );
      machine.sh(`${script.join('\n')}\nchown -R student /home/student\nusermod -s ${shell} student`);
      try {
        expect(machine.sh('getent passwd student')).toContain(`:${shell}\n`);
        expect(await sight()).toEqual(plain);
      } finally {
        machine.sh(
          'usermod -s /bin/bash student\nrm -rf /home/student\ncp -a /root/home-before /home/student',
        );
      }
    });
  });
}
