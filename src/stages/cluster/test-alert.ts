import { waysOf } from '../../config/sections/alerts.js';
import { give, key } from '../../engine/results.js';
import type { Context, Stage } from '../../engine/stage.js';
import { blocked, onParent, pending, satisfied } from '../../engine/stage.js';
import { KmonError } from '../../errors/kmon-error.js';
import { addAlert, askDeliveries, askLog, lastRefusal, parseDeliveries } from '../../tools/alertmanager.js';
import type { Deliveries } from '../../tools/alertmanager.js';
import { getPods } from '../../tools/kubectl.js';
import { parsePods } from '../../tools/pods.js';
import { clusterThere } from './cluster-there.js';
import { alertmanagerOf } from './metrics.js';

/** Who gets the test, in Alertmanager's configuration: the same addresses as of any alert, counted by themselves. */
const RECEIVER = 'test';

const LASTS_MS = 60_000;

/** What was counted before the test was sent. */
const BEFORE = key<readonly Deliveries[]>('what was counted before the test');

export interface TestSeen {
  readonly refused?: KmonError;
  /** Of this test alone; absent: it is not sent yet. */
  readonly since?: readonly Deliveries[];
  readonly counted: readonly Deliveries[];
}

/** Sends one alert and sees whether every way of the room took it, as Alertmanager counts it. */
export const testAlert: Stage<TestSeen> = {
  id: 'test-alert',
  title: 'Send a test alert',
  after: onParent(clusterThere),
  on: 'cluster',
  settleMs: 20_000,
  look: async (c, so) => {
    if (c.config.monitoring.profile === 'existing') return { refused: notOurs(), counted: [] };
    if (waysOf(c.config.monitoring.alerts).length === 0) return { refused: leadsNowhere(), counted: [] };
    const asked = await c.cluster.query(askDeliveries(c.cluster.kubectl, alertmanagerOf(c.config)));
    const counted = parseDeliveries(asked, RECEIVER);
    if (counted === undefined) return { refused: silent(asked.stderr), counted: [] };
    const before = so.get(BEFORE);
    return { counted, ...(before === undefined ? {} : { since: counted.map((now) => less(now, before)) }) };
  },
  foresee: () => ({ counted: [] }),
  judge: ({ refused, since }) => {
    if (refused !== undefined) return blocked(refused);
    if (since === undefined) return pending('no test is sent yet');
    const missing = since.filter((d) => !hasArrived(d));
    return since.length > 0 && missing.length === 0
      ? satisfied(`arrived by ${since.map((d) => d.way).join(' and ')}`)
      : pending(`${missing.map((d) => d.way).join(' and ')} did not take it`);
  },
  steps: ({ counted }, c) => [
    {
      at: 'cluster',
      intent: 'give Alertmanager a test alert',
      command: () => {
        const now = c.clock.now();
        return addAlert(c.cluster.kubectl, alertmanagerOf(c.config), {
          // Another each time: the same would be told once an hour.
          labels: { alertname: 'KmonTest', severity: 'none', sent: new Date(now).toISOString() },
          annotations: {
            summary: `a test of the alerts of room ${c.config.room.name}`,
            remedy: 'nothing is the matter, and it is over in a minute',
          },
          startsAt: new Date(now).toISOString(),
          endsAt: new Date(now + LASTS_MS).toISOString(),
        });
      },
      gives: () => give(BEFORE, counted),
    },
  ],
  diagnose: async (because, c) => {
    const why = await refusal(c);
    return new KmonError('not-verified', `the test alert did not arrive: ${because}`, {
      ...(why === undefined ? {} : { evidence: why }),
      hint: 'see whether the address is right, and whether the parent reaches it; run `kmon deploy-monitoring` where it is another now',
    });
  },
};

function less(now: Deliveries, before: readonly Deliveries[]): Deliveries {
  const then = before.find((d) => d.way === now.way);
  return {
    way: now.way,
    tried: now.tried - (then?.tried ?? 0),
    failed: now.failed - (then?.failed ?? 0),
  };
}

function hasArrived({ tried, failed }: Deliveries): boolean {
  return tried > failed;
}

async function refusal(c: Context): Promise<string | undefined> {
  const { namespace } = c.config.monitoring;
  const label = 'app.kubernetes.io/name=alertmanager';
  const pods = parsePods(await c.cluster.query(getPods(c.cluster.kubectl, namespace, label)));
  const name = pods.find((p) => p.phase === 'Running')?.name;
  if (name === undefined) return undefined;
  const log = await c.cluster.query(askLog(c.cluster.kubectl, { namespace, name }));
  return lastRefusal(log.stdout, RECEIVER);
}

/** Whoever is called by it would be called for nothing. */
function notOurs(): KmonError {
  return new KmonError(
    'precondition',
    "alerts of this cluster are sent by somebody else's Alertmanager, which gets no test from kmon",
    { hint: 'ask whoever keeps it; what fires is shown by `kmon alerts`' },
  );
}

function leadsNowhere(): KmonError {
  return new KmonError('precondition', 'alerts stay in the room: kmon.yaml names nowhere to send them', {
    hint: 'write monitoring.alerts into kmon.yaml, such as {webhook: {urlFile: webhook.txt}}, and run `kmon deploy-monitoring`',
  });
}

function silent(stderr: string): KmonError {
  const said = stderr.trim().split('\n').at(-1) ?? '';
  return new KmonError('precondition', 'there is no Alertmanager in the room that answers', {
    evidence: said.replace(/^Error from server \(\w+\): /, ''),
    hint: 'run `kmon deploy-monitoring`: it installs the monitoring, or says what is wrong with it',
  });
}
