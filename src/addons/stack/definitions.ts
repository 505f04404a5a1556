import { parse } from 'yaml';
import { VERSION_LABEL } from '../../cluster/definitions.js';
import { KmonError } from '../../errors/kmon-error.js';
import { chartFiles } from '../../render/chart-files.js';
import type { DefinitionsPart } from '../addon.js';
import { labelled } from './labels.js';
import { DEFINITIONS } from './names.js';

interface Definition {
  readonly metadata: { readonly name: string; readonly labels?: Readonly<Record<string, string>> };
}

/** The kinds that the chart's operator brings, out of the chart itself. */
export function stackDefinitions(chart: {
  readonly digest: string;
  readonly bytes: () => Promise<Buffer>;
}): DefinitionsPart {
  const version = chart.digest.slice(0, 40);
  return {
    kind: 'definitions',
    name: "the operator's kinds of object",
    names: DEFINITIONS,
    version,
    manifest: async (names) => {
      const files = await chartFiles(await chart.bytes(), (path) => /\/crds\/crd-[\w-]+\.yaml$/.test(path));
      const all = [...files.values()].map((text) => parse(text, { maxAliasCount: 0 }) as Definition);
      const wanted = all.filter(({ metadata }) => names.includes(metadata.name));
      if (wanted.length < names.length)
        throw lacking(names.filter((n) => !wanted.some((d) => d.metadata.name === n)));
      return wanted
        .map(({ metadata, ...rest }) => {
          const labels = { ...metadata.labels, ...labelled, [VERSION_LABEL]: version };
          return JSON.stringify({ ...rest, metadata: { ...metadata, labels } });
        })
        .join('\n---\n');
    },
  };
}

function lacking(names: readonly string[]): KmonError {
  return new KmonError(
    'precondition',
    `the chart kube-prometheus-stack has no definition of ${names.join(', ')}`,
    {
      hint: 'use the version of the chart that kmon knows, or make the bundle again (`kmon bundle make`)',
    },
  );
}
