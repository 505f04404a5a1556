import { quote } from '../shell/quote.js';
import { Secret } from '../shell/secret.js';
import type { SudoManner } from './lab.js';
import type { Outside } from './outside.js';

/** What a machine is told at its first start, and again when the lab's key or password is new. */
export interface MachineSettings {
  readonly name: string;
  /** First start: names, apt and sudo are set up too. Later these belong to whoever works on the machine. */
  readonly fresh: boolean;
  readonly sudo: SudoManner;
  readonly password: Secret;
  readonly publicKey: string;
  readonly outside: Outside;
}

/**
 * The script for the machine's `sh`: quoted settings above the template. It holds the password: it goes in on stdin, it is
 * never an argument and never shown.
 */
export function machineScript(template: string, s: MachineSettings): Secret {
  const values = {
    name: s.name,
    fresh: s.fresh ? 'yes' : 'no',
    sudo: s.sudo,
    password: s.password.reveal(),
    public_key: s.publicKey,
    extra_hosts: s.outside.hostsLines.join('\n'),
    resolv_conf: s.outside.resolvConf,
    apt_conf: s.outside.aptSettings.trimEnd(),
    authority: s.outside.authority.trimEnd(),
  };
  const settings = Object.entries(values).map(([key, value]) => `${key}=${quote(value)}\n`);
  return new Secret(settings.join('') + template);
}
