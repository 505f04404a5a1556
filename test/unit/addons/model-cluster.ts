import type { ClusterRunner } from '../../../src/cluster/cluster-runner.js';
import { KmonError } from '../../../src/errors/kmon-error.js';
import { dryRunner } from '../../../src/runner/dry.js';
import type { Runner } from '../../../src/runner/runner.js';
import type { Command } from '../../../src/shell/command.js';
import { Secret } from '../../../src/shell/secret.js';
import type { ExecResult } from '../../../src/transport/transport.js';
import type { OthersCluster } from '../../support/others-cluster.js';
import {
  exporters,
  knows,
  namespaces,
  prometheuses,
  services,
  servicesOf,
} from '../../support/others-cluster.js';
import { asksNodes } from '../stages/answers.js';
import { looks } from '../stages/things.js';

const NODES = asksNodes(
  { name: 'pc-10', address: '192.0.2.10', podCidr: '10.244.0.0/24' },
  { name: 'pc-11', address: '192.0.2.11', podCidr: '10.244.1.0/24', labels: { 'kmon/team': 'red' } },
  { name: 'pc-12', address: '192.0.2.12', podCidr: '10.244.2.0/24' },
);

/** What metrics-server tells of them. */
const METRICS = JSON.stringify({
  items: ['pc-10', 'pc-11', 'pc-12'].map((name) => ({
    metadata: { name },
    usage: { cpu: '135821470n', memory: '612340Ki' },
  })),
});

/** What Prometheus has of what add-ons ask it, whatever the question. */
const MEASURED = `${JSON.stringify({
  status: 'success',
  data: {
    resultType: 'vector',
    result: ['pc-10', 'pc-11', 'pc-12']
      .flatMap((node) => ['ping', 'kubelet'].map((probe) => ({ node, probe })))
      .map((metric) => ({ metric, value: [1767225600, '1'] })),
  },
})}\n@@kmon 0\n`;

/** A custom resource whose operator has nothing more to do. */
const CONTENT = JSON.stringify({
  metadata: { generation: 2 },
  status: {
    conditions: ['Available', 'Reconciled'].map((type) => ({ type, status: 'True', observedGeneration: 2 })),
  },
});

/** One change that was made. */
interface Change {
  readonly intent: string;
  readonly command: Command;
}

/** An object in the values of a release. */
export interface GivenObject {
  readonly kind: string;
  readonly metadata: {
    readonly name: string;
    readonly namespace: string;
    readonly labels?: Readonly<Record<string, string>>;
  };
  readonly spec?: {
    /** Of rules. */
    readonly groups?: readonly { readonly name: string; readonly rules: readonly object[] }[];
  };
}

type Said = string | { readonly exitCode: number; readonly stdout?: string; readonly stderr?: string };

/**
 * A cluster of three machines that keeps what it is given, for whatever add-on: releases by their name, objects as they were applied. A
 * question that it does not know fails, so that no add-on asks something that nobody answers.
 */
export class ModelCluster {
  readonly changes: Change[] = [];
  readonly asked: Command[] = [];
  readonly applied = new Set<string>();
  private readonly releases = new Map<string, { readonly status: string; readonly description: string }>();
  private readonly others: OthersCluster;
  private rolloutsAsked = 0;
  private machinesChanged = false;

  /** @param others what somebody has in it already */
  constructor(others: OthersCluster = {}) {
    this.others = others;
  }

  /** As a helm that was killed leaves it. */
  interrupt(): void {
    for (const [name, release] of this.releases)
      this.releases.set(name, { ...release, status: 'pending-upgrade' });
  }

  runner(machine: string, dryRun = false): Runner {
    const live: Runner = {
      machine,
      dryRun: false,
      query: async (command) => this.result(command),
      attempt: async () => Promise.reject(new Error('nobody tries anything here')),
      mutate: async (intent, command) => {
        this.change(intent, command);
      },
    };
    return dryRun ? dryRunner(live) : live;
  }

  throughContext(context: string, dryRun: boolean): ClusterRunner {
    const run = this.runner(context, dryRun);
    const program = (binary: string) => ({ binary, context });
    return Object.assign(run, { context, kubectl: program('kubectl'), helm: program('helm') });
  }

  private result(command: Command): ExecResult {
    this.asked.push(command);
    const said = this.answer(command);
    const {
      exitCode,
      stdout = '',
      stderr = '',
    } = typeof said === 'string' ? { exitCode: 0, stdout: said } : said;
    const { ok = [0] } = command;
    if (ok !== 'any' && !ok.includes(exitCode)) throw new KmonError('command', `a look failed: ${stderr}`);
    return { exitCode, stdout, stderr, durationMs: 1 };
  }

  private answer(command: Command): Said {
    const { script } = command;
    if (/^echo '[0-9a-f]{24} 0'\n/.test(script)) {
      const { answer } = looks(this.machinesChanged ? 'done' : 'bare');
      const said = typeof answer === 'function' ? answer(command) : '';
      return typeof said === 'string' ? said : '';
    }
    if (script.includes('ledger.jsonl')) return '';
    if (script.includes('[ -e /etc/kubernetes/admin.conf ]')) return 'yes\ndone\n';
    if (script.includes('/readyz')) return 'readyz check passed';
    if (script.endsWith('get --raw /api/v1/nodes')) return NODES.answer as string;
    if (script.includes('diff --server-side'))
      return { exitCode: this.applied.has(stdinOf(command)) ? 0 : 1 };
    // Nothing is there that somebody else has made.
    if (script.includes(' get -f - --ignore-not-found ')) return '';
    if (script.includes('/configmaps/')) return { exitCode: 1, stderr: 'Error from server (NotFound)' };
    if (script.endsWith('/apis/metrics.k8s.io/v1beta1/nodes')) return METRICS;
    if (script.includes('/services/kmon-prometheus:http/proxy/')) return MEASURED;
    if (script.endsWith('/services/kmon-prometheus')) return '{}';
    if (script.includes(' create token ')) return `${TOKEN}\n`;
    if (script.includes(' config view ')) return '{"server":"https://192.0.2.10:6443"}';
    if (script.startsWith('umask 077\n')) return triedWith(stdinOf(command), script);
    if (script.includes('perl -MIO::Socket::INET')) return 'HTTP/1.1 200 OK\r\n';
    if (script.endsWith('/services/kmon-dashboard:http/proxy/')) return '<!doctype html>';
    // Of Traefik: no Ingress leads anywhere.
    if (script.endsWith('/services/kmon-ingress:web/proxy/'))
      return {
        exitCode: 1,
        stderr: 'Error from server (NotFound): the server could not find the requested resource',
      };
    // Of a registry: its front page is empty.
    if (/\/services\/kmon-registry(-cache)?:http\/proxy\/$/.test(script)) return '';
    if (script.endsWith('/services/webui:http/proxy/json'))
      return JSON.stringify({ hashes: 42, coins: 3, rate: 3.1 });
    if (/\/(storage|ingress)classes$/.test(script)) return JSON.stringify({ items: [] });
    const secret = /\/secrets\/(\S+)/.exec(script)?.[1];
    if (secret !== undefined)
      return { exitCode: [...this.applied].some((text) => text.includes(`"${secret}"`)) ? 0 : 1 };
    const wanted = / get customresourcedefinitions (.*) --ignore-not-found /.exec(script)?.[1];
    if (wanted !== undefined) return this.definitionsOf(wanted.split(' '));
    const said = this.ofOthers(script);
    if (said !== undefined) return said;
    if (/\/monitoring\.coreos\.com\/v1\/namespaces\/\S+$/.test(script)) return CONTENT;
    const release = / history (\S+) --max 4/.exec(script)?.[1];
    if (release !== undefined) return this.history(release);
    // The first time it is asked for, nothing has started yet.
    if (/\/(deployments|daemonsets|statefulsets)\/\S+$/.test(script)) {
      const ready = this.rolloutsAsked++ > 0 ? 1 : 0;
      return JSON.stringify({
        spec: { replicas: 1 },
        status: { readyReplicas: ready, updatedReplicas: 1 },
      });
    }
    throw new Error(`nobody knows an answer to: ${script}`);
  }

  private ofOthers(script: string): string | undefined {
    const {
      operated = [],
      services: more = [],
      exporters: there = [],
      namespaces: named = {},
      told,
    } = this.others;
    const path = / get --raw (\S+)/.exec(script)?.[1] ?? '';
    switch (path) {
      case '/apis/monitoring.coreos.com/v1/prometheuses':
        return prometheuses(operated);
      case '/api/v1/services':
        return services([...operated.flatMap(servicesOf), ...more]);
      case '/apis/apps/v1/daemonsets':
        return exporters(there);
      case '/api/v1/namespaces':
        return namespaces(named);
      default:
        if (!path.endsWith('/proxy/api/v1/scrape_pools')) return undefined;
        return told === undefined ? this.taken() : knows(told.pools, told.groups);
    }
  }

  /** What its operator has given a Prometheus of what the release has for it. */
  private taken(): string {
    const monitor = this.objectsOf('kmon-existing').find(({ kind }) => kind.endsWith('Monitor'));
    if (monitor === undefined) return knows([], []);
    const kind = monitor.kind === 'PodMonitor' ? 'podMonitor' : 'serviceMonitor';
    const rules = this.objectsOf('kmon-existing').find((object) => object.kind === 'PrometheusRule');
    const groups = (rules?.spec?.groups ?? []).map(({ name }) => name);
    return knows([`${kind}/${monitor.metadata.namespace}/kmon-machines/0`], groups);
  }

  /** What a release was given to install as it is. */
  objectsOf(release: string): readonly GivenObject[] {
    if (!this.releases.has(release)) return [];
    const last = this.changes.findLast(({ command }) => command.script.includes(` --install ${release} `));
    const { objects } = JSON.parse(last === undefined ? '{}' : stdinOf(last.command)) as {
      readonly objects?: readonly GivenObject[];
    };
    return objects ?? [];
  }

  /** As they were applied. */
  private definitionsOf(names: readonly string[]): string {
    const all = [...this.applied].flatMap((text) => text.split('\n---\n'));
    return names
      .flatMap((name) => {
        const found = all.find((text) => text.includes(`"metadata":{"name":"${name}"`));
        const version = /"kmon\/definitions":"([^"]+)"/.exec(found ?? '')?.[1];
        return version === undefined ? [] : [`${name}   kmon   ${version}`];
      })
      .join('\n');
  }

  private history(name: string): Said {
    const release = this.releases.get(name);
    if (release === undefined) return { exitCode: 1, stderr: 'Error: release: not found' };
    return JSON.stringify([{ revision: 1, chart: 'any-0.1.0', ...release }]);
  }

  private change(intent: string, command: Command): void {
    const { script } = command;
    if (/^note how /.test(intent)) return;
    this.changes.push({ intent, command });
    const [, name = '', description = ''] =
      / upgrade --install (\S+) .* --description '([^']*)'/.exec(script) ?? [];
    const removed = / uninstall (\S+) /.exec(script)?.[1];
    if (removed !== undefined) this.releases.delete(removed);
    else if (name !== '') this.upgrade(name, description);
    else if (script.includes('apply --server-side')) this.applied.add(stdinOf(command));
    else this.machinesChanged = true;
  }

  private upgrade(name: string, description: string): void {
    if (this.releases.get(name)?.status.startsWith('pending') === true)
      throw new KmonError('command', 'another operation (install/upgrade/rollback) is in progress');
    this.releases.set(name, { status: 'deployed', description });
  }
}

/** A token of an account, good for eight hours from the first moment of the clock of tests. */
const TOKEN = ['{}', '{"iat":1767225600,"exp":1767254400}', 'signed']
  .map((part) => Buffer.from(part).toString('base64url'))
  .join('.');

/** What comes of each of several attempts with a kubeconfig: who may look sees no Secrets, and makes nothing. */
function triedWith(kubeconfig: string, script: string): string {
  const attempts = script.split('\n').filter((line) => line.startsWith('said='));
  return attempts
    .map((line) => {
      if (!kubeconfig.includes(TOKEN)) return '1 error: You must be logged in to the server (Unauthorized)';
      return /\/secrets|\/proxy|\/exec| create --raw /.test(line)
        ? '1 Error from server (Forbidden): User "teacher" cannot get resource "secrets"'
        : '0 ';
    })
    .join('\n');
}

function stdinOf({ stdin }: Command): string {
  if (stdin instanceof Secret) return stdin.reveal();
  return typeof stdin === 'string' ? stdin : '';
}
