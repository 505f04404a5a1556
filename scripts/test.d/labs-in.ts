/** What `inspect` of podman or docker says of a container or a network, as far as labels go. */
interface Inspected {
  readonly Config?: { readonly Labels?: Labels | null };
  readonly labels?: Labels | null;
  readonly Labels?: Labels | null;
}
type Labels = Readonly<Partial<Record<string, string>>>;

/** Names of the labs whose folder lies in `folder`, from what `inspect` says (one JSON array). */
export function labsIn(folder: string, inspected: string): readonly string[] {
  if (inspected.trim() === '') return [];
  const things = JSON.parse(inspected) as readonly Inspected[];
  const names = things
    .map((thing) => thing.Config?.Labels ?? thing.labels ?? thing.Labels ?? {})
    .filter((labels) => labels['kmon.lab.dir']?.startsWith(`${folder}/`) === true)
    .map((labels) => labels['kmon.lab']);
  return [...new Set(names.filter((name) => name !== undefined))];
}
