import { LOCAL_TOOLS } from '../../cluster/own-cluster.js';
import type { LocalTool } from '../../cluster/own-cluster.js';
import { KmonError } from '../../errors/kmon-error.js';

/** What of this computer decides by what a cluster is made. */
export interface ToolsHere {
  /** Whether a program of this name is on PATH. */
  has(program: string): boolean;
  /** Of the user's own kubeconfig; asked only where nothing can make a cluster. */
  contexts(): Promise<readonly string[]>;
}

/** In what kind makes its nodes, in the order in which it looks for them. */
const ENGINES = ['docker', 'podman', 'nerdctl'];

/** By what the monitoring is installed. */
const NEEDED = ['kubectl', 'helm'];

/**
 * By what the cluster is made: what was asked for, else what it was made with, else what is there. All that is missing is told before anything
 * is made.
 *
 * @throws KmonError `precondition`
 */
export async function chooseTool(
  here: ToolsHere,
  { asked, recorded }: { readonly asked?: LocalTool | undefined; readonly recorded?: LocalTool | undefined },
): Promise<LocalTool> {
  if (asked !== undefined && recorded !== undefined && asked !== recorded)
    throw new KmonError('precondition', `the cluster of this folder was made with ${recorded}`, {
      hint: `\`kmon solo --remove\` first, then \`kmon solo --with ${asked}\``,
    });
  const fixed = asked ?? recorded;
  const tool =
    fixed ?? LOCAL_TOOLS.find((one) => canBeUsed(one, here)) ?? LOCAL_TOOLS.find((one) => here.has(one));
  if (tool === undefined) throw await nothingHere(here);
  mustBeHere(tool, here);
  if (!canBeUsed(tool, here))
    throw new KmonError(
      'precondition',
      `kind is here, and none of ${ENGINES.join(', ')}, in which it makes its nodes`,
      {
        hint: 'install Docker or podman, or minikube, which can do with a virtual machine',
      },
    );
  const missing = NEEDED.filter((program) => !here.has(program));
  if (missing.length > 0)
    throw new KmonError('precondition', `there is no ${missing.join(' and no ')} on this computer (PATH)`, {
      hint: `install ${missing.join(' and ')}: the monitoring is installed by ${NEEDED.join(' and ')}`,
    });
  return tool;
}

/** @throws KmonError `precondition` */
export function mustBeHere(tool: LocalTool, here: Pick<ToolsHere, 'has'>): void {
  if (here.has(tool)) return;
  throw new KmonError('precondition', `there is no ${tool} on this computer (PATH)`, {
    hint: `install it, or see that PATH leads to it, and run this again`,
  });
}

function canBeUsed(tool: LocalTool, here: ToolsHere): boolean {
  return here.has(tool) && (tool !== 'kind' || ENGINES.some((engine) => here.has(engine)));
}

async function nothingHere(here: ToolsHere): Promise<KmonError> {
  const contexts = await here.contexts();
  const some = contexts.slice(0, 5).join(', ');
  const own =
    contexts.length === 0
      ? ''
      : `; a cluster that you have is measured by \`kmon deploy-monitoring --context NAME\` (there is ${some})`;
  return new KmonError(
    'precondition',
    `there is neither ${LOCAL_TOOLS.join(' nor ')} on this computer (PATH)`,
    {
      hint: `install one of them, with kubectl and helm; or, on Linux with podman, \`kmon lab up\` makes a whole room on one computer${own}`,
    },
  );
}
