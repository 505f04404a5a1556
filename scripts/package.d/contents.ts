import { readFileSync } from 'node:fs';

/** An entry of a CycloneDX list, as npm writes it. */
interface Component {
  readonly name: string;
  readonly version: string;
  readonly purl: string;
}

interface Sbom {
  readonly components: readonly Component[];
  readonly metadata: Readonly<Record<string, unknown>>;
}

/** The packages whose licences are in a compiled program, as its file has them: `name version (licence)` below a line of `=`. */
export function compiledIn(licenses: string): ReadonlySet<string> {
  return new Set(
    [...licenses.matchAll(/^={80}\n(\S+) (\S+) \(.*\)$/gm)].map(
      ([, name, version]) => `${String(name)}@${String(version)}`,
    ),
  );
}

/**
 * What is in an archive, from npm's list of all packages of the project: those that are compiled in, those that stand beside, and Node.js. What
 * npm writes anew each time, and the name of the project's folder, are left out.
 */
export function contentsOf(
  npmList: string,
  o: {
    readonly version: string;
    readonly licenses: string;
    readonly beside: ReadonlySet<string>;
    readonly nodeVersion: string;
  },
): string {
  const { components, metadata } = JSON.parse(npmList) as Sbom;
  const compiled = compiledIn(o.licenses);
  const inside = components.filter((c) =>
    [compiled, o.beside].some((set) => set.has(`${c.name}@${c.version}`)),
  );
  const known = new Set(inside.map((c) => `${c.name}@${c.version}`));
  const lost = [...compiled, ...o.beside].filter((name) => !known.has(name));
  if (lost.length > 0) throw new Error(`npm's list has no ${lost.join(', ')}`);
  const { component } = metadata as { readonly component: object };
  const list = {
    bomFormat: 'CycloneDX',
    specVersion: '1.5',
    version: 1,
    metadata: { component: { ...component, name: 'kmon', type: 'application' } },
    components: [
      ...inside.toSorted((a, b) => (a.purl < b.purl ? -1 : 1)).map(withoutScope),
      {
        type: 'application',
        name: 'node',
        version: o.nodeVersion,
        purl: `pkg:generic/node@${o.nodeVersion}`,
        licenses: [{ license: { id: 'MIT' } }],
      },
    ],
  };
  return `${JSON.stringify(list, null, 2)}\n`;
}

/** To npm it is a package for development alone; here it is compiled in. */
function withoutScope(component: Component): object {
  return Object.fromEntries(
    Object.entries(component).filter(([key]) => !['scope', 'properties'].includes(key)),
  );
}

/** The packages that npm installed below a folder, as `name@version`. */
export function installedIn(folder: string): ReadonlySet<string> {
  const { packages } = JSON.parse(readFileSync(`${folder}/node_modules/.package-lock.json`, 'utf8')) as {
    readonly packages: Readonly<Record<string, { readonly version: string }>>;
  };
  return new Set(
    Object.entries(packages).map(
      ([path, { version }]) => `${path.replace(/^.*node_modules\//, '')}@${version}`,
    ),
  );
}
