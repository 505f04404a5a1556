import { KmonError } from '../../errors/kmon-error.js';
import { findEngine, type Engine } from '../container-engine.js';
import { findInternet, findMachines, findNetwork, lines } from '../inventory.js';
import { checkLabName } from '../names.js';
import { runProgram } from '../process.js';
import { requireRoot } from '../root.js';
import { settings } from '../settings.js';
import { internetAddresses } from '../subnet.js';
import { readTemplate } from '../templates.js';
import { answersOf, OWN_FOLDER } from './answers.js';
import { foreignAuthority, inWords, type InternetBehaviour } from './behaviour.js';
import { dnsConfig } from './dns.js';
import { INTERNET, INTERNET_NAMES } from './names.js';
import { proxySettings } from './proxy-known.js';
import { waysScript } from './ways.js';

/**
 * Makes the Internet of a lab behave so from now on, whatever it did before, and tells the room's machines what they are to know of its proxy.
 * Without a behaviour nothing is changed. Resolves to what is in force then, in words; empty: it is well.
 *
 * @throws KmonError `precondition` when the lab has no Internet of its own, or it does not run.
 */
export async function labInternet(o: {
  readonly name: string;
  readonly behaviour?: InternetBehaviour;
}): Promise<readonly string[]> {
  checkLabName(o.name);
  requireRoot();
  const engine = await findEngine(runProgram);
  const internet = await findInternet(engine, o.name);
  const network = await findNetwork(engine, o.name);
  if (internet === undefined || network === undefined) {
    throw new KmonError('precondition', `lab ${o.name} has no Internet of its own`, {
      hint: 'make a lab with kmon lab up --internet FOLDER',
    });
  }
  if (!internet.running) {
    throw new KmonError('precondition', `the machine ${INTERNET} of lab ${o.name} does not run`, {
      hint: 'start it with kmon lab up',
    });
  }
  const { behaviour } = o;
  if (behaviour === undefined) return inForce(engine, internet.container);
  const input = await behaveScript(behaviour, network.subnet);
  await engine.run(['exec', '--interactive', internet.container, 'sh', '-s'], { input });
  const address = internetAddresses(network.subnet).serves;
  const known = proxySettings(behaviour.proxy, { address, subnet: network.subnet, names: INTERNET_NAMES });
  const told =
    settings({ apt_conf: known.apt, environment: known.environment }) +
    (await readTemplate('internet/machine-proxy.sh'));
  const machines = (await findMachines(engine, o.name)).filter((machine) => machine.running);
  await Promise.all(
    machines.map((machine) =>
      engine.run(['exec', '--interactive', machine.container, 'sh', '-s'], { input: told }),
    ),
  );
  return inForce(engine, internet.container);
}

/** What of it is not as it should be, in words, as its machine has it. */
export async function inForce(engine: Engine, container: string): Promise<readonly string[]> {
  return lines((await engine.ask(['exec', container, 'cat', `${OWN_FOLDER}/behaviour`])).stdout);
}

/** The script that makes it behave so, for the `sh` of its machine. */
export async function behaveScript(b: InternetBehaviour, subnet: string): Promise<string> {
  const addresses = internetAddresses(subnet);
  const { http, server } = answersOf(b, addresses.serves);
  const values = {
    http_conf: http,
    server_conf: server,
    dnsmasq_conf: dnsConfig(INTERNET_NAMES, addresses, b),
    ways: waysScript(b, addresses),
    foreign: foreignAuthority(b) ?? '',
    proxy: b.proxy === undefined ? 'no' : 'yes',
    words: inWords(b).join('\n'),
  };
  return settings(values) + (await readTemplate('internet/behave.sh'));
}
