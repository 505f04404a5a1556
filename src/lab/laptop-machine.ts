import { laptopCreateArgs } from './container-engine-args.js';
import type { FoundMachine } from './inventory.js';
import type { Laptop } from './lab.js';
import type { Making } from './machine.js';

/**
 * A laptop: a container with an address in the room that runs nothing. What it forwards is set by `plugIn`, once its guest runs.
 * Kept when it runs, started when it is stopped, made when it is missing.
 */
export async function bringLaptopUp(
  o: Making,
  plan: Laptop & { readonly address: string },
  found: FoundMachine | undefined,
): Promise<void> {
  const { engine } = o;
  if (found === undefined) {
    await engine.create(
      laptopCreateArgs(engine.kind, {
        lab: o.lab,
        dir: o.dir,
        machine: plan.name,
        network: o.network.name,
        address: plan.address,
        image: o.image,
        limits: o.limits,
        cgroups: engine.cgroups,
        ...(engine.runtime === undefined ? {} : { runtime: engine.runtime }),
      }),
    );
  }
  if (found?.running !== true) await engine.run(['start', plan.container]);
}
