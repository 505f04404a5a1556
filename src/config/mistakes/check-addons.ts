import type { ReadConfig } from '../config.js';
import type { WrittenDocument } from '../document.js';
import { portClashes } from '../../room/ports.js';
import { ADDON_NAMES } from '../sections/addons.js';
import { showPath, showText, type KeyPath, type Problem } from './problems.js';
import { nearestKey } from './suggest.js';

/** Add-ons that are in the catalogue, each once. What is no list of texts has its own message. */
export function checkAddons(doc: WrittenDocument): readonly Problem[] {
  const written = listAt(doc.value);
  return written.flatMap((name, i): readonly Problem[] => {
    if (typeof name !== 'string') return [];
    const path: KeyPath = ['addons', i];
    if (!ADDON_NAMES.some((known) => known === name))
      return [
        {
          at: doc.at(path),
          text: `${showPath(path)}: there is no add-on ${showText(name)} (${nearest(name)})`,
        },
      ];
    const first = written.indexOf(name);
    return first < i
      ? [
          {
            at: doc.at(path),
            text: `${showPath(path)} is ${name} like ${showPath(['addons', first])}: once is enough`,
          },
        ]
      : [];
  });
}

/** Add-ons that want a port that another, or the workshop itself, has. */
export function checkPortsOfAddons(
  doc: WrittenDocument,
  config: Pick<ReadConfig, 'addons' | 'kubernetes' | 'monitoring'>,
): readonly Problem[] {
  const written = listAt(doc.value);
  const listed = written.filter((name): name is string => typeof name === 'string');
  return portClashes(listed, config).map(({ addon, port, with: other }) => {
    const path: KeyPath = ['addons', written.indexOf(addon)];
    return {
      at: doc.at(path),
      text: `${showPath(path)}: ${addon} wants port ${port}, which ${other} has: leave one of the two out`,
    };
  });
}

function nearest(name: string): string {
  const near = nearestKey(name, ADDON_NAMES);
  return near === undefined ? `known here: ${ADDON_NAMES.join(', ')}` : `did you mean ${near}?`;
}

function listAt(value: unknown): readonly unknown[] {
  if (typeof value !== 'object' || value === null || !('addons' in value)) return [];
  return Array.isArray(value.addons) ? (value.addons as readonly unknown[]) : [];
}
