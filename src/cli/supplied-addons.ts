import type { CatalogueAddon } from '../addons/addon.js';
import { isOptional } from '../artifacts/need.js';
import type { Supply } from '../artifacts/supply.js';
import { KmonError } from '../errors/kmon-error.js';

/**
 * Before anybody is asked. An add-on can wait until a bundle has it, so nothing of it is pulled past the bundle.
 *
 * @throws KmonError `precondition` where an image of one of them cannot come.
 */
export function mustBeSupplied(
  addons: readonly Pick<CatalogueAddon, 'id' | 'needs'>[],
  supply: Pick<Supply, 'image' | 'called'>,
): void {
  for (const { id, needs } of addons) {
    const lacking = needs.filter(
      (need) => need.kind === 'image' && !isOptional(need) && supply.image(need) === undefined,
    );
    if (lacking.length === 0) continue;
    throw new KmonError(
      'precondition',
      `${supply.called} has no image of ${lacking.map(({ name }) => name).join(', ')}, which the add-on ${id} needs`,
      {
        hint: `write ${id} into \`addons\` of kmon.yaml and run \`kmon bundle make\` again where there is Internet`,
      },
    );
  }
}
