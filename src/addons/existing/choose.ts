import type { MonitoringConfig } from '../../config/config.js';
import { nearestKey } from '../../config/mistakes/suggest.js';
import { present } from '../../config/optional-key.js';
import { KmonError } from '../../errors/kmon-error.js';
import { portOf } from '../../tools/services.js';
import type { ListedService } from '../../tools/services.js';
import type { PrometheusService } from '../../tools/prometheus.js';
import { ownElsewhere, ownIsElsewhere } from '../own-elsewhere.js';
import { leadsTo } from './operated.js';
import type { Operated } from './operated.js';

/** The Prometheus of somebody else's that is used. */
export interface ExistingPrometheus {
  readonly at: PrometheusService;
  /** The object of it; absent: no operator keeps it, and its configuration is a matter of whoever wrote it. */
  readonly operated?: Operated;
}

/** What a cluster has that may be, or lead to, a Prometheus. */
export interface PrometheusThere {
  readonly operated: readonly Operated[];
  /** Of all namespaces. */
  readonly services: readonly ListedService[];
}

type Monitoring = Pick<MonitoringConfig, 'namespace' | 'existing'>;

/** What kmon calls the Prometheus of its own profiles, and its Service. */
const OWN = 'kmon-prometheus';

const SAY_WHICH =
  'write monitoring.existing into kmon.yaml, such as {namespace: NAMESPACE, service: SERVICE}';

/**
 * The one that kmon.yaml names, or the only one there is: of an operator's, or one of which the Service says by its label that it is a Prometheus.
 *
 * @throws KmonError `precondition` that says what is there instead; nothing is chosen by chance
 */
export function choosePrometheus(there: PrometheusThere, monitoring: Monitoring): ExistingPrometheus {
  const elsewhere = ownElsewhere([...there.operated, ...there.services], monitoring.namespace);
  if (elsewhere !== undefined) throw ownIsElsewhere(elsewhere, monitoring.namespace);
  const chosen =
    monitoring.existing === undefined
      ? theOnlyOne(candidates(there, monitoring))
      : named(there, monitoring.existing);
  const shards = chosen.operated?.shards ?? 1;
  if (shards > 1)
    throw new KmonError(
      'precondition',
      `the Prometheus ${nameOf(chosen)} is spread over ${shards} shards, of which none knows every machine`,
      {
        hint: 'use one that is not (monitoring.existing), or monitoring.profile: lite, which brings one of its own',
      },
    );
  return chosen;
}

/** As people call it. */
export function nameOf({ at, operated }: ExistingPrometheus): string {
  return operated === undefined ? `${at.namespace}/${at.service}` : `${operated.namespace}/${operated.name}`;
}

interface Candidate {
  readonly name: string;
  /** Absent: no Service leads to it. */
  readonly found?: ExistingPrometheus;
}

function candidates(
  { operated, services }: PrometheusThere,
  { namespace }: Monitoring,
): readonly Candidate[] {
  const isOwn = (one: { readonly namespace?: string; readonly name: string }): boolean =>
    one.namespace === namespace && one.name === OWN;
  const others = operated.filter((one) => !isOwn(one));
  const plain = services.filter(
    (service) =>
      service.labels['app.kubernetes.io/name'] === 'prometheus' &&
      !isOwn(service) &&
      !operated.some((one) => leadsTo(service, one)),
  );
  return [
    ...others.map((one): Candidate => {
      const service = serviceTo(one, operated, services);
      return {
        name: `${one.namespace}/${one.name}, kept by an operator${service === undefined ? '' : ` (Service ${service.name})`}`,
        ...present('found', service === undefined ? undefined : { at: placeOf(service, one), operated: one }),
      };
    }),
    // Several may lead to the same pods: one for those within the cluster, one without an address of its own.
    ...onePerSelector(plain).map((service): Candidate => {
      return { name: `the Service ${service.namespace}/${service.name}`, found: { at: placeOf(service) } };
    }),
  ];
}

function theOnlyOne(all: readonly Candidate[]): ExistingPrometheus {
  const [first, ...more] = all;
  if (first === undefined)
    throw new KmonError('precondition', "there is no Prometheus of somebody else's in this cluster", {
      evidence: 'no object of an operator, and no Service with the label app.kubernetes.io/name=prometheus',
      hint: `where it is called otherwise, ${SAY_WHICH}; where there is none, write monitoring.profile: lite, which brings one`,
    });
  if (more.length > 0)
    throw new KmonError('precondition', `there are ${all.length} Prometheus in this cluster`, {
      evidence: all.map(({ name }) => name).join('; '),
      hint: `say which is to be used: ${SAY_WHICH}`,
    });
  if (first.found === undefined)
    throw new KmonError('precondition', `no Service leads to the Prometheus ${first.name}`, {
      hint: 'make one for its pods, by which it can be asked',
    });
  return first.found;
}

function named(
  { operated, services }: PrometheusThere,
  { namespace, service: name, port }: NonNullable<Monitoring['existing']>,
): ExistingPrometheus {
  const there = services.filter((service) => service.namespace === namespace);
  const service = there.find((one) => one.name === name);
  if (service === undefined) {
    const near = nearestKey(
      name,
      there.map((one) => one.name),
    );
    throw new KmonError(
      'precondition',
      `there is no Service ${name} in the namespace ${namespace}, which kmon.yaml names (monitoring.existing)${near === undefined ? '' : `: did you mean ${near}?`}`,
      {
        evidence:
          there.length === 0
            ? 'there is no Service at all in it'
            : `there is ${there.map((one) => one.name).join(', ')}`,
        hint: 'name the one that leads to Prometheus',
      },
    );
  }
  const ports = service.ports.map((p) => p.name ?? String(p.port));
  if (port !== undefined && !service.ports.some((p) => p.name === port || String(p.port) === port))
    throw new KmonError(
      'precondition',
      `the Service ${namespace}/${name} has no port ${port} (monitoring.existing.port)`,
      { evidence: `it has ${ports.join(', ')}`, hint: 'name one of these, or leave the port out' },
    );
  const of = operated.filter((one) => leadsTo(service, one));
  const [one, ...more] = of;
  if (more.length > 0)
    throw new KmonError('precondition', `the Service ${namespace}/${name} leads to ${of.length} Prometheus`, {
      evidence: of.map((each) => `${each.namespace}/${each.name}`).join('; '),
      hint: 'name in monitoring.existing one that leads to one of them alone',
    });
  const at = { ...placeOf(service, one), ...present('port', port) };
  return { at, ...present('operated', one) };
}

/** One that leads to it and to no other; one with an address of its own before one without. */
function serviceTo(
  to: Operated,
  all: readonly Operated[],
  services: readonly ListedService[],
): ListedService | undefined {
  const own = services.filter(
    (service) => all.filter((one) => leadsTo(service, one)).length === 1 && leadsTo(service, to),
  );
  return own.find(({ address }) => address !== undefined) ?? own[0];
}

function placeOf(service: ListedService, operated?: Operated): PrometheusService {
  const web = service.ports.find(({ name, port }) => name === 'web' || name === 'http-web' || port === 9090);
  const port = web ?? portOf(service);
  return {
    namespace: service.namespace,
    service: service.name,
    port: port?.name ?? String(port?.port ?? 9090),
    ...present('prefix', operated?.prefix),
  };
}

function onePerSelector(services: readonly ListedService[]): readonly ListedService[] {
  const byPods = new Map<string, ListedService>();
  for (const service of services) {
    const pods = JSON.stringify([service.namespace, Object.entries(service.selector ?? {}).toSorted()]);
    const known = byPods.get(pods);
    if (known === undefined || (known.address === undefined && service.address !== undefined))
      byPods.set(pods, service);
  }
  return [...byPods.values()];
}
