import { spawnSync } from 'node:child_process';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { firewalldFiles } from '../../../src/resources/firewall/firewalld-files.js';
import { firewallOpening } from '../../../src/resources/firewall/opening.js';
import type { FirewallName } from '../../../src/resources/firewall/opening.js';
import type { OpeningState } from '../../../src/resources/firewall/system.js';
import { reversibleFor } from '../../../src/resources/registry.js';
import type { Json, Resource, Restoration } from '../../../src/resources/resource.js';
import { canBePrivate, PrivateMachine } from './private-machine.js';

const ROOM = { room: '10.77.0.0/24', pods: '10.244.0.0/16', ports: ['tcp 10250', 'udp 8472'] };

function opening(system: FirewallName): Resource<OpeningState> {
  return firewallOpening({ system, ...ROOM });
}

function state(thing: Resource<OpeningState>, stdout: string): OpeningState {
  return thing.parse({ exitCode: 0, stdout, stderr: '', durationMs: 0 });
}

function script(way: Restoration): string {
  if (way === 'nothing' || 'leave' in way) throw new Error(`not a command: ${JSON.stringify(way)}`);
  expect(spawnSync('sh', ['-n'], { input: way.script, encoding: 'utf8' })).toMatchObject({
    status: 0,
    stderr: '',
  });
  return way.script;
}

const absent = { what: { type: 'absent' }, absentParents: [], emptyParents: [], unfinished: false };

const has = (program: string): boolean =>
  spawnSync('sh', ['-c', `command -v ${program}`], { stdio: 'ignore' }).status === 0;

describe('an opening in iptables', () => {
  const thing = opening('iptables-nft');
  const RULES = [
    '-s 10.77.0.0/24 -p tcp -m tcp --dport 10250 -m comment --comment kmon -j ACCEPT',
    '-s 10.77.0.0/24 -p udp -m udp --dport 8472 -m comment --comment kmon -j ACCEPT',
    '-s 10.244.0.0/16 -p tcp -m tcp --dport 10250 -m comment --comment kmon -j ACCEPT',
  ];

  it('is needed only where something is dropped', () => {
    for (const text of [
      '',
      'policy INPUT ACCEPT\npolicy FORWARD ACCEPT\nrule INPUT -p tcp -m tcp --dport 22 -j ACCEPT\n',
      'policy INPUT ACCEPT\npolicy KUBE-FIREWALL -\nrule INPUT -j KUBE-FIREWALL\nrule KUBE-FIREWALL -j DROP\n',
      // What ufw drops is opened in ufw.
      'policy INPUT DROP\npolicy ufw-before-input -\npolicy ufw-reject-input -\nrule INPUT -j ufw-before-input\nrule ufw-reject-input -j REJECT\n',
    ]) {
      expect(state(thing, text).closed, text).toEqual([]);
      expect(thing.satisfied(state(thing, text)), text).toBe(true);
    }
    const policy = state(thing, 'policy INPUT DROP\npolicy FORWARD ACCEPT\n');
    expect(policy.closed).toEqual(['INPUT']);
    expect(thing.satisfied(policy)).toBe(false);
    const chain =
      'policy INPUT ACCEPT\npolicy own -\nrule INPUT -j own\nrule own -p tcp -m tcp --dport 10250 -j REJECT\n';
    expect(state(thing, chain).closed).toEqual(['INPUT']);
    const beside =
      'policy INPUT DROP\npolicy ufw-before-input -\nrule INPUT -p tcp -m tcp --dport 10250 -j DROP\n';
    expect(state(thing, beside).closed).toEqual(['INPUT']);
  });

  it('puts one rule a source and port at the top, all in one step', () => {
    expect(script(thing.change(state(thing, 'policy INPUT DROP\npolicy FORWARD DROP\n')))).toBe(
      `printf '%s\\n' '*filter' ${RULES.map((r) => `'-I INPUT ${r}'`).join(' ')} ` +
        `'-I FORWARD -s 10.244.0.0/16 -m comment --comment kmon -j ACCEPT' ` +
        `'-I FORWARD -d 10.244.0.0/16 -m comment --comment kmon -j ACCEPT' COMMIT | iptables-nft-restore --wait=10 --noflush`,
    );
  });

  it('moves its rules before what the owner has put at the top since', () => {
    const rules = RULES.map((r) => `rule INPUT ${r}\n`).join('');
    const good = state(thing, `policy INPUT DROP\n${rules}rule INPUT -j DROP\n`);
    expect(thing.satisfied(good)).toBe(true);
    const late = state(thing, `policy INPUT DROP\nrule INPUT -s 10.0.0.1/32 -j DROP\n${rules}`);
    expect(thing.satisfied(late)).toBe(false);
    expect(script(thing.change(late))).toMatch(/'-D INPUT [^]*'-I INPUT /);
  });

  it('takes exactly its own rules away, under whatever parameters they were made', () => {
    const none = state(thing, 'policy INPUT DROP\n');
    const older = '-s 192.168.1.0/24 -p tcp -m tcp --dport 9100 -m comment --comment kmon -j ACCEPT';
    const now = state(
      thing,
      `policy INPUT DROP\nrule INPUT ${older}\nrule INPUT -s 10.77.0.0/24 -j ACCEPT\n`,
    );
    expect(script(thing.restore(none, now))).toBe(
      `printf '%s\\n' '*filter' '-D INPUT ${older}' COMMIT | iptables-nft-restore --wait=10 --noflush`,
    );
    expect(thing.restore(none, none)).toBe('nothing');
    expect(thing.restore(none, state(thing, ''))).toBe('nothing');
  });

  it('leaves a rule of its name that somebody has changed', () => {
    const changed = state(thing, 'policy INPUT DROP\nrule INPUT -p tcp -m comment --comment kmon -j DROP\n');
    expect(thing.restore(state(thing, ''), changed)).toEqual({
      leave: 'changed since by somebody else: -p tcp -m comment --comment kmon -j DROP',
    });
    expect(thing.restore(changed, changed)).toBe('nothing');
  });
});

describe('an opening in nftables', () => {
  const thing = opening('nftables');
  const TABLE = 'table inet own { # handle 1\n';
  const INPUT = `${TABLE}chain in { # handle 1\ntype filter hook input priority filter; policy accept;\n`;

  it('is needed only where something is dropped', () => {
    for (const text of [
      '',
      INPUT,
      'iptables filter\ntable ip filter {\nchain INPUT {\ntype filter hook input priority filter; policy drop;\n',
      'table inet firewalld {\nchain filter_INPUT {\ntype filter hook input priority filter + 10; policy accept;\nreject with icmpx admin-prohibited # handle 7\n',
      `${TABLE}chain out {\ntype filter hook output priority filter; policy drop;\n`,
      `${TABLE}chain in {\ntype nat hook input priority 0; policy drop;\n`,
    ]) {
      expect(state(thing, text).closed, text).toEqual([]);
    }
    expect(state(thing, `${INPUT}tcp dport 10250 drop # handle 4\n`).closed).toEqual(['input inet own in']);
    expect(state(thing, INPUT.replace('policy accept', 'policy drop')).closed).toEqual(['input inet own in']);
    const jump = `${INPUT}jump far # handle 5\nchain far { # handle 2\nudp dport 8472 reject # handle 6\n`;
    expect(state(thing, jump).closed).toEqual(['input inet own in']);
    expect(() => state(thing, 'drop\n')).toThrow(/outside a chain/);
  });

  it('goes into the chain that drops, since no other chain could overrule it', () => {
    expect(script(thing.change(state(thing, `${INPUT}udp dport 8472 drop # handle 4\n`)))).toBe(
      `printf '%s\\n' 'insert rule inet own in ip saddr 10.77.0.0/24 tcp dport 10250 accept comment "kmon"' ` +
        `'insert rule inet own in ip saddr 10.77.0.0/24 udp dport 8472 accept comment "kmon"' ` +
        `'insert rule inet own in ip saddr 10.244.0.0/16 tcp dport 10250 accept comment "kmon"' | nft -f -`,
    );
  });

  it('takes its own rules away by their handles and leaves changed ones', () => {
    const ours = 'ip saddr 10.77.0.0/24 tcp dport 10250 accept comment "kmon" # handle 9\n';
    const none = state(thing, INPUT);
    expect(script(thing.restore(none, state(thing, `${INPUT}${ours}`)))).toBe(
      `printf '%s\\n' 'delete rule inet own in handle 9' | nft -f -`,
    );
    const changed = state(thing, `${INPUT}${ours.replace('accept', 'counter packets 0 bytes 0 accept')}`);
    expect(thing.restore(none, changed)).toMatchObject({
      leave: expect.stringContaining('counter') as string,
    });
  });
});

describe('an opening in ufw', () => {
  const thing = opening('ufw');
  const ADDED = [
    'allow from 10.77.0.0/24 to any port 10250 proto tcp',
    'allow from 10.77.0.0/24 to any port 8472 proto udp',
    'allow from 10.244.0.0/16 to any port 10250 proto tcp',
    'route allow from 10.244.0.0/16',
    'route allow to 10.244.0.0/16',
  ];
  const added = ADDED.map((r) => `rule ${r} comment 'kmon'\n`).join('');

  it('is needed only where ufw is on', () => {
    expect(thing.satisfied(state(thing, ''))).toBe(true);
    expect(thing.satisfied(state(thing, 'active\n'))).toBe(false);
    expect(thing.satisfied(state(thing, `active\n${added}rule deny 10250/tcp\n`))).toBe(true);
  });

  it('is put before all other rules', () => {
    const way = script(thing.change(state(thing, 'active\nrule deny 10250/tcp\n')));
    expect(way.split('\n')).toEqual([
      'set -e',
      ...ADDED.slice(0, 3).map((r) => `ufw prepend ${r} comment kmon >/dev/null`),
      ...ADDED.slice(3).map((r) => `${r.replace('route', 'ufw route prepend')} comment kmon >/dev/null`),
    ]);
    const late = state(thing, `active\nrule deny 10250/tcp\n${added}`);
    expect(thing.satisfied(late)).toBe(false);
    expect(script(thing.change(late))).toMatch(/ufw --force delete allow [^]*ufw prepend allow /);
  });

  it("does not touch a rule of the owner's that says the same", () => {
    const own = state(thing, `active\nrule ${ADDED[0] ?? ''} comment 'mine'\nrule ${ADDED[1] ?? ''}\n`);
    const way = script(thing.change(own));
    expect(way).not.toContain('from 10.77.0.0/24');
    expect(thing.restore(own, own)).toBe('nothing');
  });

  it('takes its own rules away, and nothing else', () => {
    const now = state(thing, `active\nrule allow 22/tcp\n${added}`);
    expect(script(thing.restore(state(thing, 'active\nrule allow 22/tcp\n'), now)).split('\n')).toEqual([
      'set -e',
      ...ADDED.slice(0, 3).map((r) => `ufw --force delete ${r} >/dev/null`),
      ...ADDED.slice(3).map((r) => `${r.replace('route', 'ufw route delete')} >/dev/null`),
    ]);
    const changed = state(thing, "active\nrule allow 22/tcp comment 'kmon'\n");
    expect(thing.restore(state(thing, 'active\n'), changed)).toMatchObject({
      leave: 'changed since by somebody else: allow 22/tcp',
    });
  });
});

describe('an opening in firewalld', () => {
  const thing = opening('firewalld');
  const zone = (
    name: string,
    part: { target?: string; sources?: string; rules?: readonly string[] } = {},
  ): string =>
    `${name}
  target: ${part.target ?? 'default'}
  icmp-block-inversion: no
  interfaces: 
  sources: ${part.sources ?? ''}
  services: dhcpv6-client ssh
  forward: yes
  rich rules: 
${(part.rules ?? []).map((r) => `\t${r}\n`).join('')}
`;
  const rule = (from: string, protocol: string, port: number): string =>
    `rule priority="-1090" family="ipv4" source address="${from}" port port="${port}" protocol="${protocol}" accept`;
  const RULES = [
    rule('10.77.0.0/24', 'tcp', 10250),
    rule('10.77.0.0/24', 'udp', 8472),
    rule('10.244.0.0/16', 'tcp', 10250),
  ];
  const OWN = 'rule family="ipv4" source address="10.1.0.0/24" reject';
  const found = state(
    thing,
    `default public\n${zone('block', { target: '%%REJECT%%' })}${zone('home (active)')}${zone('public', { rules: [OWN] })}${zone('trusted', { target: 'ACCEPT' })}`,
  );

  it('is needed in every zone that is in use and does not let everybody in', () => {
    expect(thing.satisfied(state(thing, ''))).toBe(true);
    expect(found.closed).toEqual(['home', 'public']);
    expect(found.rules).toEqual([]);
    const trusting = `default trusted\n${zone('public')}${zone('trusted (active)', { target: 'ACCEPT' })}`;
    expect(thing.satisfied(state(thing, trusting))).toBe(true);
    expect(() => state(thing, 'default public\n  target: default\n')).toThrow(/outside a zone/);
  });

  it('is set at runtime, all rules of a zone in one call', () => {
    const options = RULES.map((r) => `'--add-rich-rule=${r}'`).join(' ');
    expect(script(thing.change(found)).split('\n')).toEqual([
      'set -e',
      `firewall-cmd --quiet --zone=home ${options}`,
      `firewall-cmd --quiet --zone=public ${options}`,
      'firewall-cmd --quiet --zone=trusted --add-source=10.244.0.0/16',
    ]);
  });

  it('takes its own rules away, and the source that was not there', () => {
    const trusted = zone('trusted (active)', { target: 'ACCEPT', sources: '10.1.0.0/24 10.244.0.0/16' });
    const before = state(
      thing,
      `default public\n${zone('public', { rules: [OWN] })}${zone('trusted (active)', { target: 'ACCEPT', sources: '10.1.0.0/24' })}`,
    );
    const now = state(thing, `default public\n${zone('public', { rules: [...RULES, OWN] })}${trusted}`);
    expect(thing.satisfied(now)).toBe(true);
    expect(script(thing.restore(before, now)).split('\n')).toEqual([
      'set -e',
      `firewall-cmd --quiet --zone=public ${RULES.map((r) => `'--remove-rich-rule=${r}'`).join(' ')}`,
      'firewall-cmd --quiet --zone=trusted --remove-source=10.244.0.0/16',
    ]);
    expect(thing.restore(before, before)).toBe('nothing');
  });

  it('takes away what its files have brought at a reload', () => {
    const reloaded = state(
      thing,
      `default public\npolicy\n${zone('kmon-pods (active)', { target: 'ACCEPT', sources: '10.244.0.0/16' })}${zone('public')}`,
    );
    expect(script(thing.restore(found, reloaded)).split('\n')).toEqual([
      'set -e',
      'firewall-cmd --quiet --zone=kmon-pods --remove-source=10.244.0.0/16',
      'firewall-cmd --quiet --remove-ingress-zone=ANY --policy=kmon',
    ]);
  });

  it('leaves a rule of its priority that somebody has changed', () => {
    const changed = RULES[0]?.replace('accept', 'drop') ?? '';
    const now = state(thing, `default public\n${zone('public', { rules: [changed] })}`);
    expect(thing.restore(found, now)).toEqual({ leave: `changed since by somebody else: ${changed}` });
  });

  it('is written down for a reload in files of its own', () => {
    const [policy, pods] = firewalldFiles(ROOM).map((f) => script(f.change(absent)));
    expect(policy).toContain('/etc/firewalld/policies/kmon.xml');
    expect(policy).toContain(
      '<rule family="ipv4"><source address="10.77.0.0/24"/><port port="8472" protocol="udp"/><accept/></rule>',
    );
    expect(pods).toContain('/etc/firewalld/zones/kmon-pods.xml');
    expect(pods).toContain('<source address="10.244.0.0/16"/>');
  });
});

it.each(['10.77.0.0', '10.77.0.0/24; id', 'any', '$(id)/24', '-j'])('refuses %j as a range', (range) => {
  for (const system of ['iptables-nft', 'nftables', 'ufw'] as const) {
    const closed =
      system === 'ufw'
        ? 'active\n'
        : system === 'nftables'
          ? 'table ip t {\nchain c {\ntype filter hook input priority 0; policy drop;\n'
          : 'policy INPUT DROP\n';
    for (const part of [{ room: range }, { pods: range }]) {
      const thing = firewallOpening({ system, ...ROOM, ...part });
      expect(() => thing.satisfied(state(thing, closed))).toThrow(TypeError);
    }
    const port = firewallOpening({ system, ...ROOM, ports: [`tcp ${range}`] });
    expect(() => port.satisfied(state(port, closed))).toThrow(TypeError);
  }
});

interface Case {
  readonly about: string;
  readonly system: FirewallName;
  readonly needs: string;
  readonly owner: string;
  /** What of the rules the owner has and sees. */
  readonly rules: string;
}

const NFT = (lines: string): string => `nft -f - <<'END'\n${lines}\nEND`;
const OWN_TABLE = NFT(`table inet own {
  set banned { type ipv4_addr; elements = { 192.0.2.1, 192.0.2.2 } }
  chain in {
    type filter hook input priority 0; policy drop;
    ct state established,related accept
    ip saddr @banned drop
    tcp dport 22 accept comment "mine; drop"
    jump far
  }
  chain far { udp dport 8472 reject
 }
  chain fw { type filter hook forward priority 0; policy drop; }
}
table ip other {
  chain x {
    type filter hook input priority 10; policy accept;
    tcp dport { 80, 10250 } drop
  }
}`);

const CASES: readonly Case[] = [
  ...(['iptables-nft', 'iptables-legacy'] as const).map((system) => ({
    about: `${system} with a policy, rules and a chain`,
    system,
    needs: system,
    owner: `${system} -P INPUT DROP; ${system} -N own; ${system} -A own -p tcp --dport 10250 -j REJECT
${system} -A INPUT -i lo -j ACCEPT; ${system} -A INPUT -p tcp --dport 22 -m comment --comment "kmon's friend" -j ACCEPT
${system} -A INPUT -j own; ${system} -A FORWARD -j DROP`,
    rules: `${system}-save | sed 's/ \\[.*//; /^#/d'`,
  })),
  {
    about: 'tables of the owner',
    system: 'nftables',
    needs: 'nft',
    owner: OWN_TABLE,
    rules: 'nft list ruleset',
  },
  {
    about: 'rules of iptables beside a table of the owner',
    system: 'nftables',
    needs: 'nft',
    owner: `iptables-nft -A INPUT -p tcp --dport 10250 -j DROP\n${OWN_TABLE}`,
    rules: 'nft list ruleset',
  },
];

describe.skipIf(!canBePrivate)('opened and closed again by the real programs', { timeout: 30_000 }, () => {
  let machine: PrivateMachine;
  beforeAll(async () => {
    machine = await PrivateMachine.start();
  });
  afterAll(() => {
    machine.stop();
  });

  const look = async (thing: Resource<OpeningState>): Promise<OpeningState> =>
    thing.parse(await machine.query(thing.read));

  for (const { about, needs, system, owner, rules } of CASES) {
    it.skipIf(!has(needs))(about, async () => {
      machine.stop();
      machine = await PrivateMachine.start();
      const thing = opening(system);
      expect(thing.satisfied(await look(thing)), 'nothing is needed on a bare machine').toBe(true);
      machine.sh(owner);
      const before = machine.sh(rules);
      const found = await look(thing);
      expect(machine.sh(rules), 'a look changes nothing').toBe(before);
      expect(thing.satisfied(found)).toBe(false);
      expect(thing.restore(found, found)).toBe('nothing');

      await machine.mutate('', thing.change(found));
      const changed = await look(thing);
      expect(thing.satisfied(changed), JSON.stringify(changed)).toBe(true);
      expect(changed.rules.every((r) => !r.late)).toBe(true);
      const made = machine.sh(rules);
      expect(made).toContain('kmon');

      const again = reversibleFor(thing.kind, JSON.parse(JSON.stringify(thing.params)) as Json);
      const kept = JSON.parse(JSON.stringify(found)) as Json;
      const way = again.restore(kept, changed);
      if (way === 'nothing' || 'leave' in way) throw new Error(`not given back: ${JSON.stringify(way)}`);
      await machine.mutate('', way);
      expect(machine.sh(rules)).toBe(before);
      expect(again.restore(kept, await look(thing))).toBe('nothing');
    });
  }
});
