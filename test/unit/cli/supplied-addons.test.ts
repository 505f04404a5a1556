import { describe, expect, it } from 'vitest';
import { CATALOGUE } from '../../../src/addons/index.js';
import { TRAEFIK } from '../../../src/artifacts/images.js';
import { onlineSupply } from '../../../src/artifacts/online-supply.js';
import type { Supply } from '../../../src/artifacts/supply.js';
import { mustBeSupplied } from '../../../src/cli/supplied-addons.js';

const without = (lacking: readonly string[]): Pick<Supply, 'image' | 'called'> => ({
  called: 'the bundle',
  image: (wanted) => (lacking.includes(wanted.name) ? undefined : onlineSupply.image(wanted)),
});

describe('what the listed add-ons need', () => {
  it('is there', () => {
    mustBeSupplied(CATALOGUE, without([]));
    mustBeSupplied([], without([TRAEFIK.name]));
    mustBeSupplied(
      CATALOGUE.filter(({ id }) => id !== 'ingress'),
      without([TRAEFIK.name]),
    );
  });

  it.each(
    CATALOGUE.flatMap((addon) =>
      addon.needs.flatMap((need) => (need.kind === 'image' ? [[addon.id, need.name] as const] : [])),
    ),
  )('is lacking: of %s the image of %s', (id, name) => {
    const refused = (): void => {
      mustBeSupplied(
        CATALOGUE.filter((addon) => addon.id === id),
        without([name]),
      );
    };
    expect(refused).toThrow(`the bundle has no image of ${name}, which the add-on ${id} needs`);
    expect(refused).toThrow(expect.objectContaining({ code: 'precondition' }));
  });
});
