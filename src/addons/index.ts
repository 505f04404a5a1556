import type { Addon } from './addon.js';
import { flannel } from './flannel/flannel.js';
import { lite } from './lite/lite.js';
import { routes } from './routes/routes.js';
import { stack } from './stack/stack.js';
import { vxlan } from './vxlan/vxlan.js';

/** Every add-on there is, one a folder. */
export const ADDONS: readonly Addon[] = [flannel, routes, vxlan, lite, stack];
