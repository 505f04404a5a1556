import { existsSync, mkdtempSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Finding } from '../../../src/findings/index.js';
import { checked, findingsOf } from '../../support/checked.js';
import type { Ended } from '../../support/kmon.js';
import { makeLab } from '../../support/lab.js';
import type { TestLab, TestMachine } from '../../support/lab.js';
import { closeFirewall, playMac, playWindows, startExporter } from '../../support/other-systems.js';
import type { StandIn } from '../../support/other-systems.js';
import { childOf, makeRoom } from '../cli/room.js';
import type { Room } from '../cli/room.js';
import { smallBundle } from '../cli/small-bundle.js';

// Two children play a Windows and a Mac: stand-ins by their login shells, with real exporters and a real firewall behind them.
describe('computers that are no Linux', () => {
  let made: TestLab | undefined;
  let nodes: Room;
  let watched: Room;
  let windows: StandIn;
  const lab = (): TestLab => {
    if (made === undefined) throw new Error('the lab is not there yet');
    return made;
  };
  const win = (): TestMachine => lab().machine('child-1');
  const mac = (): TestMachine => lab().machine('child-2');
  const rules = (machine: TestMachine): string => machine.sh('iptables -S INPUT');

  beforeAll(async () => {
    made = await makeLab({ children: 2 });
    const bundle = smallBundle(mkdtempSync(join(made.dir, 'bundle-')));
    nodes = makeRoom(made, (file) => {
      file.bundle = bundle;
    });
    watched = makeRoom(made, (file) => {
      file.bundle = bundle;
      Object.assign(childOf(file, 'child-1'), { kind: 'observed', exporter: 9182 });
      Object.assign(childOf(file, 'child-2'), { kind: 'observed', exporter: 9100 });
    });
    startExporter(mac(), 9100);
    startExporter(win(), 9182);
    windows = playWindows(win());
    windows.shell('cmd.exe');
    playMac(mac(), 9100);
  });
  afterAll(async () => {
    await made?.down();
  });

  const about = (ended: Ended, code: string): readonly Finding[] =>
    findingsOf(ended).filter((f) => f.code === code);

  it.each(['cmd.exe', 'PowerShell 5', 'PowerShell 7'] as const)(
    'are told what they can be, and what is to be typed there: %s',
    async (shell) => {
      windows.shell(shell);
      const { exitCode, stdout } = await nodes.run('check');
      expect(exitCode).toBe(24);
      expect(stdout).toContain(`✖ child-1 (${win().address}): it runs Windows 11 Pro, which can be watched`);
      const named = {
        'cmd.exe': 'cmd.exe',
        'PowerShell 5': 'PowerShell 5.1',
        'PowerShell 7': 'PowerShell 7.4',
      };
      expect(stdout).toContain(`SSH starts ${named[shell]}`);
      expect(stdout).toContain(`✖ child-2 (${mac().address}): it runs macOS 14.4.1, which can be watched`);
      expect(stdout).toContain('in kmon.yaml with kind: observed');
      expect(stdout).toContain(`-LocalPort 9182 -RemoteAddress '${lab().subnet}'`);
      expect(stdout).toContain(`pass in quick proto tcp from ${lab().subnet} to any port 9100`);
    },
  );

  it('stop no other machine', async () => {
    windows.shell('cmd.exe');
    const ended = await nodes.run('join-child', '--only', 'child-1');
    expect(ended.exitCode).toBe(16);
    expect(ended.stderr).toContain('it runs Windows 11 Pro');
  });

  it('are no finding when their exporters answer', async () => {
    const ended = await watched.run('check', '--json');
    expect(ended.exitCode).toBe(0);
    const { findings, observed } = checked(ended);
    expect(findings).toEqual([]);
    expect(observed?.map((o) => [o.name, o.port, o.exporter, o.system])).toEqual([
      ['child-1', 9182, 'open', 'Windows 11 Pro'],
      ['child-2', 9100, 'open', 'macOS 14.4.1'],
    ]);
  });

  it('have their firewall opened with --fix, and closed by teardown', async () => {
    closeFirewall(win(), 9182);
    closeFirewall(mac(), 9100);
    const before = [rules(win()), rules(mac())];

    const closed = await watched.run('check', '--json');
    expect(about(closed, 'K-OBSERVED')).toEqual([
      expect.objectContaining({
        machine: 'child-1',
        severity: 'note',
        evidence: `no exporter answers at ${win().address}:9182 (silence); it runs Windows 11 Pro`,
        cause: 'the exporter runs, and the firewall there lets nobody in',
        fixable: true,
      }),
      expect.objectContaining({ machine: 'child-2', fixable: true }),
    ]);
    const text = await watched.run('check');
    expect(text.stdout).toContain("-InterfaceAlias 'Ethernet'");
    expect(text.stdout).toContain('networksetup -setmanual Wi-Fi');
    expect(text.stdout).not.toContain('Get-NetIPConfiguration shows');

    const rehearsed = await watched.run('check', '--fix', '--dry-run');
    expect(rehearsed.stdout).toContain(`open port 9182 in its firewall for ${lab().subnet}`);
    expect([rules(win()), rules(mac())]).toEqual(before);

    const fixed = await watched.run('check', '--fix', '--yes');
    expect(fixed.exitCode).toBe(0);
    expect(fixed.stdout).toContain(`child-1 (${win().address})\n    open port 9182`);
    expect(about(await watched.run('check', '--json'), 'K-OBSERVED')).toEqual([]);
    expect(rules(win())).toContain(`-s ${lab().subnet} -p tcp -m tcp --dport 9182 -j ACCEPT`);
    expect(mac().sh('cat "/Library/Application Support/kmon/let-in"')).toBe('prometheus-node\n');

    const ledgers = ['child-1', 'child-2'].map((name) => join(watched.dir, `.kmon/ledgers/${name}.jsonl`));
    for (const file of ledgers) expect(statSync(file).mode & 0o777).toBe(0o600);
    const dry = await watched.run('teardown', '--dry-run');
    expect(dry.stdout).toContain('give-back-observed: Give the observed computers back');
    expect(dry.stdout).toContain('give back: opening of port 9182');
    expect(rules(win())).not.toEqual(before[0]);

    const given = await watched.run('teardown', '--yes', '--room', lab().name);
    expect(given.exitCode).toBe(0);
    expect(given.stderr).toMatch(/^child-1 +give-back-observed +giving back: opening of port 9182$/m);
    expect(given.stdout).toContain('machines as found: 1/1\nobserved computers as found: 2/2');
    expect([rules(win()), rules(mac())]).toEqual(before);
    for (const file of ledgers) expect(existsSync(file)).toBe(false);
    expect(mac().sh('ls /Library/Application\\ Support/ 2>/dev/null || :')).not.toContain('kmon');
    const again = await watched.run('teardown', '--yes', '--room', lab().name);
    expect(again.stderr).not.toContain('giving back: opening');
  });

  it('may not be there at all', async () => {
    await lab().link('child-2', 'down');
    try {
      const ended = await watched.run('check', '--json');
      expect(ended.exitCode).toBe(0);
      expect(about(ended, 'K-OBSERVED')).toContainEqual(
        expect.objectContaining({ machine: 'child-2', fixable: false }),
      );
    } finally {
      await lab().link('child-2', 'up');
    }
  });

  it('are named by --only where nothing is changed', async () => {
    const alone = await watched.run('check', '--only', 'child-1', '--json');
    expect(findingsOf(alone).map((f) => f.machine)).toEqual(['child-1']);
    const refused = await watched.run('join-child', '--only', 'child-1');
    expect([refused.exitCode, refused.stderr]).toEqual([
      2,
      expect.stringContaining('child-1, which is only observed'),
    ]);
  });
});
