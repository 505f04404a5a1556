import { describe, expect, it } from 'vitest';
import { parseCounted, parseListening, parseSpeeds, parseTried } from '../../../src/trial/answers.js';
import { proofOf } from '../../../src/trial/proof.js';
import { suspects } from '../../../src/trial/speeds.js';
import { roomOf, speeds } from './measured.js';

describe('what the programs print', () => {
  it('is read: listen', () => {
    expect(parseListening('pid 812\nport tcp 10250 held\nport udp 8472 opened\nport tcp x odd\n')).toEqual({
      pid: 812,
      ports: [
        { protocol: 'tcp', port: 10250, state: 'held' },
        { protocol: 'udp', port: 8472, state: 'opened' },
      ],
    });
    expect(parseListening('')).toBeUndefined();
  });

  it('is read: try', () => {
    expect(
      parseTried('tcp 0 6443 open 350\ntcp 2 9100 silent -\necho 2 50 48 512 1400\necho 3 50 0 - 0\n'),
    ).toEqual({
      ports: [
        { peer: 0, port: 6443, outcome: 'open', rttMs: 0.35 },
        { peer: 2, port: 9100, outcome: 'silent' },
      ],
      echoes: [
        { peer: 2, sent: 50, answered: 48, rttMs: 0.512, mtu: 1400 },
        { peer: 3, sent: 50, answered: 0 },
      ],
      foreign: [],
    });
  });

  it('is read: stop, speed', () => {
    expect(parseCounted('arrived 3 50 1500\narrived 4 12 0\nstopped yes\n')).toEqual(
      new Map([
        [3, { packets: 50, largest: 1500 }],
        [4, { packets: 12 }],
      ]),
    );
    expect(parseSpeeds('down 0 95000000\nup 0 -\n')).toEqual([
      { peer: 0, way: 'from', bitsPerSecond: 95_000_000 },
    ]);
  });
});

describe('the proof', () => {
  const raw = {
    names: ['p', 'c1'],
    tried: new Map([['c1', parseTried('tcp 0 6443 open 350\necho 0 50 40 512 1400\n')]]),
    speeds: [],
    sources: [],
    untried: [],
  };

  it('joins what both ends saw', () => {
    const proof = proofOf({ ...raw, counted: new Map([['p', parseCounted('arrived 1 45 1500\n')]]) }, 8472);
    expect(proof.ports).toEqual([{ from: 'c1', to: 'p', port: 6443, outcome: 'open', rttMs: 0.35 }]);
    expect(proof.echoes).toEqual([
      {
        from: 'c1',
        to: 'p',
        port: 8472,
        sent: 50,
        arrived: 45,
        answered: 40,
        rttMs: 0.512,
        mtu: 1400,
        mtuThere: 1500,
      },
    ]);
  });

  it('takes what came back for what arrived where the other end cannot be asked', () => {
    const proof = proofOf({ ...raw, counted: new Map() }, 8472);
    expect(proof.echoes[0]).toMatchObject({ arrived: 40, answered: 40 });
  });
});

describe('who is measured again', () => {
  const config = roomOf(6);

  it('is nobody where all are fast, however much they differ', () => {
    expect(suspects(speeds(config, { c1: 60, c2: 30 }), 'p')).toEqual([]);
  });

  it('is who is below the threshold, or far below the others, the slowest first', () => {
    expect(suspects(speeds(config, { c3: 15, c1: 2 }), 'p')).toEqual(['c1', 'c3']);
  });

  it('is three at most', () => {
    expect(suspects(speeds(config, { c1: 4, c2: 3, c3: 2, c4: 1 }), 'p')).toEqual(['c4', 'c3', 'c2']);
  });
});
