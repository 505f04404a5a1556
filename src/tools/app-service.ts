import type { ExecResult } from '../transport/transport.js';
import { parseForeignJson } from './foreign-json.js';
import type { ForeignJson } from './foreign-json.js';
import { itemsOf } from './kubernetes-objects.js';

/** A Service of an application of somebody's. */
export interface AppService {
  readonly labels: Readonly<Record<string, string>>;
  readonly annotations: Readonly<Record<string, string>>;
  readonly ports: readonly AppPort[];
}

/** A port of a Service, or of the pods of a workload. */
export interface AppPort {
  /** Absent: it is the only one, or nobody has given it one. */
  readonly name?: string;
  readonly number: number;
  /** Of a Service: the port of its pods, by number or name. */
  readonly targetPort?: string | number;
}

/** What makes pods that no Service leads to. */
export interface AppWorkload {
  /** By which it knows its pods. */
  readonly labels: Readonly<Record<string, string>>;
  readonly ports: readonly AppPort[];
}

/** One place behind a Service, or one pod. */
export interface Endpoint {
  readonly address: string;
  readonly port: number;
  readonly ready: boolean;
  readonly node?: string;
}

/** Kinds of workload, as the API has them in its paths. */
export const WORKLOAD_KINDS = ['deployments', 'statefulsets', 'daemonsets'] as const;

/** @throws KmonError `command` when it is no object. */
export function parseAppService(result: ExecResult): AppService {
  const service = parseForeignJson(result.stdout, 'kubectl');
  return {
    labels: service.at('metadata', 'labels').texts,
    annotations: service.at('metadata', 'annotations').texts,
    ports: service.at('spec', 'ports').list.flatMap((item) => {
      const target = item.at('targetPort');
      return port(item, item.at('port').number, target.text ?? target.number);
    }),
  };
}

/** @throws KmonError `command` when it is no object. */
export function parseWorkload(result: ExecResult): AppWorkload {
  const spec = parseForeignJson(result.stdout, 'kubectl').at('spec');
  const containers = spec.at('template', 'spec', 'containers').list;
  return {
    labels: spec.at('selector', 'matchLabels').texts,
    ports: containers
      .flatMap((c) => c.at('ports').list)
      .flatMap((item) => port(item, item.at('containerPort').number)),
  };
}

function port(
  item: ForeignJson,
  number: number | undefined,
  targetPort?: string | number,
): readonly AppPort[] {
  const name = item.at('name').text ?? '';
  if (number === undefined) return [];
  return [
    {
      number,
      ...(name === '' ? {} : { name }),
      ...(targetPort === undefined ? {} : { targetPort }),
    },
  ];
}

/**
 * The places that a port of a Service leads to, by IPv4. `name` is the port's; `undefined`: it has none.
 *
 * @throws KmonError `command` when it is no list.
 */
export function parseEndpoints(result: ExecResult, name: string | undefined): readonly Endpoint[] {
  return itemsOf(result, 'endpoints').flatMap((slice) => {
    if (slice.at('addressType').text !== 'IPv4') return [];
    const found = slice.at('ports').list.find((p) => (p.at('name').text ?? '') === (name ?? ''));
    const number = found?.at('port').number;
    if (number === undefined) return [];
    return slice.at('endpoints').list.flatMap((endpoint) => {
      const node = endpoint.at('nodeName').text;
      const [address] = endpoint.at('addresses').list;
      if (address?.text === undefined) return [];
      return [
        {
          address: address.text,
          port: number,
          // Where nobody says otherwise it is.
          ready: endpoint.at('conditions', 'ready').flag ?? true,
          ...(node === undefined ? {} : { node }),
        },
      ];
    });
  });
}
