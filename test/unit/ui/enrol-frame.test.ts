import { describe, expect, it } from 'vitest';
import type { Seat } from '../../../src/enrol/desk.js';
import { enrolFrame, questionOf, seatText } from '../../../src/ui/enrol-frame.js';
import { plainTheme } from '../../../src/ui/theme.js';
import { widthOf } from '../../../src/ui/width.js';

const laptop = (name: string, system = 'Debian GNU/Linux 12 (bookworm)'): NonNullable<Seat['laptop']> => ({
  name,
  address: '192.0.2.12',
  port: 22,
  hostKeys: [],
  system,
  sshd: { authorizedKeysFile: '', permitRootLogin: '', pubkeyAuthentication: '', authenticationMethods: '' },
});
const seats: readonly Seat[] = [
  { number: 1, word: 'k7mqx2fp9dtw', team: 'red', state: 'in', told: false, laptop: laptop('pc-12') },
  { number: 2, word: 'aaaabbbbcccc', team: 'red', state: 'waiting', told: false, laptop: laptop('pc-13') },
  { number: 3, word: 'ddddeeeeffff', state: 'free', told: false },
  {
    number: 4,
    word: 'gggghhhhjjjj',
    state: 'free',
    told: false,
    why: 'port 22 does not answer',
    laptop: laptop('pc-14'),
  },
];
const picture = {
  room: 'atelier-1',
  page: 'http://192.0.2.1:8642',
  check: '5210 46ed 6fea f86d',
  leftSeconds: 754.2,
  seats,
  turnedAway: ['192.0.2.99: the word is wrong'],
};
const frame = (changed: Partial<typeof picture>, columns: number, rows: number): readonly string[] =>
  enrolFrame({ ...picture, ...changed }, { columns, rows }, plainTheme);

describe('the enrolment on a terminal', () => {
  it('shows what laptops need, how far they are, and what is asked', () => {
    const lines = frame({}, 120, 20);
    expect(lines).toEqual([
      'kmon enrol: room atelier-1, closes in 12:35',
      'page    http://192.0.2.1:8642',
      'number  5210 46ed 6fea f86d  of the script, for who types it by hand',
      '',
      'NO  WORD            TEAM  LAPTOP  ADDRESS     STATE',
      '1   used            red   pc-12   192.0.2.12  in',
      '2   used            red   pc-13   192.0.2.12  waits for your yes',
      '3   dddd-eeee-ffff  -     -       -           not used yet',
      '4   gggg-hhhh-jjjj  -     pc-14   192.0.2.12  not in: port 22 does not answer',
      '192.0.2.99: the word is wrong',
      '',
      'May pc-13 (192.0.2.12, Debian GNU/Linux 12 (bookworm)) of team red come in, by word 2?',
      'y: yes   n: no   w: one more word   q: close the page',
    ]);
  });

  it.each([
    ['192.0.2.99', 'in kmon.yaml until now at 192.0.2.99'],
    ['192.0.2.12', 'in kmon.yaml already'],
  ])('says that the name is that of a machine of the room, at %s', (inRoomAt, says) => {
    expect(
      questionOf({
        number: 1,
        word: '',
        state: 'waiting',
        told: false,
        laptop: laptop('met', 'Debian'),
        inRoomAt,
      }),
    ).toBe(`May met (192.0.2.12, ${says}, Debian) come in, by word 1?`);
  });

  it('has a QR code where there is room for it', () => {
    expect(frame({}, 120, 60).join('\n')).toMatch(/[█▀▄]/);
    expect(frame({}, 120, 24).join('\n')).not.toMatch(/[█▀▄]/);
    expect(frame({}, 20, 60).join('\n')).not.toMatch(/[█▀▄]/);
  });

  it.each([
    [40, 12],
    [80, 24],
    [200, 50],
    [80, 40],
    [30, 9],
  ])('fits %i columns and %i rows, and always asks', (columns, rows) => {
    const many = Array.from({ length: 60 }, (_, i): Seat => ({
      number: i + 10,
      word: 'ddddeeeeffff',
      state: 'free',
      told: false,
    }));
    const lines = frame({ seats: [...seats, ...many] }, columns, rows);
    expect(lines.length).toBeLessThanOrEqual(rows);
    for (const line of lines) expect(widthOf(line)).toBeLessThanOrEqual(columns);
    expect(lines.join('\n')).toContain('May pc-13');
  });

  it('is not fooled by what a laptop calls itself', () => {
    const hostile: Seat = {
      number: 1,
      word: 'k7mqx2fp9dtw',
      state: 'waiting',
      told: false,
      laptop: laptop('pc', 'x\u001b[2J\u202Ey'),
    };
    const text = frame({ seats: [hostile], turnedAway: ['192.0.2.9: \u001b]0;x\u0007'] }, 120, 24).join('\n');
    expect(text).not.toMatch(/[\u0000-\u0009\u000b-\u001f\u202e]/);
  });

  it('asks nothing where nobody waits', () => {
    const lines = frame({ seats: [], leftSeconds: -3 }, 80, 24);
    expect(lines[0]).toContain('closes in 0:00');
    expect(lines.at(-1)).toBe('w: one more word   q: close the page');
  });

  it('has words for every state', () => {
    const states = ['free', 'waiting', 'welcome', 'trying', 'in', 'refused'] as const;
    const texts = states.map((state) => seatText({ number: 1, word: '', state, told: false }));
    expect(new Set(texts).size).toBe(states.length);
  });
});
