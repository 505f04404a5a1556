import { WELL } from './behaviour.js';
import type { InternetBehaviour } from './behaviour.js';
import type { InternetAddresses } from './ways.js';

/**
 * The configuration of dnsmasq on the lab's Internet: it answers for the names that are served there, and hands on what else is asked to the
 * name servers of its own resolv.conf, which are those of this computer.
 */
export function dnsConfig(
  names: readonly string[],
  addresses: InternetAddresses,
  { refuses }: InternetBehaviour = WELL,
): string {
  const addressOf = (name: string): string | undefined => {
    const how = refuses.find((refusal) => refusal.name === name && typeof refusal.how === 'string')?.how;
    if (how === 'unknown') return undefined;
    return how === 'closed' || how === 'silent' ? addresses[how] : addresses.serves;
  };
  return [
    `listen-address=${addresses.serves}`,
    'bind-interfaces',
    'no-hosts',
    'user=root',
    // Nothing of these is asked elsewhere: no address of the world gets in, of either kind.
    ...names.flatMap((name) => {
      const address = addressOf(name);
      return [`local=/${name}/`, ...(address === undefined ? [] : [`host-record=${name},${address}`])];
    }),
    '',
  ].join('\n');
}
