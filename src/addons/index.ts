import type { Addon, CatalogueAddon } from './addon.js';
import { existing } from './existing/existing.js';
import { flannel } from './flannel/flannel.js';
import { lite } from './lite/lite.js';
import { metricsServer } from './metrics-server/metrics-server.js';
import { routes } from './routes/routes.js';
import { stack } from './stack/stack.js';
import { vxlan } from './vxlan/vxlan.js';
import { pushgateway } from './pushgateway/pushgateway.js';
import { blackbox } from './blackbox/blackbox.js';
import { storage } from './storage/storage.js';
import { ingress } from './ingress/ingress.js';
import { dashboard } from './dashboard/dashboard.js';
import { dockercoins } from './dockercoins/dockercoins.js';
import { registry } from './registry/registry.js';

/** What a class may have beside the workshop itself, in the order of its names in `src/config/sections/addons.ts`. */
export const CATALOGUE: readonly CatalogueAddon[] = [
  metricsServer,
  pushgateway,
  blackbox,
  storage,
  ingress,
  dashboard,
  registry,
  dockercoins,
];

/** Every add-on there is, one a folder. */
export const ADDONS: readonly Addon[] = [flannel, routes, vxlan, lite, stack, existing, ...CATALOGUE];
