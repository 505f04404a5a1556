import { leadingTo } from '../../cluster/hindered-pods.js';
import type { OwnCluster } from '../../cluster/own-cluster.js';
import { quote } from '../../shell/quote.js';

/** A Service with pages for a browser. */
interface PageService {
  readonly page: string;
  readonly namespace: string;
  readonly service: string;
  readonly port: number;
}

/** How a cluster of `kmon solo` is used; what `--json` gives. */
export interface SoloResult {
  readonly cluster: string;
  readonly tool: string;
  readonly context: string;
  readonly kubeconfig: string;
  readonly profile: string;
  /** What is typed, and the address in a browser while that runs. */
  readonly pages: readonly { readonly page: string; readonly line: string; readonly address: string }[];
  /** Of Grafana; null: there is none. */
  readonly login: { readonly user: string; readonly passwordFile: string } | null;
}

/** Ports of this computer by page, so that two may be open at once. */
const PORTS: Readonly<Record<string, number>> = { grafana: 3000, prometheus: 9090, alertmanager: 9093 };

export function soloResult(
  own: OwnCluster,
  o: {
    readonly profile: string;
    readonly pages: readonly PageService[];
    readonly login?: SoloResult['login'];
  },
): SoloResult {
  const pages = o.pages.map(({ page, namespace, service, port }) => {
    const here = PORTS[page] ?? port;
    return {
      page,
      line: `kubectl ${leadingTo({ own })} -n ${namespace} port-forward service/${service} ${here}:${port}`,
      address: `http://127.0.0.1:${here}/`,
    };
  });
  const { name, tool, context, kubeconfig } = own;
  const hasGrafana = pages.some(({ page }) => page === 'grafana');
  return {
    cluster: name,
    ...{ tool, context, kubeconfig },
    profile: o.profile,
    pages,
    login: hasGrafana ? (o.login ?? null) : null,
  };
}

export function soloText({ cluster, context, kubeconfig, pages, login }: SoloResult): string {
  return [
    `${cluster} is there, and measured`,
    ...pages.map(({ page, line, address }) => `${page}: ${line}, then open ${address}`),
    ...(login === null ? [] : [`Grafana's user is ${login.user}, the password is in ${login.passwordFile}`]),
    `anything else: export KUBECONFIG=${quote(kubeconfig)}, then kubectl, or kmon with --context ${context}`,
    'take it away again: kmon solo --remove',
  ].join('\n');
}
