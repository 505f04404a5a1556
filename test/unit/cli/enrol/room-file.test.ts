import {
  appendFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { kmonKey } from '../../../../src/cli/enrol/kmon-key.js';
import { openRoomFile } from '../../../../src/cli/enrol/room-file.js';
import type { RoomFile } from '../../../../src/cli/enrol/room-file.js';
import { kmonErrorOf } from '../../../support/expect-error.js';
import { HOST_KEY, LAPTOP, OTHER_KEY, WITH_GUEST, wireOf } from '../../enrol/sample-laptop.js';

const ROOM = `room: atelier-1
parent: { address: 192.0.2.10 }
children:
  - { address: 192.0.2.11, name: child-1 } # by the door
`;

describe('kmon.yaml while laptops come in', () => {
  let dir: string;
  let file: RoomFile;
  const config = (): string => readFileSync(join(dir, 'kmon.yaml'), 'utf8');
  const pins = (): string =>
    existsSync(join(dir, '.kmon/known_hosts')) ? readFileSync(join(dir, '.kmon/known_hosts'), 'utf8') : '';
  const pin = (line: string): void => {
    mkdirSync(join(dir, '.kmon'), { recursive: true });
    appendFileSync(join(dir, '.kmon/known_hosts'), `${line}\n`);
  };
  const enter = (changed: Partial<typeof LAPTOP> = {}): Promise<void> =>
    file.enter({ ...LAPTOP, ...changed }, undefined, join(dir, '.kmon/enrol_key'));
  const addChild = (address: string, name: string): void => {
    appendFileSync(join(dir, 'kmon.yaml'), `  - { address: ${address}, name: ${name} }\n`);
  };

  beforeEach(async () => {
    dir = mkdtempSync(join(tmpdir(), 'kmon-room-file-'));
    writeFileSync(join(dir, 'kmon.yaml'), ROOM);
    await kmonKey(join(dir, '.kmon'), 'atelier-1');
    file = await openRoomFile(undefined, dir);
  });
  afterEach(() => {
    rmSync(dir, { recursive: true });
  });

  it('has them, with their host keys, and all that stood there', async () => {
    addChild('192.0.2.77', 'edited');
    await enter();
    expect(config()).toContain('# by the door');
    expect(config()).toContain('name: edited');
    expect(config()).toContain('name: pc-12, user: root, key: ./.kmon/enrol_key');
    expect(pins()).toBe(`192.0.2.12 ${HOST_KEY}\n`);
    expect(file.pinned('pc-12')).toEqual([wireOf(HOST_KEY)]);
    expect(file.config.room.children.map((c) => c.name)).toEqual(['child-1', 'edited', 'pc-12']);
  });

  it('has a guest as one, and takes the guest of the next lesson for it at the same address alone', async () => {
    await file.enter(WITH_GUEST, 'red', join(dir, '.kmon/enrol_key'));
    expect(config()).toContain(
      '{ address: 192.0.2.12, name: pc-12, team: red, port: 2222, node: guest, user: root, key: ./.kmon/enrol_key }',
    );
    expect(pins()).toBe(`[192.0.2.12]:2222 ${OTHER_KEY}\n`);
    const anew = { ...WITH_GUEST, hostKeys: [wireOf(HOST_KEY)] };
    await file.enter(anew, 'red', join(dir, '.kmon/enrol_key'));
    expect(pins()).toBe(`[192.0.2.12]:2222 ${HOST_KEY}\n`);
    const elsewhere = file.enter(
      { ...WITH_GUEST, address: '192.0.2.13' },
      'red',
      join(dir, '.kmon/enrol_key'),
    );
    expect((await kmonErrorOf(elsewhere)).message).toBe(
      'the name pc-12 is taken by 192.0.2.12 in kmon.yaml: choose another',
    );
  });

  it('has no guest in place of a machine that was met', async () => {
    await enter();
    const before = [config(), pins()];
    const error = await kmonErrorOf(file.enter(WITH_GUEST, undefined, join(dir, '.kmon/enrol_key')));
    expect(error.message).toBe('the name pc-12 is taken by 192.0.2.12 in kmon.yaml: choose another');
    expect([config(), pins()]).toEqual(before);
  });

  it('has no guest where the network of pods would not pass it', async () => {
    appendFileSync(join(dir, 'kmon.yaml'), 'kubernetes: { network: routes }\n');
    const before = config();
    const error = await kmonErrorOf(file.enter(WITH_GUEST, undefined, join(dir, '.kmon/enrol_key')));
    expect(error.message).toContain('network: vxlan');
    expect([config(), pins()]).toEqual([before, '']);
  });

  it('takes a laptop that is a machine itself by now for no guest', async () => {
    await file.enter(WITH_GUEST, undefined, join(dir, '.kmon/enrol_key'));
    rmSync(join(dir, '.kmon/known_hosts'));
    file = await openRoomFile(undefined, dir);
    await enter();
    expect(config()).not.toContain('node: guest');
    expect(config()).not.toContain('2222');
  });

  it.each<[string, () => void, string]>([
    [
      'whose name somebody has given to another machine',
      () => {
        addChild('192.0.2.77', 'pc-12');
      },
      'the name pc-12 is taken by 192.0.2.77 in kmon.yaml: choose another',
    ],
    [
      'under whose address somebody has written another machine',
      () => {
        addChild('192.0.2.12', 'desk');
      },
      '192.0.2.12 is desk in kmon.yaml: enrol under that name',
    ],
    [
      'whose name was met meanwhile, by another host key',
      () => {
        addChild('192.0.2.12', 'pc-12');
        pin(`192.0.2.12 ${OTHER_KEY}`);
      },
      'the name pc-12 is taken by 192.0.2.12 in kmon.yaml: choose another',
    ],
  ])('has none %s while the page was open', async (_, edit, wrong) => {
    edit();
    const before = [config(), pins()];
    expect(await kmonErrorOf(enter())).toMatchObject({ code: 'config', message: wrong });
    expect([config(), pins()]).toEqual(before);
  });

  it('has none by a host key that was not proven when its name was met meanwhile', async () => {
    addChild('192.0.2.12', 'pc-12');
    pin(`192.0.2.12 ${OTHER_KEY}`);
    const before = [config(), pins()];
    expect(await kmonErrorOf(enter({ hostKeys: [wireOf(HOST_KEY), wireOf(OTHER_KEY)] }))).toMatchObject({
      message: 'pc-12 is known by other host keys by now',
    });
    expect([config(), pins()]).toEqual(before);
  });

  it('does not know a machine by a key that is revoked', async () => {
    pin(`@revoked 192.0.2.11 ${OTHER_KEY}`);
    pin(`192.0.2.11 ${HOST_KEY}`);
    file = await openRoomFile(undefined, dir);
    expect(file.pinned('child-1')).toEqual([wireOf(HOST_KEY)]);
  });

  it('pins nothing of one that could not be written', async () => {
    // The way of saving is by a file beside it: there is one that is no file.
    mkdirSync(join(dir, `.kmon.yaml.${process.pid}.new`));
    expect((await kmonErrorOf(enter())).code).toBe('config');
    expect([config(), pins()]).toEqual([ROOM, '']);
  });
});
