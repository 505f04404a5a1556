import { NGINX } from '../../artifacts/images.js';
import type { Context } from '../../engine/context.js';
import { renderTemplate } from '../../render/render.js';
import { readTemplate } from '../../render/templates.js';

/** All of the test application is in it, and nothing else: it goes with it. */
export const TEST_APP_NAMESPACE = 'kmon-test-app';

/** Its DaemonSet, and its Service. */
export const TEST_APP = 'kmon-test-app';

/** What its pods carry, as `key=value`. */
export const TEST_APP_LABEL = `app.kubernetes.io/name=${TEST_APP}`;

/** The port on which its pods listen. */
export const TEST_APP_PORT = 8080;

/** @returns its objects as YAML; `undefined`: the room's supply has no image for it. */
export async function testAppManifest({
  config,
  supply,
}: Pick<Context, 'config' | 'supply'>): Promise<string | undefined> {
  const image = supply.image(NGINX);
  if (image === undefined) return undefined;
  return renderTemplate(await readTemplate('test-app/test-app.yaml'), {
    namespace: TEST_APP_NAMESPACE,
    parent: config.room.parent.name,
    image,
  });
}
