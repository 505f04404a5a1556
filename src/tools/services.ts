import type { ExecResult } from '../transport/transport.js';
import { parseForeignJson } from './foreign-json.js';
import { releaseOf } from './kubernetes-objects.js';

/** Where pods reach a Service of the cluster, by the first of its ports. */
export interface Service {
  readonly address: string;
  readonly port: number;
}

/** One of the Services of a namespace. */
export interface ListedService {
  readonly namespace: string;
  readonly name: string;
  readonly labels: Readonly<Record<string, string>>;
  /** The release of helm that has made it. */
  readonly release?: string;
  /** Which pods it leads to; absent: others say where it leads. */
  readonly selector?: Readonly<Record<string, string>>;
  /** Absent: it has none of its own. */
  readonly address?: string;
  readonly ports: readonly {
    readonly name?: string;
    readonly port: number;
    /** The port of the machines that leads to it. */
    readonly nodePort?: number;
  }[];
}

/** @throws KmonError `command` when it is no list of Services. */
export function parseServices(result: ExecResult): readonly ListedService[] {
  return parseForeignJson(result.stdout, 'kubectl')
    .at('items')
    .list.map((item) => {
      const address = item.at('spec').at('clusterIP').text;
      const selector = item.at('spec', 'selector');
      return {
        namespace: item.at('metadata', 'namespace').text ?? '',
        name: item.at('metadata').at('name').text ?? '',
        labels: item.at('metadata').at('labels').texts,
        ...releaseOf(item),
        ...(selector.exists ? { selector: selector.texts } : {}),
        ...(address === undefined || address === 'None' ? {} : { address }),
        ports: item
          .at('spec')
          .at('ports')
          .list.flatMap((port) => {
            const [name, number, nodePort] = [
              port.at('name').text,
              port.at('port').number,
              port.at('nodePort').number,
            ];
            return number === undefined
              ? []
              : [
                  {
                    port: number,
                    ...(name === undefined ? {} : { name }),
                    ...(nodePort === undefined ? {} : { nodePort }),
                  },
                ];
          }),
      };
    });
}

/** Where its pages are, of several ports. */
export function portOf({ ports }: Pick<ListedService, 'ports'>): ListedService['ports'][number] | undefined {
  return ports.find(({ name }) => name?.startsWith('http') !== false) ?? ports[0];
}

/** `undefined`: it has no address of its own, or no port. @throws KmonError `command` when it is no Service. */
export function parseService(result: ExecResult): Service | undefined {
  const spec = parseForeignJson(result.stdout, 'kubectl').at('spec');
  const address = spec.at('clusterIP').text;
  const port = spec.at('ports').list[0]?.at('port').number;
  return address === undefined || address === 'None' || port === undefined ? undefined : { address, port };
}
