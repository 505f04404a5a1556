import { X509Certificate } from 'node:crypto';
import { reads } from '../../shell/command.js';

/**
 * The certificate that a kubelet has made for itself when it was first started, with the authority that signed it: kubeadm leaves it to that
 * unless it is told otherwise. The key of that authority was thrown away when the two were made, so trusting it is trusting this certificate.
 * Nothing where the kubelet has been given one by other means.
 */
export const readKubeletCertificate = reads`cat /var/lib/kubelet/pki/kubelet.crt 2>/dev/null || true`;

/** The authority in what was printed of a machine, as PEM, if it has signed a certificate for a server of that very name. */
export function authorityIn(printed: string, node: string): string | undefined {
  const certificates = certificatesIn(printed);
  const authority = certificates.find((c) => c.ca);
  if (authority === undefined) return undefined;
  const own = certificates.find(
    (c) => !c.ca && c.checkHost(node) !== undefined && c.verify(authority.publicKey),
  );
  return own === undefined ? undefined : authority.toString();
}

/**
 * The authority of every node, as one file: as it was read just now, or as it was known before where a machine was not asked. Authorities of
 * nodes that are no more are forgotten.
 *
 * @param before what the file was; an authority says in its name whose it is: "pc-11-ca@1767225600"
 */
export function authoritiesOf(
  nodes: readonly string[],
  printed: ReadonlyMap<string, string>,
  before: string,
): string {
  const known = certificatesIn(before);
  return nodes
    .toSorted()
    .flatMap((node) => {
      const read = authorityIn(printed.get(node) ?? '', node);
      if (read !== undefined) return [read];
      const kept = known.find((c) => nameIn(c).replace(/-ca@\d+$/, '') === node);
      return kept === undefined ? [] : [kept.toString()];
    })
    .join('');
}

function nameIn({ subject }: X509Certificate): string {
  return /^CN=(.*)$/m.exec(subject)?.[1] ?? '';
}

/** What is no certificate is passed over: it would open nothing. */
function certificatesIn(text: string): readonly X509Certificate[] {
  const blocks = text.match(/-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----/g) ?? [];
  return blocks.flatMap((pem) => {
    try {
      return [new X509Certificate(pem)];
    } catch {
      return [];
    }
  });
}
