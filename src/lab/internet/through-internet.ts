import type { Outside } from '../outside.js';

/** The lab's Internet as its machines have to know it. */
export interface LabInternet {
  readonly address: string;
  /** The certificate of the lab's authority (PEM). */
  readonly authority: string;
  readonly names: readonly string[];
}

/**
 * The same way out, but that the lab's Internet is asked for names, and trusted. What it serves is not asked of a proxy, which would fetch it
 * from the world; Debian's mirror stays as it is.
 */
export function throughInternet(outside: Outside, { address, authority, names }: LabInternet): Outside {
  const direct = names.map((name) => `Acquire::https::Proxy::${name} "DIRECT";\n`).join('');
  const hasProxy = /^Acquire::https?::(?:proxy|.*::proxy)/im.test(outside.aptSettings);
  return {
    ...outside,
    resolvConf: `nameserver ${address}`,
    aptSettings: hasProxy ? outside.aptSettings + direct : outside.aptSettings,
    authority,
  };
}
