import { constant } from '../../src/loads/constant.js';
import type { Load } from '../../src/loads/chosen-load.js';

/** What `kmon stress --cpu … --for …` asks for. */
export function constantLoad(cpuPercent: number, seconds: number): Load {
  return {
    model: 'constant',
    cpuPercent,
    seconds,
    phases: constant.phases({ cpuPercent, seconds }),
    text: `${cpuPercent} % CPU for ${seconds} s`,
  };
}
