import { Secret } from '../shell/secret.js';
import type { Command } from '../shell/command.js';
import { createRaw, deleteObject, type Kubectl } from './kubectl.js';

/** A kubeadm bootstrap token. The id is no secret (it is part of an object's name); the whole token is. */
export interface BootstrapToken {
  /** 6 characters of a-z and 0-9. */
  readonly id: string;
  /** `id.secret`, 23 characters. */
  readonly token: Secret;
}

const ALPHABET = 'abcdefghijklmnopqrstuvwxyz0123456789';

/** @param randomBytes A cryptographic source, such as node:crypto's. */
export function newBootstrapToken(randomBytes: (size: number) => Uint8Array): BootstrapToken {
  const word = (length: number): string => {
    let out = '';
    while (out.length < length) {
      for (const byte of randomBytes(length)) {
        // 252 = 7 * 36: bytes above it would make the first letters likelier.
        if (byte < 252 && out.length < length) out += ALPHABET.charAt(byte % ALPHABET.length);
      }
    }
    return out;
  };
  const id = word(6);
  const secret = word(16);
  return { id, token: new Secret(`${id}.${secret}`, [new Secret(secret)]) };
}

const TOKENS = '/api/v1/namespaces/kube-system/secrets';

/**
 * Makes the token known to the cluster until `expires`; the token itself goes by stdin. What `kubeadm token create` does, without the
 * token in an argument list, and for joins alone: nothing is signed with it. Fails when a token of this id exists.
 *
 * @param options.machine Whom it is for, written into the token's description.
 */
export function createBootstrapToken(
  k: Kubectl,
  token: BootstrapToken,
  options: { readonly expires: Date; readonly machine: string },
): Command<'changes'> {
  const [, secret = ''] = token.token.reveal().split('.', 2);
  const object = {
    apiVersion: 'v1',
    kind: 'Secret',
    metadata: { name: objectName(token.id), namespace: 'kube-system' },
    type: 'bootstrap.kubernetes.io/token',
    stringData: {
      description: `kmon: join of ${options.machine}`,
      'token-id': token.id,
      'token-secret': secret,
      // The API wants whole seconds.
      expiration: options.expires.toISOString().replace(/\.\d+Z$/, 'Z'),
      'usage-bootstrap-authentication': 'true',
      'auth-extra-groups': 'system:bootstrappers:kubeadm:default-node-token',
    },
  };
  return createRaw(k, TOKENS, new Secret(JSON.stringify(object), [token.token]));
}

/** Makes a token worthless at once; fine when it is gone already. */
export function revokeBootstrapToken(k: Kubectl, id: string): Command<'changes'> {
  return deleteObject(k, { kind: 'secret', name: objectName(id), namespace: 'kube-system' });
}

function objectName(id: string): string {
  return `bootstrap-token-${id}`;
}
