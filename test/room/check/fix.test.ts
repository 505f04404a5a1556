import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Finding } from '../../../src/findings/index.js';
import { findingsOf } from '../../support/checked.js';
import { kmonAtTerminal } from '../../support/kmon.js';
import { makeLab } from '../../support/lab.js';
import type { TestLab, TestMachine } from '../../support/lab.js';
import { makeRoom } from '../cli/room.js';
import type { Room } from '../cli/room.js';

const LEDGER = '/var/lib/kmon/ledger.jsonl';

/** Everything a machine decides about packets, counters left out, and the files of ufw and firewalld. */
const RULES = `for t in iptables-nft iptables-legacy; do echo "$t"; $t-save 2>/dev/null | sed 's/ \\[[0-9:]*\\]//; /^#/d'; done
if command -v nft >/dev/null; then nft list ruleset | sed 's/ packets [0-9]* bytes [0-9]*//'; fi
if command -v ufw >/dev/null; then ufw status numbered; ufw show added; fi
if command -v firewall-cmd >/dev/null; then firewall-cmd --list-all-zones; fi
find /etc/ufw /etc/firewalld -type f -exec sha256sum {} + 2>/dev/null | sort`;

const install = (machine: TestMachine, ...packages: readonly string[]): void => {
  machine.sh(`apt-get -q update >/dev/null
DEBIAN_FRONTEND=noninteractive apt-get -qq install --no-install-recommends ${packages.join(' ')} >/dev/null 2>&1`);
};

// One lab, a different firewall on each machine. All of them drop TCP 10250 and UDP 8472 among others.
describe('kmon check --fix', () => {
  let made: TestLab | undefined;
  let room: Room;
  let before: readonly string[];
  const lab = (): TestLab => {
    if (made === undefined) throw new Error('the lab is not there yet');
    return made;
  };
  const rules = (): readonly string[] => lab().machines.map((m) => m.sh(RULES));
  const ledgers = (): readonly string[] => lab().machines.map((m) => m.sh(`cat ${LEDGER} 2>/dev/null || :`));

  beforeAll(async () => {
    made = await makeLab({ children: 2 });
    room = makeRoom(lab());
    // A chain of the owner's own, and something that he has put at the very top.
    lab().machine('parent').sh(`iptables -N guard
iptables -A guard -p tcp --dport 10250 -j REJECT
iptables -A guard -j RETURN
iptables -A INPUT -m conntrack --ctstate ESTABLISHED -j ACCEPT
iptables -A INPUT -j guard
iptables -I INPUT -p udp --dport 8472 -j DROP
iptables -P FORWARD DROP`);
    install(lab().machine('child-1'), 'ufw');
    lab().machine('child-1').sh(`ufw allow 22/tcp
ufw deny 10250/tcp
ufw --force enable`);
    install(lab().machine('child-2'), 'nftables');
    lab().machine('child-2').sh(`nft -f - <<'END'
table inet own {
  chain in {
    type filter hook input priority 0; policy drop;
    ct state established,related accept
    iif lo accept
    meta l4proto icmp accept
    tcp dport 22 accept comment "the teacher"
    tcp dport 9100 accept
  }
}
END`);
    before = rules();
  });
  afterAll(async () => {
    await made?.down();
  });

  const blocked = async (): Promise<readonly Finding[]> =>
    findingsOf(await room.run('check', '--json')).filter((f) => f.severity !== 'note');

  it('begins with a room in which every firewall drops what the workshop needs', async () => {
    const found = await blocked();
    expect(found.map((f) => [f.machine, f.code, f.fixable])).toEqual([
      ['parent', 'K-FORWARD', true],
      ['parent', 'K-FIREWALL', true],
      ['child-1', 'K-FORWARD', true],
      ['child-1', 'K-FIREWALL', true],
      ['child-2', 'K-FIREWALL', true],
    ]);
    expect(found[0]?.evidence).toMatch(/FORWARD of iptables-nft has the policy DROP/);
    expect(found[1]?.evidence).toMatch(/TCP 10250 and UDP 8472/);
    expect(found[1]?.evidence).not.toContain('9100');
    expect(found[2]?.evidence).toMatch(/ufw lets nothing through/);
  });

  it('shows what it would change, and changes nothing in a dry run or unless somebody agrees', async () => {
    const dry = await room.run('check', '--fix', '--dry-run');
    expect(dry.stdout).toMatch(/^to change:$/m);
    const opens = 'open TCP 10250, TCP 9100, UDP 8472';
    expect(dry.stdout).toContain(`${opens} for ${lab().subnet} in ufw`);
    expect(dry.stdout).toContain(`${opens} for ${lab().subnet} in nftables`);
    expect(dry.stdout).toMatch(/open TCP 6443, .* in iptables-nft/);
    expect(dry.stdout).toContain('nothing was changed: --dry-run');
    expect(dry.exitCode).toBe(22);
    const alone = await room.run('check', '--fix', 'K-FIREWALL');
    expect(alone.stderr).toContain('what --fix changes on parent, child-1, child-2 needs to be confirmed');
    expect(alone.exitCode).toBe(2);
    const answers = [{ when: /Change this on parent, child-1, child-2\?/, type: '\r' }];
    const asked = await kmonAtTerminal(['check', '--fix'], answers, { cwd: room.dir });
    expect(asked.stdout).toContain('not confirmed; nothing was changed');
    expect(asked.exitCode).toBe(2);
    expect(rules()).toEqual(before);
    expect(ledgers()).toEqual(['', '', '']);
    expect(room.transcripts()).not.toContain(
      '"type":"command","machine":"parent","verb":"mutate","intent":"open',
    );
  });

  it('opens them, and proves it by a second look', async () => {
    const { exitCode, stdout, stderr } = await room.run('check', '--fix', '--yes');
    expect(stdout).toMatch(/nothing is in the way(; \d+ notes?)?\n$/);
    expect(stderr).toMatch(/^parent +take the room's lock$/m);
    expect(exitCode).toBe(0);
    expect(await blocked()).toEqual([]);
    for (const m of lab().machines) {
      const now = m.sh(RULES);
      expect(now).toContain('kmon');
      expect(now).toContain(lab().subnet);
      // Nothing is opened for everybody.
      expect(m.sh(`cat ${LEDGER}`)).toContain('"kind":"firewall-opening"');
    }
  });

  it('changes nothing the second time', async () => {
    const made1 = [rules(), ledgers()];
    const { exitCode, stdout } = await room.run('check', '--fix', '--yes');
    expect(stdout).toContain('nothing was found that kmon could put right');
    expect(exitCode).toBe(0);
    expect([rules(), ledgers()]).toEqual(made1);
  });

  it('gives all of it back, although there never was a cluster', async () => {
    const { exitCode, stdout } = await room.run('teardown', '--yes', '--room', lab().name);
    expect(stdout).toContain('machines as found: 3/3');
    expect(exitCode).toBe(0);
    expect(rules()).toEqual(before);
    expect(ledgers()).toEqual(['', '', '']);
    expect((await blocked()).map((f) => `${f.machine ?? ''} ${f.code}`)).toEqual([
      ...['parent K-FORWARD', 'parent K-FIREWALL', 'child-1 K-FORWARD', 'child-1 K-FIREWALL'],
      'child-2 K-FIREWALL',
    ]);
  });

  describe('with firewalld, and a machine that does not know its own name', () => {
    let parent: TestMachine;
    let hosts: string;
    beforeAll(() => {
      for (const name of ['child-1', 'child-2'] as const) {
        lab()
          .machine(name)
          .sh('if command -v ufw >/dev/null; then ufw disable; fi; nft flush ruleset 2>/dev/null || :');
      }
      parent = lab().machine('parent');
      parent.sh('iptables -P FORWARD ACCEPT; iptables -F; iptables -X');
      install(parent, 'firewalld');
      parent.sh(
        `firewall-cmd --quiet --zone=public --add-rich-rule='rule family="ipv4" source address="203.0.113.0/24" drop'`,
      );
      lab().machine('child-1').sh('hostname another-name');
      hosts = lab().machine('child-1').sh('cat /etc/hosts');
      before = rules();
    });

    it('puts both right', async () => {
      const found = await blocked();
      expect(found.map((f) => [f.machine, f.code, f.fixable])).toEqual([
        ['parent', 'K-FORWARD', true],
        ['parent', 'K-FIREWALL', true],
        ['child-1', 'K-HOSTNAME-UNKNOWN', true],
      ]);
      const { exitCode, stdout } = await room.run('check', '--fix', '--yes');
      expect(stdout).toMatch(/nothing is in the way(; \d+ notes?)?\n$/);
      expect(exitCode).toBe(0);
      expect(lab().machine('child-1').sh('getent hosts another-name')).toContain('127.0.1.1');
    });

    it('holds when firewalld is reloaded', async () => {
      parent.sh('firewall-cmd --quiet --reload');
      expect(parent.sh('firewall-cmd --get-active-zones')).toContain('kmon-pods');
      expect(await blocked()).toEqual([]);
    });

    it('gives both back', async () => {
      const { exitCode } = await room.run('teardown', '--yes', '--room', lab().name);
      expect(exitCode).toBe(0);
      expect(lab().machine('child-1').sh('cat /etc/hosts')).toBe(hosts);
      expect(ledgers()).toEqual(['', '', '']);
      expect(await blocked()).toHaveLength(3);
      // What the reload left in firewalld's memory says nothing, and goes with the next one.
      parent.sh('firewall-cmd --quiet --reload');
      expect(parent.sh(RULES)).not.toContain('kmon');
    });
  });
});
