import { describe, expect, it } from 'vitest';
import type { Finding } from '../../../src/findings/index.js';
import { checkText } from '../../../src/ui/check-text.js';
import { proofText } from '../../../src/ui/proof-text.js';
import { createTheme } from '../../../src/ui/theme.js';
import { sampleConfig } from '../../support/sample-room.js';

const { room } = sampleConfig();
const context = { room, machines: 3, reached: 3 };

function found(part: Partial<Finding>): Finding {
  return {
    code: 'K-DISK',
    severity: 'stops',
    evidence: '1.0 GiB free below /var/lib',
    cause: 'images need room',
    remedy: 'free some space',
    fixable: false,
    ...part,
  };
}

const FIREWALL = found({
  code: 'K-FIREWALL',
  machine: 'pc-12',
  evidence: 'the firewall of pc-12 drops TCP 10250',
  cause: 'the port answers on the machine itself, but not from the room',
  remedy: 'sudo ufw allow from 192.0.2.0/24',
  fixable: true,
});
const NO_SENSOR = found({
  code: 'K-NO-SENSOR',
  severity: 'note',
  evidence: 'no temperature sensor',
  cause: 'the computer shows none',
  remedy: 'the dashboard says "no sensor"',
});

describe('checkText', () => {
  it('says so when nothing is in the way, and what that rests on', () => {
    expect(checkText([], context)).toBe('looked at 3 of 3 machines\nnothing is in the way');
  });

  it('begins with the room, then goes by machine, the worst first, and ends with notes and counts', () => {
    const findings = [
      { ...NO_SENSOR, machine: 'pc-11' },
      FIREWALL,
      found({ machine: 'pc-12', severity: 'hurts', code: 'K-MEMORY', evidence: '0.5 GiB of memory' }),
      found({ machine: 'pc-12' }),
      found({ machine: 'pc-10', severity: 'hurts' }),
      found({
        code: 'K-NET-ISOLATED',
        evidence: 'this Wi-Fi keeps computers apart',
        cause: 'guests',
        remedy: 'use a switch',
      }),
    ];
    expect(checkText(findings, { ...context, reached: 2, transcript: '/srv/t.jsonl' })).toBe(
      `✖ the room: this Wi-Fi keeps computers apart [K-NET-ISOLATED]
  cause: guests
  fix: use a switch
! pc-10 (192.0.2.10): 1.0 GiB free below /var/lib [K-DISK]
  cause: images need room
  fix: free some space
✖ pc-12 (192.0.2.12): the firewall of pc-12 drops TCP 10250 [K-FIREWALL]
  cause: the port answers on the machine itself, but not from the room
  fix: sudo ufw allow from 192.0.2.0/24
  kmon can do it: kmon check --fix K-FIREWALL
✖ pc-12 (192.0.2.12): 1.0 GiB free below /var/lib [K-DISK]
  cause: images need room
  fix: free some space
! pc-12 (192.0.2.12): 0.5 GiB of memory [K-MEMORY]
  cause: images need room
  fix: free some space
· pc-11 (192.0.2.11): no temperature sensor: the dashboard says "no sensor" [K-NO-SENSOR]
  transcript: /srv/t.jsonl
looked at 2 of 3 machines
3 stop, 2 hurt, 1 note; kmon can fix 1: kmon check --fix`,
    );
  });

  it('tells a note of many machines once', () => {
    const notes = ['pc-12', 'pc-10', 'pc-11'].map((machine) => ({ ...NO_SENSOR, machine }));
    expect(checkText(notes, context)).toBe(
      `· pc-10, pc-11, pc-12: no temperature sensor: the dashboard says "no sensor" [K-NO-SENSOR]
looked at 3 of 3 machines
nothing is in the way; 3 notes`,
    );
    const many = Array.from({ length: 30 }, (_, i) => ({ ...NO_SENSOR, machine: `pc-${10 + i}` }));
    expect(checkText(many, context)).toContain('and 27 more: no temperature sensor');
  });

  it('does not count what is only done when it is asked for by name', () => {
    const lease = found({
      code: 'K-LEASE',
      severity: 'note',
      machine: 'pc-11',
      evidence: 'leased',
      fixable: true,
    });
    expect(checkText([lease], context)).toMatch(/nothing is in the way; 1 note$/);
    expect(checkText([lease], context)).toContain('[K-LEASE: kmon check --fix K-LEASE]');
  });

  it('does not offer what this very run puts right, and still offers the rest', () => {
    const lease = found({ code: 'K-LEASE', severity: 'note', machine: 'pc-11', fixable: true });
    const text = checkText([FIREWALL, lease], { ...context, fixing: ['K-FIREWALL'] });
    expect(text).toMatch(/1 stops, 1 note$/);
    expect(text.match(/--fix.*/g)).toEqual(['--fix K-LEASE]']);
    const other = checkText([FIREWALL], { ...context, fixing: ['K-CLOCK'] });
    expect(other.match(/--fix.*/g)).toEqual(['--fix K-FIREWALL', '--fix']);
  });

  it('does not let a machine write on the terminal', () => {
    const text = checkText(
      [found({ machine: 'pc-11', evidence: 'a\u001b[2Jb\nc', remedy: '\u001b]0;x\u0007r' })],
      context,
    );
    expect(text).not.toContain('\u001b');
    expect(text).toContain('pc-11 (192.0.2.11): ab c [K-DISK]');
  });

  it('says everything in words, so that colours add nothing', () => {
    const theme = createTheme(true);
    const painted = checkText([FIREWALL, NO_SENSOR], { ...context, theme });
    expect(painted.replaceAll(/\u001b\[\d+m/g, '')).toBe(checkText([FIREWALL, NO_SENSOR], context));
    expect(painted).not.toBe(checkText([FIREWALL, NO_SENSOR], context));
  });
});

describe('proofText', () => {
  const echo = { port: 8472, sent: 20, arrived: 20, answered: 20 };
  const tried = {
    ports: [
      // Its own port, by itself: no pair.
      { from: 'pc-10', to: 'pc-10', port: 10250, outcome: 'open' as const },
      { from: 'pc-10', to: 'pc-11', port: 10250, outcome: 'open' as const },
      { from: 'pc-11', to: 'pc-10', port: 6443, outcome: 'open' as const },
      { from: 'pc-11', to: 'pc-10', port: 9100, outcome: 'silent' as const },
    ],
    echoes: [{ ...echo, from: 'pc-10', to: 'pc-11' }],
    speeds: [
      { from: 'pc-10', to: 'pc-11', bitsPerSecond: 940e6, when: 'together' as const },
      { from: 'pc-11', to: 'pc-10', bitsPerSecond: 2.04e6, when: 'together' as const },
    ],
    sources: [],
    untried: [],
  };

  it('tells how much was looked at and tried, and the worst of it', () => {
    expect(proofText({ machines: 1, reached: 1 })).toBe('looked at 1 of 1 machine');
    expect(proofText({ machines: 2, reached: 2, network: tried })).toBe(
      'looked at 2 of 2 machines; tried 1 pair both ways; slowest link pc-11 -> pc-10 2.0 Mbit/s; no packet lost',
    );
  });

  it('believes a link that was measured again by itself', () => {
    const alone = { from: 'pc-11', to: 'pc-10', bitsPerSecond: 1.2e9, when: 'alone' as const };
    const network = { ...tried, speeds: [...tried.speeds, alone] };
    expect(proofText({ machines: 2, reached: 2, network })).toContain(
      'slowest link pc-10 -> pc-11 940 Mbit/s',
    );
  });

  it('names the way on which most is lost, never rounded down to nothing', () => {
    const echoes = [
      { ...echo, from: 'pc-10', to: 'pc-11', sent: 1000, answered: 999 },
      { ...echo, from: 'pc-11', to: 'pc-10', sent: 0, answered: 0 },
    ];
    expect(proofText({ machines: 2, reached: 2, network: { ...tried, echoes } })).toContain(
      'worst loss pc-10 -> pc-11 1 %',
    );
  });

  it('does not say "both ways" when one way was not tried', () => {
    const network = { ...tried, ports: tried.ports.slice(0, 1) };
    expect(proofText({ machines: 2, reached: 2, network })).toContain('tried 1 pair;');
  });
});
