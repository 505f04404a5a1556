import type { Bundle } from '../bundle/bundle.js';
import { absentBundle, bundleSupply } from './bundle-supply.js';
import type { MirrorsConfig } from '../config/config.js';
import { onlineSupply, onlineSupplyBy } from './online-supply.js';
import type { Supply } from './supply.js';

/** The supply of a room. `proven`: the bundle that kmon.yaml names; absent where it names none, or the command sends nothing of it. */
export function supplyFor(
  config: { readonly bundle?: string; readonly mirrors?: MirrorsConfig },
  proven?: Bundle,
): Supply {
  if (proven !== undefined) return bundleSupply(proven, config.mirrors);
  if (config.bundle !== undefined) return absentBundle;
  return config.mirrors === undefined ? onlineSupply : onlineSupplyBy(config.mirrors);
}
