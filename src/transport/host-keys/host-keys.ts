import { join } from 'node:path';
import type { Config } from '../../config/config.js';
import { KmonError } from '../../errors/kmon-error.js';
import { quote } from '../../shell/quote.js';
import { deciding, fingerprint, judgeHostKey, keyType, knownHostName, knownTypes } from './known-hosts.js';
import type { HostKeyVerdict, KnownHost } from './known-hosts.js';
import type { ResolvedLogin } from '../login/resolved-login.js';
import { knownHostsReader, pinHostKey } from './pins.js';

/** A machine's key that was seen for the first time and is pinned from now on. */
export interface NewHostKey {
  readonly machine: string;
  readonly address: string;
  /** As in known_hosts: "ssh-ed25519". */
  readonly keyType: string;
  readonly fingerprint: string;
}

/** Decides about host keys by the room's policy, and remembers new ones. */
export interface HostKeys {
  /** For one machine: which key types to ask it for first, and what to say of the key it shows. */
  for(machine: string, login: ResolvedLogin): Promise<HostKeyCheck>;
}

export interface HostKeyCheck {
  types(): readonly string[];
  /** `undefined`: fine, or pinned just now. */
  judge(key: Buffer): Promise<KmonError | undefined>;
}

export function hostKeys(
  config: Pick<Config, 'stateDir' | 'knownHostsFiles' | 'hostKeys'>,
  onNew: (key: NewHostKey) => void,
): HostKeys {
  const pins = join(config.stateDir, 'known_hosts');
  const reader = knownHostsReader();
  return {
    async for(machine, login) {
      const files = [pins, ...config.knownHostsFiles, ...login.knownHostsFiles];
      const { host, port } = login.knownAs;
      const read = async (): Promise<readonly KnownHost[]> =>
        deciding(await reader.read([pins]), await reader.read(files), host, port);
      let known = await read();
      return {
        types: () => knownTypes(known, host, port),
        async judge(key) {
          const verdict = judgeHostKey(known, host, port, key);
          if (verdict.kind === 'known') return undefined;
          if (verdict.kind !== 'unknown') return objection(machine, login, key, verdict);
          if (pinnedOnly(config, login)) return unknownKey(machine, login, key);
          await pinHostKey(pins, host, port, key);
          reader.forget();
          // A second attempt to log in must find the same key.
          known = await read();
          onNew({ machine, address: login.host, keyType: keyType(key), fingerprint: fingerprint(key) });
          return undefined;
        },
      };
    },
  };
}

/** kmon.yaml has the last word; without one a machine is met as ssh would meet it. */
function pinnedOnly({ hostKeys: said }: Pick<Config, 'hostKeys'>, login: ResolvedLogin): boolean {
  return said === undefined ? login.strictHostKeys === true : said === 'pinned-only';
}

function objection(
  machine: string,
  login: ResolvedLogin,
  key: Buffer,
  verdict: Extract<HostKeyVerdict, { readonly by: KnownHost }>,
): KmonError {
  switch (verdict.kind) {
    case 'revoked':
      return new KmonError('host-key-changed', `${login.host} shows a host key that was revoked`, {
        machine,
        evidence: `${describe(key)}, revoked in ${place(verdict.by)}`,
        hint: 'do not use this machine until somebody has given it a new host key',
      });
    case 'changed': {
      const { by } = verdict;
      const name = knownHostName(login.knownAs.host, login.knownAs.port);
      return new KmonError('host-key-changed', `${login.host} shows another host key than the pinned one`, {
        machine,
        evidence: `pinned: ${describe(by.key)} (${place(by)}); shown: ${describe(key)}`,
        hint:
          'somebody may be posing as the machine; only if it was installed anew, forget its old key: ' +
          `ssh-keygen -R ${quote(name)} -f ${quote(by.file)}`,
      });
    }
  }
}

function unknownKey(machine: string, login: ResolvedLogin, key: Buffer): KmonError {
  return new KmonError('host-key-unknown', `${login.host} has no pinned host key`, {
    machine,
    evidence: `shown: ${describe(key)}`,
    hint: 'compare it on the machine (ssh-keygen -lf /etc/ssh/ssh_host_ed25519_key.pub), then run once with `hostKeys: pin` below `ssh` in kmon.yaml',
  });
}

function describe(key: Buffer): string {
  return `${keyType(key)} ${fingerprint(key)}`;
}

function place(entry: KnownHost): string {
  return `${entry.file}:${entry.line}`;
}
