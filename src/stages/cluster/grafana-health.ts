import { leavesGrafanaOut } from '../../addons/stack/values.js';
import { SHIPPED } from '../../dashboards/shipped.js';
import type { Context } from '../../engine/stage.js';
import { KmonError } from '../../errors/kmon-error.js';
import type { HealthCheck } from '../../observe/prometheus-health.js';
import { withOptions } from '../../shell/command.js';
import { DASHBOARDS_PATH, parseDashboards, sourceHealthPath, sourceTrouble } from '../../tools/grafana.js';
import { apiPath, getRaw, getServices } from '../../tools/kubectl.js';
import { parseServices } from '../../tools/services.js';
import type { ListedService } from '../../tools/services.js';
import { portOf } from '../../tools/services.js';
import { serviceOf } from './pages.js';

/** What is seen of Grafana. */
export interface GrafanaSeen {
  readonly health: readonly HealthCheck[];
  readonly notes: readonly string[];
}

/** The data source of both profiles, which every dashboard asks. */
const SOURCE = 'prometheus';

const DEPLOY = 'run `kmon deploy-monitoring`: it waits for it, or says what keeps it from starting';

/**
 * Where there is a Grafana: it answers, it shows kmon's dashboards to somebody without a login, as the class looks at them, and the Prometheus
 * that they ask answers it. Where there is none, of the profile that has one, why. Asked through the API server, as all of the cluster.
 */
export async function lookAtGrafana(c: Context): Promise<GrafanaSeen> {
  const { namespace } = c.config.monitoring;
  const { cluster } = c;
  const services = parseServices(await cluster.query(getServices(cluster.kubectl, namespace)));
  const service = serviceOf('grafana', services, c.config);
  if (service === undefined) return withoutGrafana(c, services);
  const answers = await ask(c, service, '/api/health');
  if (!answers.ok)
    return {
      health: [
        {
          what: 'Grafana',
          good: false,
          because: `it does not answer${answers.said === '' ? '' : `: ${answers.said}`}`,
          remedy: DEPLOY,
        },
      ],
      notes: [],
    };
  const [dashboards, source] = await Promise.all([
    ask(c, service, DASHBOARDS_PATH),
    ask(c, service, sourceHealthPath(SOURCE)),
  ]);
  const here: HealthCheck = { what: 'Grafana', good: true, because: 'it answers' };
  if (isClosed(dashboards) || isClosed(source))
    return {
      health: [here],
      notes: [
        'Grafana wants a login of whoever looks (monitoring.values), so its dashboards and its data source were not looked at',
      ],
    };
  return { health: [here, dashboardsCheck(dashboards), sourceCheck(source)], notes: [] };
}

/** What an answer is, or why there is none. */
type Answer = { readonly ok: true; readonly body: string } | { readonly ok: false; readonly said: string };

async function ask({ cluster, config }: Context, service: ListedService, path: string): Promise<Answer> {
  const name = `${service.name}:${portOf(service)?.name ?? ''}`;
  const at = apiPath('api', 'v1', 'namespaces', config.monitoring.namespace, 'services', name);
  const asked = withOptions(getRaw(cluster.kubectl, `${at}/proxy${path}`), { ok: 'any' });
  const { exitCode, stdout, stderr } = await cluster.query(asked);
  return exitCode === 0
    ? { ok: true, body: stdout }
    : { ok: false, said: stderr.trim().split('\n').at(-1) ?? '' };
}

function isClosed(answer: Answer): boolean {
  return !answer.ok && /must be logged in|unauthorized|forbidden/i.test(answer.said);
}

function dashboardsCheck(answer: Answer): HealthCheck {
  const what = "Grafana's dashboards";
  try {
    if (!answer.ok) return bad(what, `they cannot be listed: ${answer.said}`, DEPLOY);
    const there = parseDashboards(answer.body);
    const lacking = SHIPPED.filter((uid) => !there.has(uid));
    if (lacking.length === 0)
      return { what, good: true, because: `all ${SHIPPED.length} of kmon's, of ${there.size}` };
    return bad(
      what,
      `${lacking.join(', ')} ${lacking.length === 1 ? 'is' : 'are'} not there`,
      'give Grafana a minute, since it looks for new ones now and then; else run `kmon deploy-monitoring`',
    );
  } catch (error) {
    return bad(what, messageOf(error), DEPLOY);
  }
}

function sourceCheck(answer: Answer): HealthCheck {
  const what = "Grafana's data source";
  try {
    const trouble = answer.ok ? sourceTrouble(answer.body) : answer.said;
    if (trouble === undefined) return { what, good: true, because: 'Prometheus answers it' };
    return bad(
      what,
      `Prometheus does not answer it: ${trouble}`,
      'see whether Prometheus itself answers (above), and whether Grafana has its address (Connections, Data sources)',
    );
  } catch (error) {
    return bad(what, messageOf(error), DEPLOY);
  }
}

function bad(what: string, because: string, remedy: string): HealthCheck {
  return { what, good: false, because, remedy };
}

function messageOf(error: unknown): string {
  if (error instanceof KmonError) return error.message;
  throw error;
}

/** The small monitoring goes without it as often as not; of the other one it is half of what somebody wanted. */
async function withoutGrafana(c: Context, services: readonly ListedService[]): Promise<GrafanaSeen> {
  const { profile, grafana, values } = c.config.monitoring;
  // Without any of it there is more to say than that.
  if (profile !== 'stack' || serviceOf('prometheus', services, c.config) === undefined)
    return { health: [], notes: [] };
  const noted = (text: string): GrafanaSeen => ({ health: [], notes: [text] });
  if (!grafana) return noted('Grafana is switched off in kmon.yaml (monitoring.grafana.enabled)');
  if (await leavesGrafanaOut(c.config))
    return noted(`Grafana is switched off in ${values ?? 'monitoring.values'}`);
  // What a bundle has is not known here.
  if (!c.supply.fetched)
    return noted(
      'there is no Grafana: it was left out when the monitoring was deployed, for want of its image',
    );
  return {
    health: [bad('Grafana', 'it is not there', 'run `kmon deploy-monitoring`: it installs it')],
    notes: [],
  };
}
