/** Why an image does not come to a machine. */
export interface PullFailure {
  readonly image: string;
  /** Trying again is in vain until somebody mends it. */
  readonly forGood: boolean;
  /** In words, such as "quay.io refuses it". */
  readonly because: string;
  /** In the words of the runtime that pulls it. */
  readonly said: string;
  readonly remedy: string;
}

interface Kind {
  readonly when: RegExp;
  readonly because: (registry: string) => string;
  readonly remedy: (registry: string, machine: string) => string;
}

const LET_THROUGH = (registry: string): string =>
  `have ${registry}, and the names that it sends on to, let through by who runs the network, or name a bundle in kmon.yaml`;

/** What stays so until somebody does something. The first that fits speaks. */
const FOR_GOOD: readonly Kind[] = [
  {
    when: /Proxy Authentication Required|proxyconnect.*\b407\b/i,
    because: () => 'the proxy wants a name and a password',
    remedy: (_, machine) =>
      `write them into the address of the proxy in /etc/environment on ${machine} (https_proxy=http://NAME:PASSWORD@proxy:port)`,
  },
  {
    when: /x509: certificate has expired or is not yet valid/,
    because: (registry) => `by the clock of the machine the certificate of ${registry} is not valid`,
    remedy: (_, machine) => `set the clock of ${machine} (timedatectl)`,
  },
  {
    when: /x509: |tls: failed to verify certificate/,
    because: (registry) =>
      `who answers for ${registry} is signed by an authority that the machine does not trust`,
    remedy: (_, machine) =>
      `what stands between ${machine} and the Internet (a school's proxy) opens encrypted connections: have ${machine} trust its authority (a .crt in /usr/local/share/ca-certificates, then sudo update-ca-certificates) and run the command again, or name a bundle in kmon.yaml`,
  },
  {
    when: /: no such host/,
    because: (registry) => `a name that is asked for it is not known (${registry} sends on to others)`,
    remedy: LET_THROUGH,
  },
  {
    when: /\b40[13] (?:Forbidden|Unauthorized)|denied|unauthorized|insufficient_scope|failed to authorize/i,
    because: (registry) => `${registry} refuses it`,
    remedy: LET_THROUGH,
  },
  {
    when: /: not found|\b404 Not Found|manifest unknown|name unknown/i,
    because: (registry) => `${registry} has no such image`,
    remedy: (registry) =>
      `see whether a mirror or a filter answers in the place of ${registry}, since it has the image, or name a bundle in kmon.yaml`,
  },
  {
    when: /no match for platform/,
    because: () => "there is none for the machine's processor",
    remedy: (_, machine) => `leave ${machine} out, or name a bundle with such images in kmon.yaml`,
  },
  {
    when: /invalid reference format|couldn't parse image/i,
    because: () => 'it is no name of an image',
    remedy: () => 'write the name of the image anew in kmon.yaml',
  },
];

/** @param said what the kubelet repeats of the runtime's words. */
export function pullFailure(image: string, said: string, machine: string): PullFailure {
  const words = said.replace(WRAPPING, '');
  const registry = registryOf(image);
  const kind = FOR_GOOD.find(({ when }) => when.test(said));
  return {
    image,
    said: words,
    forGood: kind !== undefined,
    because: kind?.because(registry) ?? `${registry} does not give it now`,
    remedy: (kind?.remedy ?? LET_THROUGH)(registry, machine),
  };
}

/** What each layer puts before the words of the one below it. */
const WRAPPING =
  /^(?:Back-off pulling image "[^"]*"(?:: )?|Failed to pull image "[^"]*": |ErrImagePull: |rpc error: code = \w+ desc = |failed to pull and unpack image "[^"]*": |failed to resolve (?:image|reference "[^"]*"): )*/;

/** "docker.io" for what names none. */
function registryOf(image: string): string {
  const [first = '', ...others] = image.split('/');
  return others.length > 0 && /[.:]|^localhost$/.test(first) ? first : 'docker.io';
}
