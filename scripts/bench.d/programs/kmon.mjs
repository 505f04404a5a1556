// kmon's own way to the facts of every machine: the program's code as a process of its own. `facts` ends with the facts, `check`
// judges them too, without a network trial: that needs machines with ports of their own.
//
// usage: kmon.mjs facts|check KMON_YAML AT_ONCE
import ssh2 from 'ssh2';
import { supplyFor } from '../../../src/artifacts/supply-for.ts';
import { openRoom } from '../../../src/cli/machines.ts';
import { loadConfig } from '../../../src/config/load.ts';
import { forEachMachine } from '../../../src/engine/for-each-machine.ts';
import { FACTS_BEGIN, factsCommand } from '../../../src/facts/script.ts';
import { readFacts } from '../../../src/facts/read.ts';
import { allMachines } from '../../../src/room/room.ts';

const [what, file, atOnce] = process.argv.slice(2);

// Round trips are counted where they leave this program: every request to run something, whoever makes it.
const requests = new Map();
const { exec } = ssh2.Client.prototype;
ssh2.Client.prototype.exec = function counted(...args) {
  requests.set(this.config.host, (requests.get(this.config.host) ?? 0) + 1);
  return exec.apply(this, args);
};

const config = await loadConfig(file, process.cwd());
const looks = new Map();
const machines = openRoom({
  config,
  prompter: undefined,
  emit: (event) => {
    if (event.type === 'command' && event.shown.includes(FACTS_BEGIN))
      looks.set(event.machine, (looks.get(event.machine) ?? 0) + 1);
  },
  signal: new AbortController().signal,
  dryRun: false,
  along: factsCommand(config.room.parent.address),
  onSecret: () => undefined,
});
const all = allMachines(config.room);
const marks = { loaded: performance.now() };
const results = await forEachMachine(all, Number(atOnce), async (machine) =>
  readFacts(await machines.open(machine), config.room.parent.address),
);
marks.facts = performance.now();
const failed = results.find((result) => !result.ok);
if (failed !== undefined) throw failed.error;
const factsOf = new Map(all.map((machine, i) => [machine.name, results[i].value]));
let findings;
if (what === 'check') {
  const { verdicts } = await import('../../../src/findings/verdicts.ts');
  findings = verdicts({ config, factsOf, unseen: [], supply: supplyFor(config) }).length;
}
marks.judged = performance.now();
await machines.close();
marks.closed = performance.now();

const most = (counts) => Math.max(...counts);
process.stdout.write(
  `${JSON.stringify({
    reached: factsOf.size,
    findings,
    marksMs: Object.fromEntries(Object.entries(marks).map(([name, ms]) => [name, Math.round(ms)])),
    roundTrips: {
      facts: most(all.map((machine) => looks.get(machine.name) ?? 0)),
      all: most(all.map((machine) => requests.get(machine.address) ?? 0)),
    },
  })}\n`,
);
