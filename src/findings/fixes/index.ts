import type { Resource } from '../../resources/resource.js';
import type { Runner } from '../../runner/runner.js';
import type { FixableCode } from '../index.js';
import type { Fix, FixContext } from './by-resources.js';
import { clockFix } from './clock.js';
import { firewallFix } from './firewall.js';
import { hostnameFix } from './hostname.js';
import { sleepFix } from './sleep.js';

/** What is put right by resources alone; a leased address has a stage of its own, and no stage touches what is only observed. */
export type ResourceFix = Exclude<FixableCode, 'K-LEASE' | 'K-OBSERVED'>;

/** How each of them is put right. */
export const FIXES: Readonly<Record<ResourceFix, Fix>> = {
  'K-FIREWALL': firewallFix,
  'K-FORWARD': firewallFix,
  'K-HOSTNAME-UNKNOWN': hostnameFix,
  'K-CLOCK': clockFix,
  'K-SLEEP': sleepFix,
};

export function isResourceFix(code: FixableCode): code is ResourceFix {
  return Object.hasOwn(FIXES, code);
}

/** What the fixes had to look at, by code. */
export type FixLooks = ReadonlyMap<ResourceFix, string>;

/** Looks at what these fixes go by, and changes nothing. */
export async function lookForFixes(
  codes: readonly ResourceFix[],
  run: Pick<Runner, 'query'>,
): Promise<FixLooks> {
  const looks = await Promise.all(
    codes.map(async (code): Promise<[ResourceFix, string]> => {
      const { look } = FIXES[code];
      return [code, look === undefined ? '' : (await run.query(look)).stdout];
    }),
  );
  return new Map(looks);
}

/**
 * What must be so for these findings to go away, each thing once: one opening may put two right. Pure.
 *
 * @throws KmonError `precondition` where it is not known what that is.
 */
export function fixResources(
  codes: readonly ResourceFix[],
  on: FixContext,
  looked: FixLooks,
): readonly Resource[] {
  const all = codes.flatMap((code) => FIXES[code].resources(on, looked.get(code) ?? ''));
  return [...new Map(all.map((resource) => [resource.id, resource])).values()];
}
