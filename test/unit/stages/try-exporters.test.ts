import { describe, expect, it } from 'vitest';
import type { OtherRunner } from '../../../src/runner/open-other.js';
import { answersElsewhere, tryExporters } from '../../../src/stages/computer/try-exporters.js';
import { SeenByStage } from '../../../src/engine/results.js';
import { lookAtOther } from '../../../src/computers/look.js';
import { PARENT } from '../../support/sample-room.js';
import { asks, scripted } from '../../support/scripted-runner.js';
import { assertShellSyntax } from '../tools/shell-syntax.js';
import { recorded } from '../computers/recorded.js';
import { play } from './stage-run.js';

const OBSERVED = [
  { name: 'teacher-mac', address: '192.0.2.20', exporterPort: 9100 },
  { name: 'pc-win', address: '192.0.2.21', exporterPort: 9200 },
];

describe('trying exporters from the parent', () => {
  it('is one round trip, whatever comes of it', async () => {
    const stage = tryExporters(OBSERVED);
    const seen = new SeenByStage();
    const played = await play(
      stage,
      {
        parent: [
          asks(
            '/dev/tcp/',
            [
              'pc-win 9182 0 ',
              'teacher-mac 9100 1 bash: connect: Connection refused bash: line 1: /dev/tcp/192.0.2.20/9100: Connection refused',
              'teacher-mac 9182 124 ',
              'pc-win 9200 1 bash: connect: No route to host',
              'pc-win 9100 1 bash: connect: Connection refused',
              '',
            ].join('\n'),
          ),
        ],
      },
      { machine: PARENT, seen },
    );
    const into = seen.of(stage).get(PARENT.name);
    expect(played).toMatchObject({ outcome: 'unchanged', because: '0 of 2 answer' });
    expect(into).toEqual(
      new Map([
        [
          'pc-win',
          new Map([
            [9182, 'open'],
            [9200, 'no-route'],
            [9100, 'refused'],
          ]),
        ],
        [
          'teacher-mac',
          new Map([
            [9100, 'refused'],
            [9182, 'silent'],
          ]),
        ],
      ]),
    );
    expect(answersElsewhere(into?.get('pc-win') ?? new Map(), 9200)).toBe(9182);
    expect(answersElsewhere(into?.get('pc-win') ?? new Map(), 9182)).toBeUndefined();
    const [asked] = played.journal;
    if (asked === undefined) throw new Error('nothing was asked');
    assertShellSyntax(asked.command);
    expect(asked.command.script.split('\n')).toHaveLength(6);
  });
});

describe('on a Mac', () => {
  const [computer] = OBSERVED;
  const mac = (...steps: Parameters<typeof scripted>[1]): OtherRunner => ({
    family: 'macos',
    system: { family: 'macos', name: 'macOS 14.4.1', version: '14.4.1' },
    run: scripted('teacher-mac', steps),
  });
  if (computer === undefined) throw new Error('no Mac');

  it('looks, whatever the last of its commands ends with', async () => {
    const other = mac(asks('@@system', { exitCode: 1, stdout: recorded('mac-wifi') }));
    const sight = await lookAtOther(other, { ...computer, address: '192.168.1.20' });
    expect(sight).toMatchObject({ interfaceName: 'Wi-Fi', firewall: 'on', listening: true });
  });
});

describe('on Windows', () => {
  const computer = { name: 'pc-win', address: '192.168.1.20', exporterPort: 9182 };
  const windows = (answers: readonly string[], journal: string[] = []): OtherRunner => {
    const say = async (text: string): Promise<string> => {
      const answer = answers[journal.length];
      journal.push(text);
      if (answer === undefined) throw new Error(`unexpected: ${text}`);
      return answer;
    };
    return {
      family: 'windows',
      system: { family: 'windows', name: 'Windows 11', version: '10.0.22631' },
      run: {
        machine: 'pc-win',
        query: (script) => say(script.text),
        mutate: (_, script) => say(script.text),
      },
    };
  };

  it('looks, and knows its own by the tag', async () => {
    expect(await lookAtOther(windows([recorded('windows-leased')]), computer)).toMatchObject({
      opened: true,
      firewall: 'on',
    });
  });
});
