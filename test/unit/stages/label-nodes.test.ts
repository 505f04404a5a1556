import { describe, expect, it } from 'vitest';
import { labelNodes } from '../../../src/stages/cluster/label-nodes.js';
import { OTHER } from '../../support/sample-room.js';
import { asks, does } from '../../support/scripted-runner.js';
import { asksNodes } from './answers.js';
import { play } from './stage-run.js';

const ROLE = { 'node-role.kubernetes.io/worker': '' };
const GUEST = { 'kmon/guest': 'true' };

it('labels by role alone where there is no team', async () => {
  const worker = { name: 'pc-12', labels: ROLE };
  expect((await play(labelNodes, { parent: [asksNodes(worker)] }, { machine: OTHER })).outcome).toBe(
    'unchanged',
  );
});

describe('a guest', () => {
  const guest = { ...OTHER, guest: true } as const;

  it('is known as one, which its kubelet has said already', async () => {
    const known = asksNodes({ name: 'pc-12', labels: { ...ROLE, ...GUEST } });
    expect((await play(labelNodes, { parent: [known] }, { machine: guest })).outcome).toBe('unchanged');
  });

  it.each<[string, typeof OTHER, Readonly<Record<string, string>>, string, Readonly<Record<string, string>>]>(
    [
      ['that is not known as one', guest, ROLE, 'node-role.kubernetes.io/worker=, kmon/guest=true', GUEST],
      ['that is none any more', OTHER, GUEST, 'node-role.kubernetes.io/worker=, kmon/guest-', {}],
    ],
  )('%s', async (_, machine, labels, words, then) => {
    const part = [
      asksNodes({ name: 'pc-12', labels }),
      does(`label the node pc-12: ${words}`),
      asksNodes({ name: 'pc-12', labels: { ...ROLE, ...then } }),
    ];
    const played = await play(labelNodes, { parent: part, child: [asks('ledger.jsonl')] }, { machine });
    expect(played.outcome).toBe('changed');
    const [{ command } = { command: undefined }] = played.journal.filter((g) => g.intent?.includes('label'));
    expect(command?.script).toContain(words.split(', ')[1]);
  });
});
