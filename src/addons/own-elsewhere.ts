import { KmonError } from '../errors/kmon-error.js';
import { LITE_RELEASE } from './lite/release.js';
import { RELEASE as STACK_RELEASE } from './stack/names.js';

/** What kmon calls the Prometheus of its own profiles, and its Service. */
const OWN = 'kmon-prometheus';

/** The Prometheus of kmon's own profiles, or its Service, as far as it says whose it is. */
interface Placed {
  readonly namespace: string;
  readonly name: string;
  readonly release?: string;
}

/** The namespace in which kmon's own monitoring is, where that is another than the wanted one. */
export function ownElsewhere(all: readonly Placed[], wanted: string): string | undefined {
  return all.find((one) => isOwn(one) && one.namespace !== wanted)?.namespace;
}

function isOwn({ name, release }: Placed): boolean {
  return name === OWN && (release === LITE_RELEASE || release === STACK_RELEASE);
}

/** It is kmon's, so it is not used as somebody else's, and no second one is put beside it. */
export function ownIsElsewhere(elsewhere: string, wanted: string): KmonError {
  return new KmonError(
    'precondition',
    `kmon's own monitoring is in the namespace ${elsewhere} of this cluster, and kmon.yaml wants it in ${wanted}`,
    {
      hint: `write monitoring.namespace: ${elsewhere} to keep it; to have it in ${wanted}, first run \`kmon teardown\` with ${elsewhere} in kmon.yaml, which takes it away`,
    },
  );
}
