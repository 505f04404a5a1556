import { NODE_EXPORTER } from '../../artifacts/images.js';
import { typedFor } from '../../cluster/cluster-runner.js';
import { notRolledOut } from '../../cluster/rollout.js';
import type { Context } from '../../engine/context.js';
import type { Addon } from '../addon.js';
import { alertsLeave } from '../alerts.js';
import { ownLiteChart } from '../lite/chart.js';
import { LITE_RELEASE } from '../lite/release.js';
import { LEFT_BY_OPERATOR, stackRelease } from '../stack/names.js';
import { nameOf } from './choose.js';
import { whatItKnows } from './look.js';
import { existingRelease } from './names.js';
import { lackingIn, planExisting } from './plan.js';
import type { ExistingPlan } from './plan.js';
import { renderExisting } from './rendered.js';
import { hasAlerts } from './rules.js';
import { existingValues } from './values.js';

/**
 * The monitoring of the profile `existing`: a Prometheus that somebody has in the cluster already is used, and not doubled. What kmon brings is one
 * release: a monitor that has the machines asked once more under the names that kmon knows them by, its rules, its dashboards, and node-exporter where
 * there is none. Nothing of others' is changed.
 */
export const existing: Addon = {
  id: 'existing',
  stage: 'existing-monitoring',
  title: 'Use the monitoring that is there',
  group: 'monitoring',
  notWanted: ({ monitoring }) =>
    monitoring.profile === 'existing' ? undefined : `the profile is \`${monitoring.profile}\``,
  needs: [NODE_EXPORTER],
  install: (c) => {
    const { namespace } = c.config.monitoring;
    return [
      {
        kind: 'release',
        ...existingRelease(namespace),
        chart: ownLiteChart(c),
        values: async () => JSON.stringify(existingValues(await planned(c), c.supply)),
        replaces: [
          { release: LITE_RELEASE, namespace, leaves: [] },
          { ...stackRelease(namespace), leaves: LEFT_BY_OPERATOR },
        ],
        told: whereAlertsGo(c),
        ...(alertsLeave(c.config)
          ? {
              leftOut:
                'monitoring.alerts of kmon.yaml is left out: where alerts go is a matter of whose Prometheus it is',
            }
          : {}),
      },
    ];
  },
  proofs: [exporterRuns, isTaken],
  // A kubelet brings a changed configuration to Prometheus within a minute and a half, after its operator has made it.
  settleMs: 240_000,
  ports: ['exporter'],
  render: renderExisting,
  leaves: ({ monitoring: { namespace } }) => ({
    release: { ...existingRelease(namespace), leaves: [] },
    secrets: [],
  }),
  explain: {
    en: 'The cluster has a Prometheus already, which somebody keeps. It is asked to look at our machines too, under their names, and to mind our rules; it goes on with all that it did before.',
    fr: "Le cluster a déjà un Prometheus, dont quelqu'un s'occupe. On lui demande de regarder aussi nos machines, sous leurs noms, et de veiller à nos règles ; il continue tout ce qu'il faisait avant.",
  },
};

/** Made once in a run: what it brings does not change it. */
function planned(c: Context): Promise<ExistingPlan> {
  return c.shared('existing-plan', 600_000, () => planExisting(c));
}

function whereAlertsGo({ config, cluster }: Context): string {
  return hasAlerts(config.monitoring)
    ? "kmon's alerts go where that Prometheus sends its own: whoever hears of those hears of these too"
    : `kmon's alerts are left out: they would go where that Prometheus sends its own, and kmon.yaml does not say that it is to be used; write \`profile: existing\` below \`monitoring:\` and run \`${typedFor(cluster, 'kmon deploy-monitoring')}\` to have them`;
}

async function exporterRuns(c: Context): Promise<string | undefined> {
  const { exporter } = await planned(c);
  if (exporter.whose === 'theirs') return undefined;
  const { namespace } = c.config.monitoring;
  return notRolledOut(c.cluster, [{ kind: 'daemonsets', namespace, name: 'kmon-node-exporter' }]);
}

async function isTaken(c: Context): Promise<string | undefined> {
  const { prometheus, pool } = await planned(c);
  const knows = await whatItKnows(c, prometheus);
  const lacking = await lackingIn(knows, pool, c.config.monitoring);
  return lacking.length === 0
    ? undefined
    : `the Prometheus ${nameOf(prometheus)} has not taken it yet: ${lacking.join(', ')}`;
}
