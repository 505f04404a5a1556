import { removeTestApp, testApp } from '../../../src/stages/cluster/test-app.js';
import { forTestApp } from '../../../src/stages/machine/for-addons.js';
import type { Bundle } from '../../../src/bundle/bundle.js';
import { PARENT, sampleBundle } from '../../support/sample-room.js';
import { asks, does } from '../../support/scripted-runner.js';
import type { Step } from '../../support/scripted-runner.js';
import { asksNodes } from './answers.js';
import type { Scenario } from './scenario.js';

const full = sampleBundle();
const image = 'registry.test/nginx:1.22.1';

/** With the image of the test application. */
export const withNginx: Bundle = {
  ...full,
  parts: [
    ...full.parts,
    {
      ...{ name: 'test-app', kind: 'images', version: '1.22.1', file: 'images/test-app.tar' },
      ...{ sha256: 'e'.repeat(64), sizeBytes: 4_400_000, for: ['child'], images: [image] },
    },
  ],
};

export const noNamespace = asks('/api/v1/namespaces/kmon-test-app', {
  exitCode: 1,
  stderr: 'Error from server (NotFound): namespaces "kmon-test-app" not found',
});

export function namespaceOf(managedBy?: string): Step {
  const labels = managedBy === undefined ? {} : { 'app.kubernetes.io/managed-by': managedBy };
  return asks('/api/v1/namespaces/kmon-test-app', JSON.stringify({ metadata: { labels } }));
}

const differs = asks('diff --server-side', { exitCode: 1, stdout: '+ kind: DaemonSet' });
const same = asks('diff --server-side');

/** `kmon test-app`, and `kmon test-app --remove`. */
export const TEST_APP: readonly Scenario[] = [
  {
    name: 'for-test-app',
    stage: () => forTestApp,
    setting: { bundle: withNginx },
    bare: { parent: [asksNodes({ name: 'pc-10' }, { name: 'pc-11' })], child: [asks('images ls')] },
    work: {
      child: [asks('ledger.jsonl'), does('load 1 image: test-app (5 MB)'), asks('images ls', image)],
      parent: [asksNodes({ name: 'pc-10' }, { name: 'pc-11' })],
    },
    done: { parent: [asksNodes({ name: 'pc-10' }, { name: 'pc-11' })], child: [asks('images ls', image)] },
  },
  {
    name: 'test-app',
    stage: () => testApp,
    setting: { machine: PARENT, bundle: withNginx },
    bare: { parent: [noNamespace, differs] },
    work: {
      parent: [
        asks('ledger.jsonl'),
        does('apply the test application in the namespace kmon-test-app'),
        namespaceOf('kmon'),
        same,
      ],
    },
    done: { parent: [namespaceOf('kmon'), same] },
  },
  {
    name: 'remove-test-app',
    stage: () => removeTestApp,
    setting: { machine: PARENT },
    bare: { parent: [namespaceOf('kmon')] },
    work: {
      parent: [
        asks('ledger.jsonl'),
        does('remove the namespace kmon-test-app with all that is in it'),
        noNamespace,
      ],
    },
    done: { parent: [noNamespace] },
  },
];
