import type { ExecResult } from '../transport/transport.js';
import { parseForeignJson } from './foreign-json.js';

/** Where pods reach a Service of the cluster, by the first of its ports. */
export interface Service {
  readonly address: string;
  readonly port: number;
}

/** `undefined`: it has no address of its own, or no port. @throws KmonError `command` when it is no Service. */
export function parseService(result: ExecResult): Service | undefined {
  const spec = parseForeignJson(result.stdout, 'kubectl').at('spec');
  const address = spec.at('clusterIP').text;
  const port = spec.at('ports').list[0]?.at('port').number;
  return address === undefined || address === 'None' || port === undefined ? undefined : { address, port };
}
