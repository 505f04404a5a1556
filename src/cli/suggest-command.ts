import { fitted } from '../config/writing/fitting.js';
import { editDistance } from '../config/mistakes/suggest.js';

type Words = Readonly<Record<string, readonly string[]>>;

/** What people type who know other programs, or another language, by the command that does it. */
const COMMANDS: Words = {
  new: ['create', 'make', 'init', 'generate', 'configure', 'nouveau', 'creer'],
  check: [
    'verify',
    'validate',
    'test',
    'doctor',
    'diagnose',
    'lint',
    'probe',
    'preflight',
    'verifier',
    'tester',
  ],
  'check --fix': ['fix', 'repair', 'reparer'],
  'init-parent': ['master', 'control-plane', 'controlplane', 'bootstrap', 'server'],
  'join-child': ['children', 'enfant', 'worker', 'agent', 'add', 'node', 'rejoindre', 'ajouter'],
  'deploy-monitoring': ['prometheus', 'grafana', 'metrics', 'monitor', 'dashboard', 'deployer', 'surveiller'],
  up: ['start', 'run', 'apply', 'install', 'all', 'go', 'launch', 'demarrer', 'installer', 'lancer'],
  status: ['ps', 'ls', 'list', 'show', 'get', 'info', 'top', 'watch', 'nodes', 'etat', 'statut'],
  stress: ['burn', 'charge', 'charger'],
  load: [
    'http',
    'bench',
    'benchmark',
    'wrk',
    'ab',
    'hey',
    'vegeta',
    'siege',
    'autocannon',
    'campaign',
    'campagne',
  ],
  report: ['summary', 'history', 'html', 'rapport', 'bilan', 'resume'],
  teardown: [
    'down',
    'destroy',
    'reset',
    'uninstall',
    'remove',
    'rm',
    'delete',
    'clean',
    'cleanup',
    'purge',
    'undo',
    'restore',
    'stop',
    'leave',
    'drain',
    'detruire',
    'nettoyer',
    'supprimer',
    'rendre',
  ],
  'config schema': ['schema'],
  'lab up': ['rehearse', 'demo', 'sandbox'],
  'lab link': ['link', 'unplug', 'cable'],
  teams: ['team', 'namespace', 'namespaces', 'kubeconfig', 'equipe', 'equipes', 'groups', 'groupes'],
  '--version': ['version'],
};

const GROUPS: Readonly<Record<string, Words>> = {
  lab: {
    up: ['start', 'create', 'new', 'make', 'run'],
    status: ['ps', 'ls', 'list', 'show'],
    down: ['stop', 'destroy', 'remove', 'rm', 'delete', 'reset', 'clean', 'teardown', 'uninstall'],
    link: ['plug', 'unplug', 'cable', 'network'],
  },
  config: { schema: ['show', 'print', 'json'] },
  teams: {
    list: ['ls', 'ps', 'show', 'status', 'get'],
    remove: ['rm', 'delete', 'down', 'teardown', 'clean', 'destroy', 'supprimer'],
    card: ['cards', 'print', 'carte', 'cartes'],
  },
};

const FLAGS: Words = {
  '--for': ['duration', 'time', 'seconds', 'timeout', 'during'],
  '--cpu': ['load', 'percent', 'cpus'],
  '--only': ['machine', 'machines', 'node', 'nodes', 'host', 'hosts', 'child', 'limit'],
  '--dry-run': ['simulate', 'noop', 'plan', 'what-if'],
  '--config': ['file'],
  '--language': ['lang', 'locale', 'langue'],
  '--out': ['output', 'file', 'sortie'],
  '--children-file': ['file', 'csv', 'inventory', 'hosts-file'],
  '--yes': ['assume-yes', 'non-interactive', 'no-prompt', 'force'],
  '--parent': ['master', 'server', 'control-plane'],
  '--children': ['workers', 'nodes', 'hosts', 'machines'],
};

/**
 * The commands that a word may have been meant for, the likeliest first; none when nothing is near.
 *
 * @param names the commands that there are
 * @param group the word that stands before, of a command of two words
 */
export function nearestCommands(word: string, names: readonly string[], group?: string): readonly string[] {
  return nearest(word, names, group === undefined ? COMMANDS : (GROUPS[group] ?? {}));
}

/** The same for a flag, of those that its command has. */
export function nearestFlags(flag: string, flags: readonly string[]): readonly string[] {
  const known = Object.fromEntries(Object.entries(FLAGS).filter(([name]) => flags.includes(name)));
  return nearest(flag, flags, known);
}

function nearest(written: string, names: readonly string[], words: Words): readonly string[] {
  const word = fitted(written.replace(/=.*$/s, '')) ?? '';
  if (word.length < 2) return [];
  const plain = (name: string): string => name.replace(/^--/, '');
  const parts = names.filter((name) => {
    const own = plain(name);
    return own.startsWith(word) || own.split('-').includes(word) || (own.length > 2 && word.startsWith(own));
  });
  const said = Object.entries(words).flatMap(([name, others]) => (others.includes(word) ? [name] : []));
  const found = [...new Set([...parts, ...said])];
  if (found.length > 0) return found;
  const near = names
    .map((name) => ({ name, distance: editDistance(word, plain(name)) }))
    .filter(({ name, distance }) => distance <= (Math.min(word.length, plain(name).length) <= 4 ? 1 : 3))
    .toSorted((a, b) => a.distance - b.distance);
  return near.filter((n) => n.distance === near[0]?.distance).map((n) => n.name);
}
