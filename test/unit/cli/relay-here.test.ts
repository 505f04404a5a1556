import { expect, it } from 'vitest';
import { onlineSupply } from '../../../src/artifacts/online-supply.js';
import { absentBundle } from '../../../src/artifacts/bundle-supply.js';
import { isRelayed } from '../../../src/cli/relay-here.js';
import { sampleConfig } from '../../support/sample-room.js';

it('relays where several machines fetch the same, unless kmon.yaml says otherwise', () => {
  const config = sampleConfig();
  const alone = { ...config, room: { ...config.room, children: [] } };
  expect(isRelayed(config, onlineSupply)).toBe(true);
  expect(isRelayed(alone, onlineSupply)).toBe(false);
  expect(isRelayed({ ...config, relay: false }, onlineSupply)).toBe(false);
  expect(isRelayed({ ...alone, relay: true }, onlineSupply)).toBe(true);
});

it('relays nothing to a room that is sent everything', () => {
  expect(isRelayed({ ...sampleConfig(), relay: true }, absentBundle)).toBe(false);
});
