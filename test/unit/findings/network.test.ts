import { ownLedger } from '../../support/sample-room.js';
import { describe, expect, it } from 'vitest';
import type { EchoTrial, PortTrial } from '../../../src/trial/network-proof.js';
import { DEFAULTS } from '../../../src/config/defaults.js';
import { LINK, alone, judged, proofIn, roomOf, speeds, told } from '../trial/measured.js';
import type { Faults } from '../trial/measured.js';

const SILENT: Partial<PortTrial> = { outcome: 'silent' };
const NOTHING: Partial<EchoTrial> = { arrived: 0, answered: 0, mtu: 0, mtuThere: 0 };
const isChild = (name: string): boolean => name !== 'p';

/** Nothing gets from one to the other. */
const dead = (broken: (from: string, to: string) => boolean): Faults => ({
  port: (from, to) => (broken(from, to) || broken(to, from) ? SILENT : undefined),
  echo: (from, to) => (broken(from, to) ? NOTHING : broken(to, from) ? { answered: 0 } : undefined),
});

const overlayDropped = (broken: (from: string, to: string) => boolean): Faults => ({
  echo: (from, to) => (broken(from, to) ? NOTHING : undefined),
});

const wireless = (names: readonly string[]): Faults => ({
  facts: (name) => ({ links: [{ ...LINK, device: 'eth0', wireless: names.includes(name) }] }),
});

const flannel = { kubernetes: { ...DEFAULTS.kubernetes, network: 'flannel' as const } };
const routes = { kubernetes: { ...DEFAULTS.kubernetes, network: 'routes' as const } };

describe('a clean room', () => {
  it.each([1, 2, 3, 15, 30])('of %i children gives nothing to say', (children) => {
    expect(judged(children)).toEqual([]);
  });

  it('gives nothing to say when it was not tried', () => {
    expect(judged(2, { more: { ports: [], echoes: [], speeds: [] } })).toEqual([]);
  });

  it('is still clean with what a busy computer adds', () => {
    const faults: Faults = {
      echo: (from, to) =>
        to === 'c2' || from === 'c1' ? { arrived: 50, answered: 49, rttMs: 35 } : { rttMs: 20 },
      port: () => ({ rttMs: 30 }),
    };
    expect(judged(3, faults)).toEqual([]);
    expect(judged(15, faults)).toEqual([]);
  });
});

describe('firewalls', () => {
  it('names the machine whose firewall drops one port', () => {
    const found = judged(3, { port: (_, to, port) => (to === 'c1' && port === 10250 ? SILENT : undefined) });
    expect(told(found)).toEqual([
      'K-FIREWALL stops c1: the firewall of c1 drops TCP 10250 (coming in, from 3 machines)',
    ]);
    expect(found[0]?.fixable).toBe(true);
    // That kmon can do it is said by the report, once.
    expect(found[0]?.remedy).toBe(
      'on that machine: sudo iptables -I INPUT -s 192.0.2.0/24 -p tcp --dport 10250 -j ACCEPT',
    );
  });

  it('tells a firewall that drops only the overlay, which stops what needs one', () => {
    const drops = overlayDropped((_, to) => to === 'c2');
    expect(told(judged(3, { ...drops, config: flannel }))).toEqual([
      'K-FIREWALL stops c2: the firewall of c2 drops UDP 8472 (coming in, from 3 machines)',
    ]);
    expect(told(judged(3, { ...drops, config: routes }))).toEqual([
      'K-FIREWALL hurts c2: the firewall of c2 drops UDP 8472 (coming in, from 3 machines)',
    ]);
  });

  it('names the program, and its own command, where it is known', () => {
    const found = judged(2, {
      port: (_, to, port) => (to === 'c1' && port === 9100 ? { outcome: 'refused' } : undefined),
      facts: (name) => (name === 'c1' ? { firewalls: ['ufw'] } : {}),
    });
    expect(told(found)).toEqual([
      'K-FIREWALL stops c1: the firewall of c1 rejects TCP 9100 (coming in, from 2 machines; ufw is on there)',
    ]);
    expect(found[0]?.remedy).toContain('sudo ufw allow from 192.0.2.0/24 to any port 9100 proto tcp');
  });

  it('puts all ports of a machine into one finding', () => {
    const found = judged(3, {
      ...overlayDropped((_, to) => to === 'c2'),
      port: (_, to, port) => (to === 'c2' && port < 10000 ? SILENT : undefined),
    });
    expect(told(found)).toEqual([
      'K-FIREWALL stops c2: the firewall of c2 drops TCP 9100 and UDP 8472 (coming in, from 3 machines)',
    ]);
  });

  it('sees a firewall on every machine of the room, which is no isolation as long as SSH gets through', () => {
    const silent = proofIn(roomOf(2), { port: () => SILENT });
    const ssh = silent.echoes.map(({ from, to }): PortTrial => ({ from, to, port: 22, outcome: 'open' }));
    const found = judged(2, {
      echo: () => NOTHING,
      more: { ports: [...silent.ports, ...ssh] },
    });
    expect(found.map((f) => `${f.code} ${f.machine ?? 'room'}`).sort()).toEqual([
      'K-FIREWALL c1',
      'K-FIREWALL c2',
      'K-FIREWALL p',
    ]);
  });

  it('tells who sends nothing from who lets nothing in', () => {
    const out = judged(3, { ...overlayDropped((from) => from === 'c1'), config: flannel });
    expect(told(out)).toEqual([
      'K-FIREWALL stops c1: the firewall of c1 drops UDP 8472 (going out, to 3 machines)',
    ]);
    expect(out[0]?.fixable).toBe(false);
  });

  it('knows a machine that lets nothing in at all', () => {
    expect(
      told(
        judged(
          3,
          dead((_, to) => to === 'c3'),
        ),
      ),
    ).toEqual([
      'K-FIREWALL stops c3: the firewall of c3 drops TCP 10250, 9100 and UDP 8472 (coming in, from 3 machines)',
    ]);
  });

  it('finds it in a room of two', () => {
    expect(
      told(judged(1, { port: (_, to, port) => (to === 'p' && port === 6443 ? SILENT : undefined) })),
    ).toEqual(['K-FIREWALL stops p: the firewall of p drops TCP 6443 (coming in, from 1 machine)']);
  });

  it('finds two at once', () => {
    const found = judged(4, {
      port: (_, to, port) => ((to === 'c1' || to === 'c4') && port === 10250 ? SILENT : undefined),
    });
    expect(found.map((f) => f.machine)).toEqual(['c1', 'c4']);
  });

  it('blames a pair when others get through', () => {
    const found = judged(3, {
      port: (from, to, port) => (from === 'c1' && to === 'c2' && port === 9100 ? SILENT : undefined),
    });
    expect(told(found)).toEqual([
      'K-NET-BLOCKED stops c1: c1 does not reach c2 on TCP 9100, though other machines do',
    ]);
  });

  it.each([
    ['a program of somebody else, which may be too busy to answer', 'canteen', 0, []],
    [
      'the kubelet of kmon, which answers',
      'kubelet',
      5,
      ['K-FIREWALL stops c1: the firewall of c1 drops TCP 10250 (coming in, from 2 machines)'],
    ],
  ])('judges the silence of a port by who has it: %s', (_who, process, entries, findings) => {
    const holder = { protocol: 'tcp', port: 10250, address: '0.0.0.0', process, pid: 7 } as const;
    const found = judged(2, {
      port: (_, to, port) => (to === 'c1' && port === 10250 ? SILENT : undefined),
      facts: (name) =>
        name === 'c1' ? { listeners: [holder], ...(entries === 0 ? {} : { ledger: ownLedger() }) } : {},
    });
    expect(told(found)).toEqual(findings);
  });

  it('does not judge a port to which nobody listens on this address', () => {
    const own: PortTrial = { from: 'c1', to: 'c1', port: 10250, outcome: 'refused' };
    const refused: Faults = {
      port: (_, to, port) => (to === 'c1' && port === 10250 ? { outcome: 'refused' } : undefined),
    };
    const { ports } = proofIn(roomOf(2), refused);
    expect(judged(2, { ...refused, more: { ports: [...ports, own] } })).toEqual([]);
  });
});

describe('isolation', () => {
  const apart = dead((from, to) => isChild(from) && isChild(to));

  it('is told once, as a matter of the room', () => {
    const found = judged(4, apart);
    expect(told(found)).toEqual([
      'K-NET-ISOLATED stops room: the children do not reach each other, though each reaches the parent',
    ]);
    expect(found[0]?.cause).toContain('switch or bridge keeps computers apart');
    expect(told(judged(2, apart))).toHaveLength(1);
    expect(told(judged(20, apart))).toHaveLength(1);
  });

  it('is called by its name where there is Wi-Fi', () => {
    const [found] = judged(3, { ...apart, ...wireless(['c1', 'c2', 'c3']) });
    expect(found?.cause).toContain('this Wi-Fi keeps computers apart');
    expect(found?.remedy).toContain('use a switch or a hotspot');
  });

  it('may concern those on the Wi-Fi only', () => {
    const kept = ['c1', 'c2', 'c3'];
    const found = judged(5, {
      ...dead((from, to) => kept.includes(from) && kept.includes(to)),
      ...wireless(kept),
    });
    expect(told(found)).toEqual([
      'K-NET-ISOLATED stops room: c1, c2, c3 do not reach each other, though each reaches the parent',
    ]);
  });

  it('is told when nobody reaches anybody', () => {
    expect(
      told(
        judged(
          3,
          dead(() => true),
        ),
      ),
    ).toEqual(['K-NET-ISOLATED stops room: nobody in the room reaches anybody']);
  });

  it('sees two networks', () => {
    const first = ['p', 'c1', 'c2'];
    expect(
      told(
        judged(
          4,
          dead((from, to) => first.includes(from) !== first.includes(to)),
        ),
      ),
    ).toEqual([
      'K-NET-ISOLATED stops room: the room is in 2 parts that do not reach each other: p, c1, c2 | c3, c4',
    ]);
  });

  it('tells a single machine that is cut off', () => {
    expect(
      told(
        judged(
          3,
          dead((from, to) => from === 'c2' || to === 'c2'),
        ),
      ),
    ).toEqual(['K-NET-BLOCKED stops c2: c2 and the room do not reach each other']);
    expect(
      told(
        judged(
          3,
          dead((from, to) => isChild(from) && isChild(to) && (from === 'c2' || to === 'c2')),
        ),
      ),
    ).toEqual(['K-NET-BLOCKED stops c2: c2 and the other children do not reach each other']);
  });

  it('tells a pair, in one direction or both, once', () => {
    expect(
      told(
        judged(
          3,
          dead((from, to) => from === 'c2' && to === 'c1'),
        ),
      ),
    ).toEqual(['K-NET-BLOCKED stops c1: nothing that c2 sends gets to c1, though others do']);
    expect(
      told(
        judged(
          3,
          dead((from, to) => [from, to].sort().join() === 'c1,c2'),
        ),
      ),
    ).toEqual(['K-NET-BLOCKED stops c1: c1 and c2 do not reach each other, though others do']);
  });
});

describe('loss', () => {
  const lost = (arrived: number, answered: number): Partial<EchoTrial> => ({ arrived, answered });

  it('is put down to the machine that does not hear', () => {
    // Every tenth packet to c2: its questions' answers, too.
    const found = judged(3, {
      echo: (from, to) => (to === 'c2' ? lost(45, 45) : from === 'c2' ? lost(50, 45) : undefined),
    });
    expect(told(found)).toEqual(['K-NET-LOSS hurts c2: 10 % of what is sent to c2 gets lost']);
  });

  it('is put down to the machine that is not heard', () => {
    const found = judged(3, {
      echo: (from, to) => (from === 'c2' ? lost(40, 40) : to === 'c2' ? lost(50, 40) : undefined),
    });
    expect(told(found)).toEqual(['K-NET-LOSS hurts c2: 20 % of what c2 sends gets lost']);
  });

  it('is one finding for both directions, and blames the child in a room of two', () => {
    expect(told(judged(1, { echo: () => lost(45, 40) }))).toEqual(
      ['K-NET-LOSS hurts c1: 10 % of what is sent to c1 and 10 % of what c1 sends gets lost'].map((text) =>
        text.replaceAll('10 %', '11 %'),
      ),
    );
  });

  it('is not told below the threshold', () => {
    expect(judged(3, { echo: (_, to) => (to === 'c2' ? lost(49, 49) : undefined) })).toEqual([]);
  });

  it('of one pair is told as such', () => {
    const found = judged(3, {
      echo: (from, to) => (from === 'c1' && to === 'c2' ? lost(40, 40) : undefined),
    });
    expect(told(found)).toEqual(['K-NET-LOSS hurts c1: packets get lost: 10 % from c1 to c2']);
  });

  it('of most of the room is one finding', () => {
    const found = judged(5, { echo: () => lost(45, 41) });
    expect(told(found)).toEqual([
      'K-NET-LOSS hurts room: 9 % of the packets get lost between 6 of 6 machines',
    ]);
  });
});

describe('latency', () => {
  it('is put down to the machine that all wait for', () => {
    const slow = (from: string, to: string): boolean => from === 'c3' || to === 'c3';
    const found = judged(3, {
      echo: (from, to) => (slow(from, to) ? { rttMs: 120 } : undefined),
      port: (from, to) => (slow(from, to) ? { rttMs: 110 } : undefined),
    });
    expect(told(found)).toEqual(['K-NET-LATENCY hurts c3: answers of c3 take 110 ms']);
  });

  it('is told once when it is everywhere', () => {
    expect(told(judged(3, { echo: () => ({ rttMs: 90 }), port: () => ({ rttMs: 90 }) }))).toEqual([
      'K-NET-LATENCY hurts room: answers take 90 ms between all machines',
    ]);
  });

  it('is not told when only a program was slow to answer', () => {
    expect(judged(3, { echo: () => ({ rttMs: 300 }) })).toEqual([]);
  });
});

describe('packet sizes', () => {
  it('finds the machine behind which large packets vanish', () => {
    const found = judged(3, {
      echo: (from, to) => (from === 'c3' || to === 'c3' ? { mtu: 1400, mtuThere: 1400 } : undefined),
    });
    expect(told(found)).toEqual([
      'K-NET-MTU stops c3: packets above 1400 bytes do not reach c3, nor do its own arrive, though its link has an MTU of 1500',
    ]);
  });

  it('says the direction', () => {
    const found = judged(3, {
      echo: (from, to) =>
        to === 'c3'
          ? { mtu: 1400, mtuThere: 1400 }
          : from === 'c3'
            ? { mtu: 1400, mtuThere: 1500 }
            : undefined,
    });
    expect(told(found)).toEqual([
      'K-NET-MTU stops c3: packets above 1400 bytes do not reach c3, though its link has an MTU of 1500',
    ]);
  });

  it('tells a link that is smaller and knows it', () => {
    const found = judged(3, {
      echo: (from, to) => (from === 'c3' || to === 'c3' ? { mtu: 1400, mtuThere: 1400 } : undefined),
      facts: (name) => ({ links: [{ ...LINK, device: 'eth0', mtu: name === 'c3' ? 1400 : 1500 }] }),
    });
    expect(told(found)).toEqual([
      'K-NET-MTU hurts c3: packets above 1400 bytes do not reach c3: the MTU of its link is 1400, that of the others 1500',
    ]);
  });

  it('has nothing to say about a room that is small throughout, or large', () => {
    const all = (mtu: number): Faults => ({
      facts: () => ({ links: [{ ...LINK, device: 'eth0', mtu }] }),
      echo: () => ({ mtu: Math.min(mtu, 1500), mtuThere: Math.min(mtu, 1500) }),
    });
    expect(judged(3, all(1400))).toEqual([]);
    expect(judged(3, all(9000))).toEqual([]);
  });

  it('is one finding when the whole room is narrower than it believes', () => {
    expect(told(judged(3, { echo: () => ({ mtu: 1492, mtuThere: 1492 }) }))).toEqual([
      'K-NET-MTU stops room: packets above 1492 bytes do not pass between any two machines',
    ]);
  });

  it('does not trust a size where much is lost', () => {
    const found = judged(3, {
      echo: (_, to) => (to === 'c2' ? { arrived: 30, answered: 30, mtu: 1499, mtuThere: 1499 } : undefined),
    });
    expect(found.map((f) => f.code)).toEqual(['K-NET-LOSS']);
  });
});

describe('speed', () => {
  const config = roomOf(4);

  it('names the slow child by what it does alone', () => {
    const found = judged(4, { speeds: [...speeds(config, { c2: 3 }), ...alone('c2', 2.2, 90)] });
    expect(told(found)).toEqual(['K-NET-SLOW hurts c2: c2 is slow (2 Mbit/s from the parent)']);
  });

  it('does not name a child that is fast alone', () => {
    expect(judged(4, { speeds: [...speeds(config, { c2: 3 }), ...alone('c2', 90)] })).toEqual([]);
  });

  it('tells a room that is slow as a whole', () => {
    const slow = speeds(config, { c1: 2, c2: 2, c3: 2, c4: 2 });
    expect(
      told(judged(4, { speeds: [...slow, ...alone('c1', 30), ...alone('c2', 30), ...alone('c3', 30)] })),
    ).toEqual(['K-NET-SLOW hurts room: the network is slow: 8 Mbit/s for all 4 children together']);
    expect(
      told(judged(4, { speeds: [...slow, ...alone('c1', 3), ...alone('c2', 3), ...alone('c3', 3)] })),
    ).toEqual([
      'K-NET-SLOW hurts room: the network is slow: 3 Mbit/s between the parent and c1, even when nobody else sends',
    ]);
  });

  it('has nothing to say about a Wi-Fi that many share', () => {
    const config = roomOf(15);
    const shared = speeds(config, Object.fromEntries(config.room.children.map((c) => [c.name, 4])));
    expect(
      judged(15, { speeds: [...shared, ...alone('c1', 50), ...alone('c2', 50), ...alone('c3', 50)] }),
    ).toEqual([]);
  });
});

describe('what could not be tried', () => {
  it('is said once for all that have the same reason', () => {
    const because = 'another program has the port';
    const untried = ['c1', 'c2'].map((machine) => ({ machine, what: 'UDP 8472', because }));
    expect(told(judged(2, { more: { untried } }))).toEqual([
      'K-NET-UNPROVEN note room: UDP 8472 could not be tried: another program has the port (c1, c2)',
    ]);
    expect(told(judged(2, { more: { untried: untried.slice(1) } }))).toEqual([
      'K-NET-UNPROVEN note c2: UDP 8472 could not be tried: another program has the port',
    ]);
  });
});
