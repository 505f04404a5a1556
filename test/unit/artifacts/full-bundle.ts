import type { Bundle, BundlePart } from '../../../src/bundle/bundle.js';
import { CHARTS } from '../../../src/artifacts/charts.js';
import { IMAGES } from '../../../src/artifacts/images.js';
import { CONTAINERD, LOOPBACK, PROGRAMS } from '../../../src/artifacts/programs.js';

const sizeBytes = 1_000_000;

/** A bundle with everything that is needed, each image under a name of a registry that nobody publishes in. */
export function fullBundle(): Bundle {
  const version = 'v1.36.2';
  const programs = PROGRAMS.map(({ name, neededBy }): BundlePart => ({
    ...{ name, kind: 'binary', version, file: `bin/${name}`, sha256: 'a'.repeat(64), sizeBytes },
    ...{ for: neededBy.roles, images: [] },
  }));
  const charts = CHARTS.map(({ name, neededBy }): BundlePart => ({
    ...{ name, kind: 'chart', version, file: `charts/${name}-1.tgz`, sha256: 'b'.repeat(64), sizeBytes },
    ...{ for: neededBy.roles, images: [] },
  }));
  const images = IMAGES.map(({ name, neededBy }): BundlePart => ({
    ...{ name, kind: 'images', version, file: `images/${name}.tar`, sha256: 'c'.repeat(64), sizeBytes },
    ...{ for: neededBy.roles, images: [`registry.test/${name}:${version}`] },
  }));
  return {
    folder: '/srv/bundle',
    name: 'full',
    kubernetes: version,
    architectures: ['amd64'],
    parts: [...programs, ...charts, ...images],
  };
}

/** One that leaves even less to apt: it brings the container runtime and the plugins of the pod network. */
export function bundleWithRuntime(): Bundle {
  const full = fullBundle();
  const files = [`bin/${CONTAINERD.name}`, `cni/${LOOPBACK.name}`];
  const programs = [CONTAINERD, LOOPBACK].map(({ name }, i): BundlePart => ({
    ...{ name, kind: 'binary', version: 'v2.4.2', file: files[i] ?? '', sha256: 'd'.repeat(64), sizeBytes },
    ...{ for: ['parent', 'child'], images: [] },
  }));
  return { ...full, parts: [...full.parts, ...programs] };
}
