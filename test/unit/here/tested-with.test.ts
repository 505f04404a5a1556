import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { PLATFORMS } from '../../../scripts/package.d/platforms.js';
import { KUBE_PROMETHEUS_STACK } from '../../../src/artifacts/charts.js';
import { RELEASED } from '../../../src/artifacts/releases.js';
import { DEFAULT_VERSION } from '../../../src/config/versions.js';
import { TESTED_WITH } from '../../../src/here/tested-with.js';
import { SUITE } from '../../../src/lab/apt-config.js';

const read = (path: string): string => readFileSync(new URL(`../../../${path}`, import.meta.url), 'utf8');
const required = (folder: string, module: string): string =>
  new RegExp(`${module} v(\\S+)`).exec(read(`scripts/bundle/go/${folder}/go.mod`))?.[1] ?? 'none';
const helm = /HELM_VERSION=v(\S+)/.exec(read('scripts/bundle/versions.sh'))?.[1];
const debian: Readonly<Record<string, string>> = { bookworm: '12', trixie: '13' };
const { engines } = JSON.parse(read('package.json')) as { readonly engines: { readonly node: string } };

test('says what the lab and the archives are made of', () => {
  const kubernetes = required(`kubernetes-${DEFAULT_VERSION}`, 'k8s.io/kubernetes');
  const containerd = required('containerd', 'containerd/containerd/v2');
  const nodes = [/\d+/.exec(engines.node)?.[0], PLATFORMS[0]?.node.version.split('.')[0]].join(' and ');
  expect(TESTED_WITH).toBe(
    `tested with Kubernetes ${kubernetes}, containerd ${containerd}, Helm ${helm ?? ''} and kube-prometheus-stack ${KUBE_PROMETHEUS_STACK.version} on Debian ${debian[SUITE] ?? ''}, from Node.js ${nodes}`,
  );
  // What rooms get where no other version is asked for.
  expect([containerd, helm]).toEqual([RELEASED.containerd, RELEASED.helm]);
});
