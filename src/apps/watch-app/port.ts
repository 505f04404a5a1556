import { nearestKey } from '../../config/mistakes/suggest.js';
import { KmonError } from '../../errors/kmon-error.js';
import type { AppPort } from '../../tools/app-service.js';

/** The port that somebody means, by its name or its number. @throws KmonError `precondition` that says which ports there are */
export function portOfApp(wanted: string, ports: readonly AppPort[], of: string): AppPort {
  const found =
    ports.find((p) => p.name === wanted) ??
    (/^\d+$/.test(wanted) ? ports.find((p) => p.number === Number(wanted)) : undefined);
  if (found !== undefined) return found;
  const near = nearestKey(
    wanted,
    ports.flatMap((p) => p.name ?? []),
  );
  throw new KmonError(
    'precondition',
    `${of} has no port ${wanted}${near === undefined ? '' : ` (did you mean ${near}?)`}`,
    {
      evidence:
        ports.length === 0
          ? 'it names no port at all'
          : `it has ${ports.map((p) => (p.name === undefined ? String(p.number) : `${p.name} (${p.number})`)).join(', ')}`,
      hint:
        ports.length === 0
          ? 'write `ports` into its manifest, with a name for each'
          : 'name one of these with --port, by name or number',
    },
  );
}
