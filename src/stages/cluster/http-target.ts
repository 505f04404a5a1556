import type { LoadAddress } from '../../apps/http-load/load-address.js';
import {
  askedUrl,
  outside,
  placeOf,
  placeOfName,
  ownNamespace,
  requireInside,
  serviceName,
} from '../../apps/http-load/load-target.js';
import type { LoadPlace } from '../../apps/http-load/load-target.js';
import type { Context, Stage } from '../../engine/stage.js';
import { blocked, here, lookingStage, onParent, satisfied } from '../../engine/stage.js';
import { KmonError } from '../../errors/kmon-error.js';
import { reads, withOptions } from '../../shell/command.js';
import { getEndpoints, getPods } from '../../tools/kubectl.js';
import { parsePods } from '../../tools/pods.js';
import { getAllServices, getPodsAt, parseEndpoints, parseRoutedServices } from '../../tools/scaling.js';
import type { RoutedService } from '../../tools/scaling.js';
import { whose } from '../machine/whose.js';
import { clusterThere } from './cluster-there.js';
import { inCluster } from './in-cluster.js';

/** Who is loaded, and how that is asked. */
export interface HttpTarget {
  readonly url: string;
  readonly host?: string;
  /** The Service that leads to it; absent: a pod alone, or a program of a machine's own. */
  readonly service?: RoutedService;
  /** For people. */
  readonly called: string;
}

export type TargetSeen = KmonError | HttpTarget;

/**
 * Who answers under the address, before anything is installed or sent: a Service, a pod or a machine of the room. Whatever else is refused, also
 * a Service that leads out of the room, and a name that the machine which asks knows with an address outside.
 */
export function httpTarget(asked: LoadAddress): Stage<TargetSeen> {
  return lookingStage<TargetSeen>({
    id: 'http-target',
    title: 'See who would be loaded',
    after: [...here(whose, inCluster), ...onParent(clusterThere)],
    on: 'all',
    look: async (c) => {
      try {
        return await targetOf(asked, c);
      } catch (error) {
        if (error instanceof KmonError && error.code === 'precondition') return error;
        throw error;
      }
    },
    judge: (seen) =>
      seen instanceof KmonError ? blocked(seen) : satisfied(`${seen.called} would be asked for ${seen.url}`),
  });
}

async function targetOf(asked: LoadAddress, c: Context): Promise<HttpTarget> {
  const { config } = c;
  const services = parseRoutedServices(await c.cluster.query(getAllServices(c.cluster.kubectl)));
  const place = placeOf(asked, config, services);
  const found =
    place.kind === 'name' ? placeOfName(asked, await addressesOf(c, place.name), config, services) : place;
  switch (found.kind) {
    case 'name':
      throw new TypeError('an address is no name');
    case 'service':
      return routed(asked, c, found, found.service, `the Service ${serviceName(found.service)}`);
    case 'machine': {
      const { machine, service } = found;
      if (service === undefined)
        return { ...askedUrl(asked, found.address), called: `a program on ${machine.name}` };
      const called = `the Service ${serviceName(service)}, by its port of ${machine.name},`;
      return routed(asked, c, found, service, called);
    }
    case 'pod':
      return { ...askedUrl(asked, found.address), called: await podAt(asked, c, found.address) };
  }
}

async function routed(
  asked: LoadAddress,
  c: Context,
  { address }: Exclude<LoadPlace, { readonly kind: 'name' }>,
  service: RoutedService,
  called: string,
): Promise<HttpTarget> {
  const { cluster } = c;
  const { namespace, name } = service;
  const behind = parseEndpoints(await cluster.query(getEndpoints(cluster.kubectl, namespace, name)));
  const pods = parsePods(await cluster.query(getPods(cluster.kubectl, namespace)));
  const addresses = pods.flatMap((pod) => pod.address ?? []);
  requireInside(asked, service, { behind, pods: addresses, config: c.config });
  return { ...askedUrl(asked, address), service, called };
}

/** The name of the pod that has the address. @throws KmonError `precondition` when there is none, or it is Kubernetes' own */
async function podAt(asked: LoadAddress, c: Context, address: string): Promise<string> {
  const [pod] = parsePods(await c.cluster.query(getPodsAt(c.cluster.kubectl, address)));
  if (pod === undefined)
    throw outside(
      asked,
      `${address} is no machine of the room, no Service and no pod of the cluster`,
      'load a Service (http://NAME.NAMESPACE), a machine of the room, or a pod by its address',
    );
  const whose = ownNamespace(pod.namespace, c.config);
  if (whose !== undefined)
    throw new KmonError(
      'precondition',
      `the pod ${pod.namespace}/${pod.name} is ${whose}: a load there would hit the class and no application`,
      { hint: 'load an application of the class' },
    );
  return `the pod ${pod.namespace}/${pod.name}`;
}

/** The addresses of a name, as programs on the machine that asks would find them; none: it does not know the name. */
async function addressesOf({ run }: Context, name: string): Promise<readonly string[]> {
  const { stdout } = await run.query(withOptions(reads`timeout 10 getent ahostsv4 ${name}`, { ok: 'any' }));
  return [...new Set(stdout.split('\n').flatMap((line) => /^(\S+)\s/.exec(line)?.[1] ?? []))];
}
