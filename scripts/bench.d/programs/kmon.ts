// kmon's own way to the facts of every machine: the program's code as a process of its own. `facts` ends with the facts, `check`
// judges them too, without a network trial: that needs machines with ports of their own.
//
// usage: kmon.ts facts|check KMON_YAML AT_ONCE
import ssh2 from 'ssh2';
import { decideNetwork, withNetwork } from '../../../src/artifacts/pod-network.js';
import { withProfile } from '../../../src/artifacts/profile.js';
import { supplyFor } from '../../../src/artifacts/supply-for.js';
import { openRoom } from '../../../src/cli/machines.js';
import { loadConfig } from '../../../src/config/load.js';
import { forEachMachine } from '../../../src/engine/for-each-machine.js';
import { FACTS_BEGIN, factsCommand } from '../../../src/facts/script.js';
import { readFacts } from '../../../src/facts/read.js';
import { allMachines } from '../../../src/room/room.js';

const [what, file = '', atOnce] = process.argv.slice(2);

// Round trips are counted where they leave this program: every request to run something, whoever makes it.
const requests = new Map<string, number>();
const clients: { exec: (...args: never[]) => unknown } = ssh2.Client.prototype;
clients.exec = new Proxy(clients.exec, {
  apply: (exec, client: { readonly config: { readonly host: string } }, args: readonly unknown[]) => {
    countOne(requests, client.config.host);
    return Reflect.apply(exec, client, args) as unknown;
  },
});

const read = await loadConfig(file, process.cwd());
const config = withNetwork(withProfile(read, { profile: 'lite' }), decideNetwork(read));
const looks = new Map<string, number>();
const machines = openRoom({
  config,
  prompter: undefined,
  emit: (event) => {
    if (event.type === 'command' && event.shown.includes(FACTS_BEGIN)) countOne(looks, event.machine);
  },
  signal: new AbortController().signal,
  dryRun: false,
  along: factsCommand(config.room.parent.address),
  onSecret: () => undefined,
});
const all = allMachines(config.room);
const marks: Record<string, number> = { loaded: performance.now() };
const results = await forEachMachine(all, Number(atOnce), async (machine) =>
  readFacts(await machines.open(machine), config.room.parent.address),
);
marks['facts'] = performance.now();
const facts = results.map((result) => {
  if (!result.ok) throw result.error;
  return result.value;
});
const factsOf = new Map(all.flatMap(({ name }, i) => facts.slice(i, i + 1).map((of) => [name, of] as const)));
let findings: number | undefined;
if (what === 'check') {
  const { verdicts } = await import('../../../src/findings/all-verdicts.js');
  findings = verdicts({ config, factsOf, unseen: [], supply: supplyFor(config) }).length;
}
marks['judged'] = performance.now();
await machines.close();
marks['closed'] = performance.now();

function countOne(counts: Map<string, number>, of: string): void {
  counts.set(of, (counts.get(of) ?? 0) + 1);
}

function most(counts: Map<string, number>, of: readonly string[]): number {
  return Math.max(...of.map((one) => counts.get(one) ?? 0));
}

process.stdout.write(
  `${JSON.stringify({
    reached: factsOf.size,
    findings,
    marksMs: Object.fromEntries(Object.entries(marks).map(([name, ms]) => [name, Math.round(ms)])),
    roundTrips: {
      facts: most(
        looks,
        all.map((machine) => machine.name),
      ),
      all: most(
        requests,
        all.map((machine) => machine.address),
      ),
    },
  })}\n`,
);
