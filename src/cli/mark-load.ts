import { existsSync } from 'node:fs';
import { GRAFANA_USER, grafanaPasswordFile } from '../addons/grafana-access.js';
import { readThroughParent } from '../cluster/through-parent.js';
import { KmonError } from '../errors/kmon-error.js';
import type { StressMark } from '../observe/stress-marks.js';
import { serviceOf } from '../stages/cluster/pages.js';
import { getServices } from '../tools/kubectl.js';
import { parseServices, portOf } from '../tools/services.js';
import type { Secret } from '../shell/secret.js';
import { readPasswordFile } from '../transport/private-file.js';
import type { App } from './app.js';
import { writeMarks } from './grafana-marks.js';

type Room = Pick<App, 'config' | 'untold' | 'forward' | 'tell'> & {
  readonly supply: Pick<App['supply'], 'programFolder'>;
};

/**
 * Marks a load in Grafana, through SSH to the parent. Says nothing where the room has no Grafana; where it has one, whether it was done or why
 * not. Fails nothing: the load was what was wanted.
 */
export async function markLoad(app: Room, marks: readonly StressMark[]): Promise<void> {
  if (marks.length === 0) return;
  try {
    const place = await grafanaOf(app);
    if (place === undefined) return;
    const { parent } = app.config.room;
    await writeMarks(
      {
        connect: () => app.forward(parent, place.host, place.port),
        user: GRAFANA_USER,
        password: await passwordOf(app),
        now: Date.now,
      },
      marks,
    );
    app.tell({
      type: 'note',
      text: 'marked in Grafana, dashboard Stress: before, during and after the load',
    });
  } catch (error) {
    if (!(error instanceof KmonError) || error.code === 'interrupted') throw error;
    app.tell({ type: 'note', text: `the load is not marked in Grafana: ${error.message}` });
  }
}

/** `undefined`: there is none, or nobody says where. */
async function grafanaOf(app: Room): Promise<{ readonly host: string; readonly port: number } | undefined> {
  const { config, supply } = app;
  // Somebody else's takes no marks of ours: nobody has given kmon a login.
  if (config.monitoring.profile === 'existing') return undefined;
  const cluster = readThroughParent(await app.untold(config.room.parent), supply);
  const listed = await cluster.query(getServices(cluster.kubectl, config.monitoring.namespace));
  const service = serviceOf('grafana', parseServices(listed), config);
  const port = service === undefined ? undefined : portOf(service)?.port;
  return service?.address === undefined || port === undefined ? undefined : { host: service.address, port };
}

async function passwordOf({ config }: Room): Promise<Secret> {
  const file = grafanaPasswordFile(config);
  if (!existsSync(file))
    throw new KmonError('precondition', 'its password is on the computer that deployed the monitoring');
  return readPasswordFile(file, "file with Grafana's password");
}
