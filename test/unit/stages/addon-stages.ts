import type { Stage } from '../../../src/engine/stage.js';
import { monitoring, podNetworks } from '../../../src/stages/cluster/addons.js';

/** The stage of an add-on, by its name in reports. */
export function stageOf(id: string): Stage {
  const stage = [...podNetworks, ...monitoring].find((s) => s.id === id);
  if (stage === undefined) throw new TypeError(`no add-on has the stage ${id}`);
  return stage;
}
