import type { CatalogueAddon } from '../../addons/addon.js';
import { CATALOGUE } from '../../addons/index.js';
import type { AddonStanding, AddonState } from '../../stages/cluster/catalogue-state.js';
import { tableText } from '../../ui/table.js';
import { openView } from '../with-view.js';
import { aboutAddons, standingOfAddons } from '../about-addons.js';
import type { AddonsOptions } from '../about-addons.js';
import type { App } from '../app.js';
import type { Io } from '../io.js';

interface ListOptions extends AddonsOptions {
  readonly explain: boolean;
}

/** `kmon addon list` */
export async function listAddons(io: Io, options: ListOptions): Promise<number> {
  if (options.explain) return explain(io, options);
  return aboutAddons(io, 'addon list', options, async (app) => {
    const standing = await standingOfAddons(app, options);
    if (typeof standing === 'number') return standing;
    const rows = standing.map((one) => rowOf(one, app, options));
    app.view.result(text(rows), rows);
    return 0;
  });
}

interface Row {
  readonly name: string;
  readonly what: string;
  /** In kmon.yaml. */
  readonly listed: boolean;
  readonly state: AddonState;
  /** How a person gets at it; null: it is not there. */
  readonly shows: ReturnType<CatalogueAddon['shows']> | null;
  /** Whose it is that kmon has brought from another computer or folder; null: that is not so. */
  readonly owner: string | null;
}

function rowOf({ addon, state, elsewhere }: AddonStanding, { config }: App, { context }: AddonsOptions): Row {
  return {
    name: addon.id,
    what: addon.what,
    listed: config.addons.includes(addon.id),
    state,
    shows: state === 'there' ? addon.shows({ config, cluster: { context } }) : null,
    owner: elsewhere ?? null,
  };
}

const COLUMNS = [
  { title: 'add-on' },
  { title: 'on the cluster' },
  { title: 'in kmon.yaml' },
  { title: 'what it is' },
  { title: 'how to get at it' },
] as const;

const STATES: Readonly<Record<AddonState, string>> = {
  absent: 'no',
  there: 'yes',
  others: "somebody else's",
};

function text(rows: readonly Row[]): string {
  return tableText(
    COLUMNS,
    rows.map(({ name, what, listed, state, owner, shows }) => [
      name,
      owner === null ? STATES[state] : `${STATES[state]} (${owner})`,
      listed ? 'yes' : 'no',
      what,
      shows === null ? undefined : shows.kind === 'address' ? shows.url : shows.line,
    ]),
  );
}

/** What is for students needs no cluster. */
async function explain(io: Io, options: ListOptions): Promise<number> {
  const view = await openView(io, options);
  const all = CATALOGUE.map(({ id, what, explain: { en, fr } }) => ({ name: id, what, en, fr }));
  view.result(all.map(({ name, en, fr }) => `${name}\n  en: ${en}\n  fr: ${fr}`).join('\n'), all);
  await view.close(0);
  return 0;
}
