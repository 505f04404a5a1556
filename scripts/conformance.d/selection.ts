// Which of Kubernetes' own tests run. They are chosen by the labels that they carry, which their names show in brackets.

/** Tests that do not fit into a run, by their label, and why. */
const UNFIT: Readonly<Record<string, string>> = {
  Serial: 'has the whole cluster to itself',
  Disruptive: 'breaks the cluster for those that come after it',
  Slow: 'takes many minutes',
};

export interface Selection {
  /** As it is told. */
  readonly title: string;
  /** Every one of these labels. */
  readonly labels: readonly string[];
  /** Parts of names, of which one is enough; regular expressions as Go knows them. None: every name. */
  readonly names: readonly string[];
  /** Whether what does not fit into a run is left out. */
  readonly fitting: boolean;
}

export const SIG_NETWORK: Selection = {
  title: '[sig-network] [Conformance]',
  labels: ['sig-network', 'Conformance'],
  names: [],
  fitting: true,
};

/** All that a cluster must pass to be called Kubernetes, as far as it fits. */
export const ALL: Selection = { title: '[Conformance]', labels: ['Conformance'], names: [], fitting: true };

/** Whatever has such a name. */
export function focused(name: string): Selection {
  return { title: name, labels: [], names: [name], fitting: false };
}

/** For ginkgo, which runs the tests. */
export function ginkgoArgs({ labels, names, fitting }: Selection): readonly string[] {
  const wanted = [...labels, ...(fitting ? Object.keys(UNFIT).map((label) => `!${label}`) : [])];
  return [
    ...(wanted.length === 0 ? [] : [`--label-filter=${wanted.join(' && ')}`]),
    ...names.map((name) => `--focus=${name}`),
  ];
}

/** Why a test that has the labels of a selection did not run with it; undefined for one that was not meant at all. */
export function whyLeftOut(
  { labels: wanted, names, fitting }: Selection,
  labels: readonly string[],
): string | undefined {
  if (!fitting || names.length > 0 || !wanted.every((label) => labels.includes(label))) return undefined;
  const unfit = Object.keys(UNFIT).find((label) => labels.includes(label));
  return unfit === undefined ? undefined : `[${unfit}] ${UNFIT[unfit] ?? ''}`;
}
