import { labCache } from './cache.js';
import { findEngine } from './container-engine.js';
import type { EngineKind } from './container-engine-args.js';
import { readHostApt } from './host.js';
import { ensureImage } from './image.js';
import { runProgram } from './process.js';
import { requireRoot } from './root.js';

export interface ImageAheadOptions {
  /** The engine to use; without it podman, then docker. */
  readonly engine?: EngineKind;
  readonly signal?: AbortSignal;
  /** Takes a line of progress; none comes when the image is there. */
  readonly say: (line: string) => void;
}

/**
 * The base image of lab machines, made before somebody wants machines: `labUp` then downloads nothing for it. Safe to repeat. Gives its name.
 *
 * @throws KmonError `precondition` when this computer cannot (no root, no engine, no mirror), `command` when the image cannot be built,
 * `interrupted`; an interrupted build leaves nothing.
 */
export async function imageAhead(o: ImageAheadOptions): Promise<string> {
  requireRoot();
  return ensureImage({
    engine: await findEngine(runProgram, o.engine),
    run: runProgram,
    cache: labCache(),
    apt: await readHostApt(runProgram),
    say: o.say,
    ...(o.signal === undefined ? {} : { signal: o.signal }),
  });
}
