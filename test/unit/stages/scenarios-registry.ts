import type { CatalogueAddon } from '../../../src/addons/addon.js';
import { dockercoins } from '../../../src/addons/dockercoins/dockercoins.js';
import { registry } from '../../../src/addons/registry/registry.js';
import { SeenByStage } from '../../../src/engine/results.js';
import type { MachineWork } from '../../../src/engine/stage.js';
import { file } from '../../../src/resources/file.js';
import { catalogueStages, givingBackFor } from '../../../src/stages/cluster/catalogue-stages.js';
import { keptByFile, plainRegistryFile } from '../../../src/tools/containerd-hosts.js';
import { PARENT } from '../../support/sample-room.js';
import { asks, does } from '../../support/scripted-runner.js';
import type { Step } from '../../support/scripted-runner.js';
import { asksNodes, clusterReady } from './answers.js';
import type { Scenario } from './scenario.js';
import { learn, looks, looksAt } from './things.js';

/** A stage of an add-on by its name in reports. */
export function stageOf(addon: CatalogueAddon, id: string): MachineWork<unknown> {
  const stage = catalogueStages(addon).find((s) => s.id === id);
  if (stage === undefined || stage.on === 'observed') throw new TypeError(`${addon.id} has no stage ${id}`);
  return stage;
}

/** The parent was asked whom it trusts, and has no such file. */
function nothingRead(): SeenByStage {
  const seen = new SeenByStage();
  seen.keep(stageOf(registry, 'read-for-registry'), PARENT.name, '');
  return seen;
}

/** What gives back what it has changed on the machines. */
export function givingBack(addon: CatalogueAddon): MachineWork<unknown> {
  const [stage] = givingBackFor(addon, []);
  if (stage === undefined) throw new TypeError(`${addon.id} changes no machine`);
  return stage;
}

const nodes = asksNodes({ name: 'pc-10', address: '192.0.2.10' }, { name: 'pc-11', address: '192.0.2.11' });
const differs = asks('diff --server-side', { exitCode: 1, stdout: '+ kind: Deployment' });
const same = asks('diff --server-side');
const isNobodys = asks('get -f - --ignore-not-found');
const hasRun = asks('ledger.jsonl');

const rollout = (name: string, ready = 1, wanted = 1): Step =>
  asks(
    `deployments/${name}`,
    JSON.stringify({ spec: { replicas: wanted }, status: { readyReplicas: ready, updatedReplicas: wanted } }),
  );
const answering = (name: string): Step => asks(`/services/${name}:http/proxy/`, '');
const silent = (name: string): Step =>
  asks(`/services/${name}:http/proxy/`, {
    exitCode: 1,
    stderr: `Error from server (ServiceUnavailable): no endpoints available for service "${name}"`,
  });

/** Asked on the machine, by the name by which its containerd will. */
const heard = asks('/dev/tcp/', '30500 0 HTTP/1.1 200 OK\r\n30501 0 HTTP/1.0 200 OK\r\n');

const PLACE = 'kmon-parent:30500';
const FILES = [
  plainRegistryFile(PLACE, PLACE),
  plainRegistryFile('192.0.2.10:30500', PLACE),
  keptByFile('docker.io', 'kmon-parent:30501'),
].map(file);
learn(FILES);

const absent = { what: { type: 'absent' }, absentParents: [], emptyParents: [], unfinished: false };
/** Of the runtime, which stays; and of the add-on. */
const LEDGER = [
  { stage: 'runtime', thing: file({ path: '/etc/kmon/containerd.toml', content: 'x' }) },
  ...FILES.slice(0, 1).map((thing) => ({ stage: 'set-for-registry', thing })),
]
  .map(({ stage, thing: { id, kind, params } }, i) =>
    JSON.stringify({
      ...{ seq: i + 1, at: '2026-01-01T00:00:00Z', run: 'r', stage, id, kind, params },
      found: absent,
    }),
  )
  .map((line) => `${line}\n`);
const made = FILES[0]?.params as { readonly made: string };
const OURS = `type file\nmode 0644\nowner root:root\nids 0:0\nmtime 1\nsha256 ${made.made}\n`;
const ledger = asks('ledger.jsonl', LEDGER.join(''));
const ledgerAfter = asks('ledger.jsonl', LEDGER[0] ?? '');

const parts = ['redis', 'rng', 'hasher', 'worker', 'webui'].map((name) => rollout(name));
const mining = (rate: number, hashes: number): Step =>
  asks('/services/webui:http/proxy/json', JSON.stringify({ hashes, coins: 0, rate }));

/** Both registries come, machines are told of them and forget them again; DockerCoins comes. */
export const REGISTRY: readonly Scenario[] = [
  {
    name: 'set-for-registry',
    stage: () => stageOf(registry, 'set-for-registry'),
    setting: { config: { addons: ['registry'] } },
    bare: { parent: [nodes], child: [heard, looks('bare')] },
    inferred: { child: [looks('bare')] },
    work: {
      child: [
        hasRun,
        does('note how 3 things was before'),
        ...FILES.map(({ id }) => does(id.replace('file ', 'write '))),
        looks('done'),
      ],
    },
    done: { parent: [nodes], child: [heard, looks('done')] },
  },
  {
    name: 'registry',
    stage: () => stageOf(registry, 'registry'),
    setting: { machine: PARENT, config: { addons: ['registry'] }, seen: nothingRead() },
    bare: { parent: [...clusterReady, differs, isNobodys] },
    work: {
      parent: [
        ...[hasRun, does('apply registry'), rollout('kmon-registry', 0)],
        ...[rollout('kmon-registry'), rollout('kmon-registry-cache')],
        ...[answering('kmon-registry'), silent('kmon-registry-cache')],
        ...[rollout('kmon-registry'), rollout('kmon-registry-cache')],
        ...[answering('kmon-registry'), answering('kmon-registry-cache')],
      ],
    },
    done: {
      parent: [
        ...[...clusterReady, same, rollout('kmon-registry'), rollout('kmon-registry-cache')],
        ...[answering('kmon-registry'), answering('kmon-registry-cache')],
      ],
    },
  },
  {
    name: 'give-back-registry',
    stage: () => givingBack(registry),
    setting: {},
    bare: { child: [ledger] },
    inferred: { child: [ledger] },
    work: {
      child: [
        ...[ledger, ledger, looksAt(OURS)],
        does(`give back: file /etc/kmon/certs.d/${PLACE}/hosts.toml`),
        looksAt('type absent\n'),
        does('forget what is as found'),
        ledgerAfter,
      ],
    },
    done: { child: [ledgerAfter] },
  },
  {
    name: 'dockercoins',
    stage: () => stageOf(dockercoins, 'dockercoins'),
    setting: { machine: PARENT, config: { addons: ['dockercoins'] } },
    bare: { parent: [...clusterReady, differs, isNobodys] },
    work: {
      parent: [
        ...[hasRun, does('apply dockercoins'), rollout('redis', 0)],
        ...[...parts, rollout('worker'), mining(0, 0)],
        ...[...parts, rollout('worker'), mining(3.1, 4)],
      ],
    },
    done: { parent: [...clusterReady, same, ...parts, rollout('worker'), mining(3.1, 400)] },
  },
];
