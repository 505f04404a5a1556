import { execFileSync } from 'node:child_process';
import type { TestMachine } from './lab.js';
import type { Fault } from './machine-faults.js';

/** A firewall of the machine drops what comes in on a port. */
export function dropsIncoming(machine: TestMachine, protocol: 'tcp' | 'udp', port: number): Fault {
  return rule(machine, `INPUT -p ${protocol} --dport ${port} -j DROP`);
}

/** A firewall of the machine drops what it sends to a port. */
export function dropsOutgoing(machine: TestMachine, protocol: 'tcp' | 'udp', port: number): Fault {
  return rule(machine, `OUTPUT -p ${protocol} --dport ${port} -j DROP`);
}

/** A firewall of the machine rejects what comes in on a port, as firewalld does. */
export function rejectsIncoming(machine: TestMachine, port: number): Fault {
  return rule(machine, `INPUT -p tcp --dport ${port} -j REJECT --reject-with icmp-host-prohibited`);
}

/** The machine lets in SSH and answers, as ufw does, and nothing else. */
export function letsInSshOnly(machine: TestMachine): Fault {
  return rule(
    machine,
    'INPUT -i eth0 -p tcp ! --dport 22 -m conntrack --ctstate NEW -j DROP',
    'INPUT -i eth0 -p udp -m conntrack --ctstate NEW -j DROP',
  );
}

/** A part of what the machine receives is lost: 0.1 is every tenth packet. */
export function losesIncoming(machine: TestMachine, share: number): Fault {
  return rule(machine, `INPUT -i eth0 -m statistic --mode random --probability ${share} -j DROP`);
}

/** The two machines do not hear each other; everybody else does. */
export function dropsFrom(machine: TestMachine, other: TestMachine): Fault {
  return rule(machine, `INPUT -s ${other.address} -j DROP`);
}

/** The switch lets these machines talk to all others, but not to each other: as an access point for guests does. */
export function keptApart(machines: readonly TestMachine[]): Fault {
  const set = (state: 'on' | 'off'): void => {
    for (const machine of machines) host('bridge', 'link', 'set', 'dev', cableOf(machine), 'isolated', state);
  };
  return {
    plant: () => {
      set('on');
    },
    undo: () => {
      set('off');
    },
  };
}

/**
 * The switch passes on from each machine what has the address that the machine was given, and nothing else: as an access point does that guards
 * against borrowed addresses.
 */
export function passesOwnAddresses(machines: readonly TestMachine[]): Fault {
  return switchRules(
    machines.map((m) => ['iifname', cableOf(m), 'ip', 'saddr', '!=', m.address, 'drop'].join(' ')),
  );
}

/** The switch passes no UDP to that port. */
export function passesNoUdp(machines: readonly TestMachine[], port: number): Fault {
  return switchRules(
    machines.map((m) => ['iifname', cableOf(m), 'udp', 'dport', String(port), 'drop'].join(' ')),
  );
}

function switchRules(rules: readonly string[]): Fault {
  const table = `kmon-test-${process.pid}`;
  return {
    plant: () => {
      host('nft', `add table bridge ${table}`);
      host('nft', `add chain bridge ${table} forward { type filter hook forward priority 0 ; }`);
      for (const rule of rules) host('nft', `add rule bridge ${table} forward ${rule}`);
    },
    undo: () => {
      host('nft', `delete table bridge ${table}`);
    },
  };
}

/** What lies between the machine and the switch takes no larger packets, and the machine does not know. */
export function narrowCable(machine: TestMachine, mtu: number): Fault {
  return {
    plant: () => {
      host('ip', 'link', 'set', 'dev', cableOf(machine), 'mtu', String(mtu));
    },
    undo: () => {
      host('ip', 'link', 'set', 'dev', cableOf(machine), 'mtu', '1500');
    },
  };
}

/** The machine's own link has a smaller MTU. */
export function narrowLink(machine: TestMachine, mtu: number): Fault {
  return {
    plant: () => void machine.sh(`ip link set dev eth0 mtu ${mtu}`),
    undo: () => void machine.sh('ip link set dev eth0 mtu 1500'),
  };
}

/** The machine's cable carries no more, in both directions. */
export function slowCable(machine: TestMachine, bitsPerSecond: number): Fault {
  const shape = ['root', 'tbf', 'rate', `${bitsPerSecond}bit`, 'burst', '16kb', 'latency', '300ms'];
  return {
    plant: () => {
      host('tc', 'qdisc', 'add', 'dev', cableOf(machine), ...shape);
      machine.sh(`tc qdisc add dev eth0 ${shape.join(' ')}`);
    },
    undo: () => {
      host('tc', 'qdisc', 'del', 'dev', cableOf(machine), 'root');
      machine.sh('tc qdisc del dev eth0 root');
    },
  };
}

/**
 * The machine knows these names, all with one address, and no name server: what it looks up or dials stays in the lab.
 */
export function knowsOnly(machine: TestMachine, names: readonly string[], address: string): Fault {
  return {
    plant: () =>
      void machine.sh(
        `cp -p /etc/hosts /run/hosts.found; cp -p /etc/resolv.conf /run/resolv.found
echo '${address} ${names.join(' ')}' >>/etc/hosts; : >/etc/resolv.conf`,
      ),
    undo: () =>
      void machine.sh(
        'cp -p /run/hosts.found /etc/hosts; cp -p /run/resolv.found /etc/resolv.conf; rm /run/*.found',
      ),
  };
}

/**
 * A program of the machine listens on a TCP port: it closes every connection or, as a `proxy`, lets CONNECT through to hosts that match and
 * refuses the others (a stand-in: nothing is behind it).
 */
export function listensOn(machine: TestMachine, port: number, proxy?: string): Fault {
  const answer =
    proxy === undefined
      ? ''
      : `sysread(C,$q,500); syswrite(C,$q=~/^CONNECT (?:${proxy}):/?"HTTP/1.1 200 OK\\r\\n\\r\\n":"HTTP/1.1 403 no\\r\\n\\r\\n");`;
  const program = `use Socket; socket(S,PF_INET,SOCK_STREAM,0); setsockopt(S,SOL_SOCKET,SO_REUSEADDR,1); bind(S,pack_sockaddr_in(${port},INADDR_ANY)) or die; listen(S,9); open(F,">","/run/holder-${port}.pid"); print F $$; close F; alarm 300; while(accept(C,S)){${answer} close C}`;
  return {
    plant: () =>
      void machine.sh(
        `printf '%s' '${program}' >/run/holder-${port}; setsid perl /run/holder-${port} </dev/null >/dev/null 2>&1 & 
for i in 1 2 3 4 5 6 7 8 9 10; do [ -s /run/holder-${port}.pid ] && exit 0; sleep 0.2; done; exit 1`,
      ),
    undo: () => void machine.sh(`kill "$(cat /run/holder-${port}.pid)"; rm /run/holder-${port}*`),
  };
}

/** Programs of the machine are told to use a proxy. */
export function usesProxy(machine: TestMachine, url: string): Fault {
  return {
    plant: () =>
      void machine.sh(
        `if [ -e /etc/environment ]; then cp -p /etc/environment /run/environment.found; fi; echo 'https_proxy=${url}' >>/etc/environment`,
      ),
    undo: () =>
      void machine.sh(
        'if [ -e /run/environment.found ]; then mv /run/environment.found /etc/environment; else rm /etc/environment; fi',
      ),
  };
}

/** The machine has no perl. */
export function noPerl(machine: TestMachine): Fault {
  return {
    plant: () => void machine.sh('mv /usr/bin/perl /usr/bin/perl.away'),
    undo: () => void machine.sh('mv /usr/bin/perl.away /usr/bin/perl'),
  };
}

function rule(machine: TestMachine, ...rules: readonly string[]): Fault {
  const each = (verb: 'I' | 'D'): void => {
    for (const text of rules) machine.sh(`iptables -w -${verb} ${text}`);
  };
  return {
    plant: () => {
      each('I');
    },
    undo: () => {
      each('D');
    },
  };
}

/** This computer's end of the machine's cable. */
function cableOf(machine: TestMachine): string {
  const index = Number(machine.sh('cat /sys/class/net/eth0/iflink'));
  const links = JSON.parse(host('ip', '-j', 'link')) as readonly { ifindex: number; ifname: string }[];
  const link = links.find((l) => l.ifindex === index);
  if (link === undefined) throw new Error(`${machine.name} has no cable`);
  return link.ifname;
}

function host(program: string, ...args: readonly string[]): string {
  return execFileSync(program, args, { encoding: 'utf8' });
}
