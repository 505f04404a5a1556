import { describe, expect, it } from 'vitest';
import { planFor } from '../../../src/engine/plan.js';
import { SeenByStage } from '../../../src/engine/results.js';
import { KmonError } from '../../../src/errors/kmon-error.js';
import type { RelayDoors } from '../../../src/relay/doors.js';
import { DEPLOY_MONITORING, INIT_PARENT, JOIN_CHILD, UP } from '../../../src/stages/index.js';
import { installPackages } from '../../../src/stages/machine/packages.js';
import { openRelay } from '../../../src/stages/machine/relay.js';
import { closeRelay } from '../../../src/stages/machine/relay-close.js';
import { relayImages } from '../../../src/stages/machine/relay-images.js';
import { withoutRelay } from '../../../src/stages/relaying.js';
import { CHILD, PARENT, sampleConfig } from '../../support/sample-room.js';
import { asks, attempts, does } from '../../support/scripted-runner.js';
import { assertShellSyntax } from '../tools/shell-syntax.js';
import { noting, play } from './stage-run.js';
import type { Setting } from './stage-run.js';
import { looks } from './things.js';

/** A relay that gives every machine that port, and keeps what was asked of it. */
function doors(port: number | KmonError): { readonly relay: RelayDoors; readonly did: string[] } {
  const did: string[] = [];
  return {
    did,
    relay: {
      passed: { fetchedBytes: 238e6, givenBytes: 952e6 },
      async open(machine) {
        did.push(`open ${machine}`);
        if (port instanceof KmonError) throw port;
        return port;
      },
      async close(machine) {
        did.push(`close ${machine}`);
      },
    },
  };
}

const REFUSED = new KmonError('precondition', 'the SSH server does not open a port for this computer');
const notes = (events: readonly { readonly type: string }[]): readonly unknown[] =>
  events.flatMap((e) => (e.type === 'note' && 'text' in e ? [e.text] : []));

/** A machine whose way is open, as a port or not. */
async function opened(
  port: number | KmonError,
  machine = CHILD,
): Promise<Setting & { readonly did: string[] }> {
  const { relay, did } = doors(port);
  const setting = { machine, relay, seen: new SeenByStage(), did };
  await play(openRelay, {}, setting);
  return setting;
}

describe('the way to the relay', () => {
  it('is opened without a word to the machine', async () => {
    const { relay, did } = doors(45678);
    const played = await play(openRelay, {}, { relay });
    expect(played).toMatchObject({ outcome: 'unchanged', because: 'through this computer', journal: [] });
    expect(did).toEqual(['open pc-11']);
  });

  it('is not there where the SSH server does not forward, which is told and fails nothing', async () => {
    const played = await play(openRelay, {}, doors(REFUSED));
    expect(played).toMatchObject({ outcome: 'unchanged', because: 'by itself' });
    expect(notes(played.events)).toEqual([
      'what it needs is downloaded by it alone, not once for all: the SSH server does not open a port for this computer',
    ]);
  });

  it('leads containerd there, and back', async () => {
    const setting = await opened(45678);
    const led = await play(relayImages, { child: [attempts('certs.d')] }, setting);
    expect(led.because).toBe('through this computer');
    const { script } = led.journal[0]?.command ?? { script: '' };
    assertShellSyntax({ effect: 'tries', script });
    expect(script).toContain(`server = "https://registry-1.docker.io"
[host."http://127.0.0.1:45678/images/docker.io/v2"]`);
    const closed = await play(
      closeRelay,
      { child: [attempts('systemctl stop kmon-relay.service')] },
      setting,
    );
    expect(closed.because).toBe('238 MB fetched so far, 952 MB given to the room');
    expect(setting.did).toEqual(['open pc-11', 'close pc-11']);
  });

  it('leaves a machine alone that has none', async () => {
    const setting = await opened(REFUSED);
    expect((await play(relayImages, {}, setting)).because).toBe('by itself');
    expect((await play(closeRelay, {}, setting)).outcome).toBe('unchanged');
  });

  it('fails no machine that cannot be led there, or back', async () => {
    const setting = await opened(45678);
    const fails = { exitCode: 1, stderr: 'mkdir: No space left on device' };
    const led = await play(relayImages, { child: [attempts('certs.d', fails)] }, setting);
    expect(led).toMatchObject({ outcome: 'unchanged', because: 'by itself' });
    expect(notes(led.events)).toHaveLength(1);
    expect(
      (await play(closeRelay, { child: [attempts('kmon-relay.service', fails)] }, setting)).outcome,
    ).toBe('unchanged');
  });
});

describe('apt', () => {
  const installation = async (port: number | KmonError, facts: Setting['facts'] = {}): Promise<string> => {
    const setting = await opened(port, PARENT);
    const played = await play(
      installPackages,
      {
        parent: [
          asks('dpkg-query'),
          looks('bare'),
          ...noting,
          ...[1, 2, 3].map(() => does(/^add the source/)),
          does(/^install/),
          looks('done'),
        ],
      },
      { ...setting, facts },
    );
    const script = played.journal.find((g) => g.command.script.includes('apt-get'))?.command;
    assertShellSyntax(script ?? { effect: 'reads', script: 'exit 1' });
    return script?.script ?? '';
  };

  it('fetches by the relay what it proves itself, and straight what does not come so', async () => {
    const script = await installation(45678);
    await expect(script).toMatchFileSnapshot('../resources/__golden__/apt-by-relay.txt');
  });

  it('keeps the way of its own that the machine has for what comes by http', async () => {
    for (const own of [
      { packageProxy: 'http://cache:3142' },
      { proxy: { url: 'http://proxy:3128', noProxy: [] } },
    ]) {
      const script = await installation(45678, own);
      expect(script).not.toContain('Acquire::http::Proxy=');
      expect(script).toContain('Dir::Bin::Methods::https=');
    }
  });

  it('is asked as ever where there is no relay', async () => {
    expect(await installation(REFUSED)).not.toMatch(/127[.]0[.]0[.]1|straight|through/);
  });
});

describe('the plan of a room that fetches nothing', () => {
  it.each([UP, INIT_PARENT, JOIN_CHILD, DEPLOY_MONITORING].map((stages) => [stages]))(
    'has nothing of the relay',
    (stages) => {
      const plan = planFor('up', sampleConfig().room, stages, [PARENT, CHILD]);
      const ids = (of: typeof plan): readonly string[] => of.stages.map((s) => s.id);
      const rest = ids(withoutRelay(plan));
      expect(ids(plan).filter((id) => !rest.includes(id))).toEqual(['relay', 'relay-images', 'relay-close']);
    },
  );
});
