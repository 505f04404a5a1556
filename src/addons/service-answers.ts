import type { Context } from '../engine/context.js';
import { getIfThere } from '../tools/kubectl.js';

/**
 * What the API server says itself when it gets nothing from a Service that it is to pass a request on to, as kubectl 1.36 prints it. Everything else,
 * such as Traefik's 404 where no Ingress leads anywhere, has come from behind the Service.
 */
const FROM_THE_API =
  /services "[^"]*" not found|namespaces "[^"]*" not found|no endpoints available|error trying to reach service|cannot get resource|^(?!Error from server)/;

/** Why nobody answers at the port of a Service, asked through the API server; `undefined`: somebody does, whatever it says. Only looks. */
export async function notAnswering(
  { cluster }: Pick<Context, 'cluster'>,
  { namespace, name, port }: { readonly namespace: string; readonly name: string; readonly port: string },
): Promise<string | undefined> {
  const path = `/api/v1/namespaces/${namespace}/services/${name}:${port}/proxy/`;
  const { exitCode, stderr } = await cluster.query(getIfThere(cluster.kubectl, path));
  const said = stderr.trim().split('\n').at(-1) ?? '';
  return exitCode === 0 || !FROM_THE_API.test(said) ? undefined : `nobody answers at the port: ${said}`;
}
