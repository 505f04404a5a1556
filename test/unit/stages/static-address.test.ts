import { describe, expect, it } from 'vitest';
import { KmonError } from '../../../src/errors/kmon-error.js';
import type { Addressing } from '../../../src/facts/facts.js';
import { staticAddressStage } from '../../../src/stages/machine/static-address.js';
import { PARENT } from '../../support/sample-room.js';
import { does } from '../../support/scripted-runner.js';
import type { Step } from '../../support/scripted-runner.js';
import {
  asksAddress,
  asksGateway,
  asksProfile,
  asksRevert,
  KEPT,
  KEPT_BY_NETWORKD,
  LEASED,
  noted,
  sees,
  TRIED,
} from './scenarios-static-address.js';
import { play } from './stage-run.js';
import type { Played, Setting } from './stage-run.js';

const stage = staticAddressStage(['pc-11']);
const TRY = 'make 192.0.2.11/24 of eth0 static (systemd-networkd, gateway 192.0.2.1), for a trial';
const onNetworkd: Setting = { facts: KEPT_BY_NETWORKD };
const lost = new KmonError('unreachable', 'no answer');
const broken = new KmonError('connection-lost', 'the connection broke');

/** Back as it was, its entry in the ledger forgotten. */
const wentBack: readonly Step[] = [
  asksRevert('armed'),
  asksRevert('running'),
  asksRevert('none'),
  asksAddress(LEASED),
  does('forget what is as found'),
];

async function fails(steps: readonly Step[], setting: Setting = onNetworkd): Promise<KmonError> {
  const { outcome, error } = await play(stage, { child: [...sees(LEASED), ...steps] }, setting);
  expect(outcome).toBe('failed');
  if (error === undefined) throw new Error('no error');
  return error;
}

function changesOf({ journal }: Played): readonly string[] {
  return journal.filter((g) => g.verb === 'mutate').map((g) => g.intent ?? '');
}

describe('a trial that does not hold', () => {
  it('waits until a machine with a wrong gateway went back by itself, and says so', async () => {
    const error = await fails([...noted, does(TRY), asksAddress(TRIED), asksGateway(false), ...wentBack]);
    expect(error.code).toBe('not-verified');
    expect(error.message).toBe(
      'the static address 192.0.2.11/24 with the gateway 192.0.2.1 did not hold: the gateway 192.0.2.1 did not answer; the machine went back to its leased address by itself',
    );
    expect(error.hint).toBe(
      'look up the address of the router and run `kmon check --fix K-LEASE --only pc-11 --gateway ADDRESS` with it',
    );
  });

  it('waits for a machine that cannot be dialled any more', async () => {
    let dials = 0;
    const redial = async (): Promise<void> => {
      dials += 1;
      throw lost;
    };
    const error = await fails([...noted, does(TRY, broken), asksRevert('armed'), ...wentBack.slice(2)], {
      ...onNetworkd,
      redial,
    });
    expect(error.message).toContain('the machine could not be reached with it');
    expect(error.hint).toContain('have the router always lease this address');
    expect(dials).toBeGreaterThan(5);
  });

  it('tells what the machine said when it does not take the settings', async () => {
    const refused = { exitCode: 1, stderr: 'Could not load, ignoring: no' };
    const error = await fails([...noted, does(TRY, refused), ...wentBack]);
    expect(error.message).toMatch(
      /did not hold: could not .*: Could not load, ignoring: no; the machine went back/,
    );
  });

  it('does not take an address that stays leased for static', async () => {
    const still = Array.from({ length: 21 }, () => asksAddress(LEASED));
    const error = await fails([...noted, does(TRY), ...still, ...wentBack]);
    expect(error.message).toContain('the address was leased after it was set');
  });

  it('goes back when the way back ran while it was cancelled', async () => {
    const error = await fails([
      ...noted,
      does(TRY),
      asksAddress(TRIED),
      asksGateway(true),
      does('keep the static address'),
      asksAddress(KEPT),
      does('stay with the static address'),
      asksRevert('running'),
      ...wentBack,
    ]);
    expect(error.message).toContain('it took too long to prove it');
  });

  it('says so when a machine does not go back, and leaves the ledger to teardown', async () => {
    const never = Array.from({ length: 71 }, () => asksRevert('armed'));
    const error = await fails([...noted, does(TRY), asksAddress(TRIED), asksGateway(false), ...never]);
    expect(error.message).toBe('pc-11 was to go back to its leased address by itself, which cannot be seen');
    expect(error.hint).toContain('kmon teardown --only pc-11');
  });
});

describe('a trial that holds', () => {
  it('survives a connection that breaks, and dials anew before and after it is kept', async () => {
    const dialled: string[] = [];
    const played = await play(
      stage,
      {
        child: [
          ...sees(LEASED),
          ...noted,
          does(TRY, broken),
          asksAddress(TRIED),
          asksGateway(true),
          does('keep the static address', broken),
          asksAddress(KEPT),
          does('stay with the static address'),
          asksRevert('none'),
          ...sees(KEPT),
        ],
      },
      { ...onNetworkd, redial: async () => void dialled.push('anew') },
    );
    expect(played.error).toBeUndefined();
    expect(dialled).toHaveLength(2);
    expect(played.events).toContainEqual({
      type: 'note',
      machine: 'pc-11',
      text: expect.stringContaining('not to lease it to another computer') as string,
    });
  });

  it('waits for the end of an earlier one that nobody ended', async () => {
    const played = await play(
      stage,
      {
        child: [
          asksRevert('armed'),
          asksRevert('armed'),
          ...sees(LEASED),
          ...noted,
          does(TRY),
          asksAddress(TRIED),
          asksGateway(true),
          does('keep the static address'),
          asksAddress(KEPT),
          does('stay with the static address'),
          asksRevert('none'),
          ...sees(KEPT),
        ],
      },
      onNetworkd,
    );
    expect(played.error).toBeUndefined();
    expect(played.outcome).toBe('changed');
  });

  it('says that the machine goes back when it is stopped in the middle', async () => {
    const stop = new AbortController();
    const setting = { ...onNetworkd, signal: stop.signal };
    const redial = async (): Promise<void> => {
      stop.abort(new KmonError('interrupted', 'stopped'));
      throw lost;
    };
    const steps = [...sees(LEASED), ...noted, does(TRY)];
    const played = await play(stage, { child: steps }, { ...setting, redial });
    expect(played.error?.code).toBe('interrupted');
    expect(JSON.stringify(played.events)).toContain('goes back by itself within 60 s');
  });
});

describe('a machine that is not to be changed', () => {
  it('is left alone when it was not asked for', async () => {
    const played = await play(stage, { parent: [] }, { ...onNetworkd, machine: PARENT });
    expect(played).toMatchObject({ outcome: 'unchanged', because: 'not asked for' });
  });

  it.each([
    ['198.51.100.1', 'the gateway 198.51.100.1 is not in the network 192.0.2.0/24'],
    ['192.0.2.11', '192.0.2.11 is the address of the machine itself'],
    ['router', 'router is no IPv4 address'],
  ])('is not even asked with the gateway %s', async (gateway, message) => {
    const played = await play(staticAddressStage(['pc-11'], { gateway }), { child: [] }, onNetworkd);
    expect(played.error).toMatchObject({ code: 'usage', message });
    expect(played.error?.hint).toContain('--gateway ADDRESS');
  });

  it.each<[Addressing['manager'], string]>([
    [
      'ifupdown',
      'write into /etc/network/interfaces: "iface eth0 inet static", "address 192.0.2.11/24", "gateway 192.0.2.1", and restart the machine',
    ],
    [
      'dhcpcd',
      'write into /etc/dhcpcd.conf: "interface eth0", "static ip_address=192.0.2.11/24", "static routers=192.0.2.1", and restart dhcpcd',
    ],
    [
      'other',
      'have the router always lease 192.0.2.11 to this machine, or set it as a static address of eth0 by hand',
    ],
  ])('is told what to do by hand where %s keeps the address', async (manager, hint) => {
    const addressing = [{ device: 'eth0', address: '192.0.2.11', manager, leased: true }];
    const played = await play(stage, { child: [] }, { facts: { addressing } });
    expect(played.error).toMatchObject({ code: 'precondition', hint });
  });

  it('has its address elsewhere, or lost it, or has no settings for it', async () => {
    const none = await play(stage, { child: [] }, { facts: { ...KEPT_BY_NETWORKD, addresses: [] } });
    expect(none.error?.message).toBe('the machine does not have the address 192.0.2.11 of kmon.yaml');
    const gone = LEASED.replace('192.0.2.11/24', '192.0.2.99/24');
    expect((await play(stage, { child: sees(gone) }, onNetworkd)).error?.message).toBe(
      'eth0 does not have 192.0.2.11 any more',
    );
    const silent = { ...asksProfile, answer: '\n' };
    expect((await play(stage, { child: [asksRevert('none'), silent] }, onNetworkd)).error?.message).toBe(
      'systemd-networkd has no settings for eth0',
    );
  });

  it('is static already, with the gateway that is asked for or another one', async () => {
    const asked = (gateway: string) => staticAddressStage(['pc-11'], { gateway });
    const same = await play(asked('192.0.2.1'), { child: sees(KEPT) }, onNetworkd);
    expect(same).toMatchObject({ outcome: 'unchanged', because: 'static' });
    const other = await play(asked('192.0.2.9'), { child: sees(KEPT) }, onNetworkd);
    expect(other.error?.message).toBe('192.0.2.11 is static already, with the gateway 192.0.2.1');
    expect(other.error?.hint).toBe('run `kmon teardown --only pc-11` first');
    expect(changesOf(other)).toEqual([]);
  });
});
