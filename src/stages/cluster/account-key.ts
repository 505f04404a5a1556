import type { KeyPart } from '../../addons/addon.js';
import { isYoung, lifeOf } from '../../cluster/token-life.js';
import { tryToken } from '../../cluster/try-token.js';
import { give, key } from '../../engine/results.js';
import type { Given, Results } from '../../engine/results.js';
import type { Context } from '../../engine/stage.js';
import type { Step } from '../../engine/step.js';
import { KmonError } from '../../errors/kmon-error.js';
import { textOf } from '../../here/private-files.js';
import { Secret } from '../../shell/secret.js';
import { askToken } from '../../tools/kubectl.js';

/** Whatever it may: who is not taken at all hears so first. */
const ANYTHING = { verb: 'get', path: '/api/v1/nodes' } as const;

/** Why there has to be a new key; `undefined`: the one of this computer is good for a while yet. Only looks. */
export async function lacksKey(
  { what, file }: KeyPart,
  { cluster, clock }: Pick<Context, 'cluster' | 'clock'>,
): Promise<string | undefined> {
  const token = (await textOf(file))?.trim() ?? '';
  const life = lifeOf(token);
  if (life === undefined) return `${what} is not on this computer`;
  if (!isYoung(life, clock.now())) return `${what} is over soon`;
  const [outcome] = await tryToken(cluster, new Secret(token), [ANYTHING]);
  return outcome?.answer === 'no-key' ? `${what} is not taken by this cluster` : undefined;
}

/** The token that was asked for in this run. */
const MADE = key<Secret>('the token of an account');

/** @param then what is known when it is done */
export function makeKey(
  { what, account, hours, file, told }: KeyPart,
  then: (so: Results) => Given,
): readonly Step[] {
  return [
    {
      at: 'cluster',
      intent: `ask for ${what}, good for ${hours} h`,
      wait: async (c, so) => {
        const { stdout } = await c.cluster.query(askToken(c.cluster.kubectl, account, { hours }));
        return [give(MADE, new Secret(stdout.trim())), then(so)];
      },
    },
    {
      at: 'here',
      intent: `write ${what} into ${file} on this computer`,
      file,
      content: (so) => {
        const made = so.get(MADE);
        if (made === undefined) throw new KmonError('bug', `nobody has asked for ${what}`);
        return made.within((text) => `${text}\n`);
      },
      notice: `${told}, good for ${hours} h, is in ${file}`,
    },
  ];
}
