import { stat } from 'node:fs/promises';
import { KmonError } from '../../errors/kmon-error.js';
import type { Engine } from '../container-engine.js';
import { lines, type FoundMachine } from '../inventory.js';
import { bringUp, type Making } from '../machine.js';
import { containerName } from '../names.js';
import { settings } from '../settings.js';
import { internetAddresses } from '../subnet.js';
import { readTemplate } from '../templates.js';
import { OWN_FOLDER } from './answers.js';
import { behaveScript, inForce } from './behave.js';
import { WELL } from './behaviour.js';
import type { InternetFolder } from './folder.js';
import { INTERNET, INTERNET_NAMES } from './names.js';
import type { LabInternet } from './through-internet.js';

/** Where its machine has what it serves. */
const SERVED = '/srv/internet';

/**
 * The lab's Internet: kept when it runs, started when it is stopped, made when it is wanted. Gives `undefined` for a lab that has none and
 * is to have none. It comes before the room's machines, which have to trust it from their first start.
 *
 * @param o.isFirst the room has no machine yet.
 * @throws KmonError `precondition` when it is wanted for machines that are there without it, or serves another folder.
 */
export async function ensureInternet(o: {
  readonly making: Making;
  readonly wanted?: InternetFolder;
  readonly found: FoundMachine | undefined;
  readonly isFirst: boolean;
  readonly say: (line: string) => void;
}): Promise<LabInternet | undefined> {
  const { making, wanted, found } = o;
  if (wanted === undefined && found === undefined) return undefined;
  const { engine, lab } = making;
  const startOver = `remove it with kmon lab down --name ${lab}, then run this again`;
  if (found === undefined && !o.isFirst) {
    throw new KmonError('precondition', `lab ${lab} is there already, without an Internet of its own`, {
      hint: startOver,
    });
  }
  const address = internetAddresses(making.network.subnet).serves;
  const container = containerName(lab, INTERNET);
  const reads = wanted === undefined ? {} : { reads: { folder: wanted.folder, at: SERVED } };
  const { did } = await bringUp(making, { name: INTERNET, address, container, ...reads }, found);
  if (wanted !== undefined && !(await serves(engine, container, wanted.folder))) {
    throw new KmonError('precondition', `the Internet of lab ${lab} serves another folder`, {
      hint: startOver,
    });
  }
  if ((await engine.ask(['exec', container, 'test', '-e', `${OWN_FOLDER}/ready`])).exitCode !== 0) {
    o.say(`${INTERNET}: installing what serves it`);
    await engine.run(['exec', '--interactive', container, 'sh', '-s'], {
      input: await setupScript(making.network.subnet),
    });
  }
  o.say(`${INTERNET}: ${did}, ${address} answers for ${INTERNET_NAMES.length} names`);
  for (const fault of await inForce(engine, container)) o.say(`${INTERNET}: ${fault}`);
  const authority = await engine.run(['exec', container, 'cat', `${OWN_FOLDER}/authority.crt`]);
  return { address, authority, names: INTERNET_NAMES };
}

/** Whether a machine has that folder of this computer: it is the very same one, not a copy. */
async function serves(engine: Engine, container: string, folder: string): Promise<boolean> {
  const { ino } = await stat(folder);
  return (await engine.run(['exec', container, 'stat', '--format', '%i', SERVED])).trim() === String(ino);
}

/** Names of the packages that it serves. */
export async function servedPackages(engine: Engine, container: string): Promise<ReadonlySet<string>> {
  const args = ['exec', container, 'find', SERVED, '-name', '*.deb', '-printf', '%f\\n'];
  return new Set(lines((await engine.ask(args)).stdout));
}

/** The script for its `sh`: what serves it, and that nothing is in the way. */
async function setupScript(subnet: string): Promise<string> {
  const template = (name: string): Promise<string> => readTemplate(`internet/${name}`);
  const values = {
    names: INTERNET_NAMES.join(' '),
    nginx_conf: await template('nginx.conf'),
    manifests_conf: await template('manifests.conf'),
    token_conf: await template('token.conf'),
    proxy_conf: await template('proxy.conf'),
    dns_service: await template('lab-dns.service'),
    proxy_service: await template('lab-proxy.service'),
    ways_service: await template('lab-ways.service'),
  };
  return settings(values) + (await template('setup.sh')) + (await behaveScript(WELL, subnet));
}
