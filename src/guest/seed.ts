import { createHash } from 'node:crypto';
import { stringify } from 'yaml';
import { MACHINE_NAME } from '../config/names.js';
import { KmonError } from '../errors/kmon-error.js';
import { isoImage } from './iso-image.js';

/** What makes one guest of the image that all have. */
export interface GuestSeed {
  /** Also the name of the node: a label of RFC 1123, in small letters. */
  readonly hostname: string;
  /** Lines of authorized_keys that root may come in by; nothing else lets anybody in. */
  readonly authorizedKeys: readonly string[];
}

/** cloud-init finds its seed by the label of the volume. */
const VOLUME = 'cidata';

/**
 * What cloud-init does at the guest's first start, by the names that its data source NoCloud reads.
 *
 * The instance's id comes of what it says: with another seed cloud-init does it all again, with the same one it does nothing.
 *
 * @throws KmonError `config` for a name that is none, or a key that is more or less than one line.
 */
export function seedFiles(o: GuestSeed): Readonly<Record<'meta-data' | 'user-data', string>> {
  if (!MACHINE_NAME.test(o.hostname)) {
    throw new KmonError('config', `${JSON.stringify(o.hostname)} cannot be the name of a guest`, {
      hint: 'use small letters, digits and hyphens',
    });
  }
  const wrong = o.authorizedKeys.find((key) => !KEY.test(key));
  if (wrong !== undefined || o.authorizedKeys.length === 0) {
    throw new KmonError(
      'config',
      wrong === undefined
        ? 'a guest without a key lets nobody in'
        : `this is no public key: ${JSON.stringify(wrong.slice(0, 60))}`,
      { hint: 'give the line of a file such as ~/.ssh/id_ed25519.pub' },
    );
  }
  const userData = `#cloud-config\n${stringify(
    {
      hostname: o.hostname,
      // The line of the guest's own name alone: the other names in /etc/hosts are kmon's.
      manage_etc_hosts: 'localhost',
      // In place of the user that Debian's cloud-init makes otherwise.
      users: [{ name: 'root', ssh_authorized_keys: o.authorizedKeys }],
      disable_root: false,
      ssh_pwauth: false,
      growpart: { mode: 'auto', devices: ['/'] },
      resize_rootfs: true,
      package_update: false,
      package_upgrade: false,
    },
    { lineWidth: 0 },
  )}`;
  const id = createHash('sha256').update(userData).digest('hex').slice(0, 16);
  return {
    'meta-data': stringify({ 'instance-id': `kmon-${id}`, 'local-hostname': o.hostname }),
    'user-data': userData,
  };
}

/** A type of OpenSSH's, the key, and whatever its owner calls it: one line. Of options in front those that bound it are taken, and no others. */
const KEY =
  /^(?:restrict,port-forwarding,expiry-time="\d{8}" )?(?:ssh|ecdsa|sk-ssh|sk-ecdsa)-[a-z0-9@.-]+ [A-Za-z0-9+/]{16,16384}={0,3}(?: [\p{L}\p{N}\p{P}\p{S} ]{0,256})?$/u;

/**
 * The seed of a guest, an ISO 9660 image that is given to it as a CD beside its disk. It holds no secret.
 *
 * @throws KmonError `config` as `seedFiles`.
 */
export function guestSeed(o: GuestSeed): Buffer {
  return isoImage(
    VOLUME,
    Object.entries(seedFiles(o)).map(([name, text]) => ({ name, content: Buffer.from(text, 'utf8') })),
  );
}
