import type { Facts } from '../../../src/facts/facts.js';
import { staticAddressStage } from '../../../src/stages/machine/static-address.js';
import { asks, does } from '../../support/scripted-runner.js';
import type { Step } from '../../support/scripted-runner.js';
import type { Scenario } from './scenario.js';
import { looksAt } from './things.js';

/** The child's address as a lease, and as kmon makes it. */
export const KEPT_BY_NETWORKD: Partial<Facts> = {
  addressing: [{ device: 'eth0', address: '192.0.2.11', manager: 'systemd-networkd', leased: true }],
};

const ADDRESS = 'address 2: eth0    inet 192.0.2.11/24 brd 192.0.2.255 scope global';
const DEFAULT = 'default default via 192.0.2.1 dev eth0';
const NO_FILES = 'kept type absent\ntrial type absent\n';
const file = (which: string): string =>
  'type file\nmode 0644\nowner root:root\nids 0:0\nmtime 1.0\nsha256 ab'.replaceAll(/^/gm, `${which} `);

export const LEASED = `${ADDRESS} dynamic eth0\\ x\n${DEFAULT}\ndns 192.0.2.53\n${NO_FILES}`;
export const TRIED = `${ADDRESS} eth0\\ x\n${DEFAULT}\nkept type absent\n${file('trial')}\n`;
export const KEPT = `${ADDRESS} eth0\\ x\n${DEFAULT}\n${file('kept')}\ntrial type absent\n`;

export const asksRevert = (state: 'armed' | 'running' | 'none'): Step => asks('kmon-go-back', `${state}\n`);
export const asksProfile: Step = asks('NETWORK_FILE=.*/||p', '10-eth0.network\n');
export const asksAddress = (answer: Step['answer']): Step => asks('ip -o -4 addr show dev', answer);
export const asksGateway = (answers: boolean): Step =>
  asks('ip -4 neigh show', `192.0.2.1 ${answers ? 'lladdr 02:00:00:00:00:01 REACHABLE' : 'FAILED'}\n`);

export const sees = (state: string): readonly Step[] => [asksRevert('none'), asksProfile, asksAddress(state)];

/** From the ledger of a machine that has none to the trial. */
export const noted: readonly Step[] = [
  asks('ledger.jsonl'),
  looksAt(LEASED),
  does('note how static address of eth0 was before'),
  does('have the machine go back by itself in 60 s'),
];

/** A leased address, from the lease to what stays. */
export const STATIC_ADDRESS: readonly Scenario[] = [
  {
    name: 'static-address',
    stage: () => staticAddressStage(['pc-11']),
    setting: { facts: KEPT_BY_NETWORKD },
    bare: { child: sees(LEASED) },
    inferred: { child: sees(LEASED) },
    work: {
      child: [
        ...noted,
        does('make 192.0.2.11/24 of eth0 static (systemd-networkd, gateway 192.0.2.1), for a trial'),
        asksAddress(TRIED),
        asksGateway(true),
        does('keep the static address'),
        asksAddress(KEPT),
        does('stay with the static address'),
        asksRevert('none'),
        ...sees(KEPT),
      ],
    },
    done: { child: sees(KEPT) },
  },
];
