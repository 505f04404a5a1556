// From single runs to what is told: medians, and ratios taken within a round, where both clients saw the same computer.
import { execFileSync } from 'node:child_process';
import { cpus } from 'node:os';

export function median(numbers) {
  const sorted = numbers.toSorted((a, b) => a - b);
  const middle = Math.floor(sorted.length / 2);
  return sorted.length % 2 === 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
}

/** How many times as long as `other` a client takes: the median over the rounds; `null` when one of them was not measured. */
export function ratio(runs, name, other) {
  if (runs[name] === undefined || runs[other] === undefined) return null;
  return rounded(median(runs[name].map((run, i) => run.wallMs / runs[other][i].wallMs)));
}

/** The whole answer; `measured` holds the sizes in rising order. */
export function describe(measured, rounds) {
  const sizes = measured.map(describeSize);
  const [first, last] = [sizes[0], sizes.at(-1)];
  return {
    benchmark: 'fanout',
    rounds,
    computer: { cpus: cpus().length, node: process.version, ...versions(Object.keys(measured[0].runs)) },
    // Of the largest size.
    overFloor: last.overFloor,
    ansibleSetupOver: last.ansibleSetupOver,
    roundTrips: last.roundTrips,
    clientMemoryMb: last.clientMemoryMb,
    growth: first === last ? null : growth(first, last),
    sizes,
  };
}

function describeSize({ machines, runs }) {
  const facts = runs.facts ?? [];
  const details = facts.at(-1)?.details;
  return {
    machines,
    overFloor: ratio(runs, 'facts', 'floor'),
    overScript: ratio(runs, 'facts', 'script'),
    checkOverFloor: ratio(runs, 'check', 'floor'),
    ansibleSetupOver: ratio(runs, 'ansible-setup', 'facts'),
    ansibleRawOver: ratio(runs, 'ansible-raw', 'facts'),
    psshOver: ratio(runs, 'pssh', 'facts'),
    clushOver: ratio(runs, 'clush', 'facts'),
    roundTrips:
      details === undefined
        ? null
        : { facts: details.roundTrips.facts, others: details.roundTrips.all - details.roundTrips.facts },
    clientMemoryMb: facts.length === 0 ? null : Math.max(...facts.map((run) => run.memoryMb)),
    clients: Object.fromEntries(
      Object.entries(runs).map(([name, all]) => [
        name,
        {
          wallMs: median(all.map((run) => run.wallMs)),
          cpuMs: median(all.map((run) => run.cpuMs)),
          memoryMb: Math.max(...all.map((run) => run.memoryMb)),
          rounds: all.map((run) => run.wallMs),
        },
      ]),
    ),
  };
}

/** Time against machines, from the smallest size to the largest: `time` not above `machines` is linear or better. */
function growth(first, last) {
  const [from, to] = [first.clients.facts, last.clients.facts];
  if (from === undefined || to === undefined) return null;
  return { machines: rounded(last.machines / first.machines), time: rounded(to.wallMs / from.wallMs) };
}

function versions(clients) {
  const packages = {
    'ansible-core': clients.some((name) => name.startsWith('ansible-')),
    pssh: clients.includes('pssh'),
    clustershell: clients.includes('clush'),
    'openssh-server': true,
  };
  return {
    packages: Object.fromEntries(
      Object.entries(packages).flatMap(([name, used]) =>
        used
          ? [[name, execFileSync('dpkg-query', ['-W', '-f', '${Version}', name], { encoding: 'utf8' })]]
          : [],
      ),
    ),
  };
}

function rounded(number) {
  return Math.round(number * 100) / 100;
}
