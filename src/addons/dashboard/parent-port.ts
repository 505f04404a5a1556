import { clusterNodes } from '../../cluster/nodes.js';
import type { Context } from '../../engine/context.js';
import { PORTS } from '../../room/ports.js';
import { askForPage, parsePage } from '../../tools/page.js';
import { NO_PERL } from '../../trial/program.js';
import { parentOf } from '../parent-node.js';

/**
 * Why no page comes from the parent's port, asked from the parent itself by the address that the class has; `undefined`: one does. Of a cluster that
 * is no room nobody has said which machines can be reached; and without perl nothing can ask. Only looks.
 */
export async function silentPort(c: Context): Promise<string | undefined> {
  if (c.cluster.context !== undefined) return undefined;
  const node = await parentOf(c);
  const address = (await clusterNodes(c)).find(({ name }) => name === node)?.internalIp;
  const at = { address: address ?? c.config.room.parent.address, port: PORTS.dashboard.port };
  const answer = await c.parent.query(askForPage(at, NO_PERL));
  if (answer.exitCode === NO_PERL) return undefined;
  const status = parsePage(answer);
  if (status === undefined) return `nobody answers at http://${at.address}:${at.port}/`;
  return status < 400 ? undefined : `http://${at.address}:${at.port}/ answers with ${status}`;
}
