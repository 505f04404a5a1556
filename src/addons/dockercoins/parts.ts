import type { Image } from '../../artifacts/artifact.js';
import { PYTHON, REDIS } from '../../artifacts/images.js';

/** One of what DockerCoins is made of: a Deployment, and a Service where others ask it. */
export interface Part {
  readonly name: string;
  readonly image: Image;
  readonly command: readonly string[];
  /** Where its pods listen, and the port of its Service. */
  readonly listens?: { readonly on: number; readonly as: number };
  readonly cpu: { readonly request: string; readonly limit: string };
  readonly memory: { readonly request: string; readonly limit: string };
}

const SMALL = { request: '16Mi', limit: '64Mi' } as const;

const python = (name: string): Pick<Part, 'name' | 'image' | 'command' | 'memory'> => ({
  name,
  image: PYTHON,
  command: ['python3', `/code/${name}.py`],
  memory: SMALL,
});

const WEB = { on: 8000, as: 80 } as const;

/** The one that a browser asks. */
export const WEBUI = 'webui';

/** The one that a class has more of. */
export const WORKER = 'worker';

export const PARTS: readonly Part[] = [
  {
    name: 'redis',
    image: REDIS,
    // It keeps counters in memory, for whoever is in the cluster; nothing is written.
    command: [
      'redis-server',
      ...['--save', '', '--appendonly', 'no', '--protected-mode', 'no', '--maxmemory', '32mb'],
    ],
    listens: { on: 6379, as: 6379 },
    cpu: { request: '10m', limit: '200m' },
    memory: SMALL,
  },
  // When somebody always waits it is near its limit.
  { ...python('rng'), listens: WEB, cpu: { request: '100m', limit: '500m' } },
  { ...python('hasher'), listens: WEB, cpu: { request: '20m', limit: '500m' } },
  { ...python(WORKER), cpu: { request: '10m', limit: '200m' } },
  { ...python(WEBUI), listens: WEB, cpu: { request: '10m', limit: '200m' } },
];

/** Its scripts, and what they have in common. */
export const CODE: readonly string[] = [
  'rng.py',
  'hasher.py',
  'worker.py',
  'webui.py',
  'redis.py',
  'page.html',
];
