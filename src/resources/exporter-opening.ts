import * as mac from '../computers/macos-commands.js';
import { parseOpening } from '../computers/macos-look.js';
import * as windows from '../computers/windows-commands.js';
import { parseRules } from '../computers/windows-look.js';
import type { Language, Script } from '../shell/language.js';
import type { Json, Resource, Reversible } from './resource.js';

/** What kmon has opened in a computer's firewall: whether the exporter's port is, and how many entries there are of kmon's at all. */
export type OpeningState = { readonly open: boolean; readonly ours: number };

/** As every computer was before kmon: what is in kmon's group of rules, or in its record on a Mac, was never the owner's. */
export const NOTHING_OPENED: OpeningState = { open: false, ours: 0 };

export interface OpeningParams {
  readonly port: number;
  /** The only place that the port is opened for. */
  readonly subnet: string;
}

/** How one family of systems is spoken to about it. */
interface Family<L extends Language> {
  readonly kind: string;
  readonly read: Script<L, 'reads'>;
  parse(stdout: string, port: number): OpeningState;
  open(computer: { readonly exporterPort: number }, room: { readonly subnet: string }): Script<L, 'changes'>;
  readonly close: Script<L, 'changes'>;
}

const WINDOWS: Family<'powershell'> = {
  kind: 'windows-exporter-opening',
  read: windows.lookAtRules,
  parse: parseRules,
  open: windows.openExporter,
  close: windows.closeExporter,
};

const MACOS: Family<'sh'> = {
  kind: 'macos-exporter-opening',
  read: mac.lookAtOpening,
  parse: parseOpening,
  open: mac.openExporter,
  close: mac.closeExporter,
};

/**
 * The opening of an exporter's port for the room alone. On a Mac the program that listens on the port is let in, and the port through pf
 * where that is on.
 */
export function exporterOpening(
  family: 'windows' | 'macos',
  params: OpeningParams,
): Resource<OpeningState, Language> {
  return family === 'windows' ? opening(WINDOWS, params) : opening(MACOS, params);
}

/** What is left to do about such an opening, as a ledger keeps it: all that kmon opened there goes, whatever the port was then. */
export function exporterClosing(
  family: 'windows' | 'macos',
  { port }: Pick<OpeningParams, 'port'>,
): Reversible<Json, Language> {
  return family === 'windows' ? closing(WINDOWS, port) : closing(MACOS, port);
}

function opening<L extends Language>(
  family: Family<L>,
  { port, subnet }: OpeningParams,
): Resource<OpeningState, L> {
  return {
    ...closing(family, port),
    satisfied: ({ open }) => open,
    change: () => family.open({ exporterPort: port }, { subnet }),
    describe: () => `open port ${port} in its firewall for ${subnet}`,
  };
}

/** Whatever kmon opened there goes at once, for whatever port: kmon.yaml may have named another one then. */
function closing<L extends Language>(family: Family<L>, port: number): Reversible<OpeningState, L> {
  return {
    id: `opening of port ${port}`,
    kind: family.kind,
    params: { port },
    read: family.read,
    parse: ({ stdout }) => family.parse(stdout, port),
    restore: (_, now) => (now.ours === 0 ? 'nothing' : family.close),
  };
}
