import type { LessonMachine, UnreadFile } from '../../lesson/lesson.js';
import type { Language } from './language.js';

/** Everything that a report says in its own words. */
export interface Words {
  readonly title: (room: string) => string;
  /** From when to when, and how long that is. */
  readonly span: (from: string, until: string, lasting: string) => string;
  readonly made: string;
  readonly under: string;
  readonly over: string;
  readonly contents: string;
  /** Titles of the sections. */
  readonly machines: string;
  readonly joined: string;
  readonly difficulties: string;
  readonly loads: string;
  readonly alerts: string;
  readonly curves: string;
  readonly runs: string;
  readonly unread: string;
  /** The figures at the top, one word each. */
  readonly count: {
    readonly machines: (n: number) => string;
    readonly joined: (n: number) => string;
    readonly difficulties: (n: number) => string;
    readonly open: (n: number) => string;
    readonly loads: (n: number) => string;
    readonly alerts: (n: number) => string;
  };
  /** Heads of columns. */
  readonly machine: string;
  readonly role: string;
  readonly team: string;
  readonly address: string;
  readonly node: string;
  readonly model: string;
  readonly cpus: string;
  readonly memory: string;
  readonly system: string;
  readonly time: string;
  readonly by: string;
  readonly left: string;
  readonly what: string;
  readonly state: string;
  readonly since: string;
  readonly until: string;
  readonly severity: string;
  readonly lasted: string;
  readonly end: string;
  readonly command: string;
  readonly cpu: string;
  readonly temperature: string;
  readonly connections: string;
  readonly rate: string;
  readonly errors: string;
  readonly replicas: string;
  readonly busiest: string;
  /** Of a step in which nothing was asked. */
  readonly watched: string;
  readonly askedFrom: (machine: string) => string;
  readonly roles: Readonly<Record<LessonMachine['role'], string>>;
  readonly nodes: Readonly<Record<NonNullable<LessonMachine['node']>, string>>;
  readonly asked: string;
  readonly alert: string;
  readonly remedy: string;
  /** In front of what is advised. */
  readonly toDo: string;
  /** Above three values. */
  readonly course: string;
  readonly words: string;
  readonly solved: (time: string, after: string, command: string) => string;
  readonly open: string;
  /** Of a difficulty of which nobody can say whether it was solved. */
  readonly aboutAsked: string;
  readonly times: (n: number, last: string) => string;
  readonly elsewhere: string;
  readonly noDifficulty: string;
  readonly nobodyJoined: string;
  readonly noLoad: string;
  readonly noAlert: string;
  readonly noneFired: string;
  readonly noRun: string;
  readonly firing: string;
  readonly pending: string;
  readonly still: string;
  readonly now: string;
  readonly fired: string;
  readonly notAsked: (because: string) => string;
  readonly noCurves: (because: string) => string;
  readonly beforeTeardown: string;
  readonly english: string;
  readonly loadMarked: string;
  readonly noSensor: string;
  readonly sensorLies: string;
  readonly noHeat: string;
  readonly highest: (values: string) => string;
  readonly chart: (what: string, machine: string) => string;
  readonly dryRun: string;
  readonly ended: (exitCode: number | null) => string;
  readonly limit: (celsius: number) => string;
  readonly ends: Readonly<Partial<Record<string, string>>>;
  /** What an alert of kmon's own says, by the name of its rule. */
  readonly alertNames: Readonly<Partial<Record<string, string>>>;
  readonly severities: Readonly<Partial<Record<string, string>>>;
  readonly unreadBecause: Readonly<Record<UnreadFile['because'], string>>;
  readonly day: string;
  /** Of 1024 × 1024 × 1024 bytes. */
  readonly gib: string;
  readonly decimal: string;
}

const EN: Words = {
  title: (room) => `The lesson in ${room}`,
  span: (from, until, lasting) => `from ${from} until ${until} (${lasting})`,
  made: 'report made',
  under: 'still under way',
  over: 'the machines were given back',
  contents: 'Contents',
  machines: 'Machines',
  joined: 'Who joined when',
  difficulties: 'Difficulties, and how they were solved',
  loads: 'Loads',
  alerts: 'Alerts',
  curves: 'How each machine went',
  runs: 'What was run',
  unread: 'What could not be read',
  count: {
    machines: (n) => (n === 1 ? 'machine' : 'machines'),
    joined: () => 'joined',
    difficulties: (n) => (n === 1 ? 'difficulty' : 'difficulties'),
    open: () => 'not solved',
    loads: (n) => (n === 1 ? 'load' : 'loads'),
    alerts: (n) => (n === 1 ? 'alert' : 'alerts'),
  },
  machine: 'machine',
  role: 'role',
  team: 'team',
  address: 'address',
  node: 'in the cluster',
  model: 'model',
  cpus: 'CPUs',
  memory: 'memory',
  system: 'system',
  time: 'time',
  by: 'by',
  left: 'given back',
  what: 'what',
  state: 'state',
  since: 'since',
  until: 'until',
  severity: 'severity',
  lasted: 'took',
  end: 'end',
  command: 'command',
  cpu: 'CPU',
  temperature: 'temperature',
  connections: 'connections',
  rate: 'answers/s',
  errors: 'errors',
  replicas: 'replicas',
  busiest: 'busiest machine',
  watched: 'none, watched',
  askedFrom: (machine) => `asked from ${machine}`,
  roles: { parent: 'parent', child: 'child', observed: 'only observed' },
  nodes: {
    ready: 'ready',
    'not-ready': 'not ready',
    unknown: 'silent',
    absent: 'not in it',
    'no node': 'no node',
  },
  asked: 'asked for',
  alert: 'alert',
  remedy: 'what to do',
  toDo: 'What to do:',
  course: 'Before the load → the highest during it → after it.',
  words: 'In the machine’s words',
  solved: (time, after, command) => `Solved at ${time}, after ${after}, by ${command}`,
  open: 'Not solved',
  aboutAsked: 'It was about what was asked for then',
  times: (n, last) => `met ${n} times, the last time at ${last}`,
  elsewhere: 'no transcript here tells',
  noDifficulty: 'None: everything went well.',
  nobodyJoined: 'Nobody, as far as is known here.',
  noLoad: 'None was recorded.',
  noAlert: 'Nothing is the matter.',
  noneFired: 'None fired.',
  noRun: 'Nothing, as far as is known here.',
  firing: 'fires',
  pending: 'about to fire',
  still: 'still',
  now: 'When the report was made',
  fired: 'During the lesson',
  notAsked: (because) => `Not known: ${because}.`,
  noCurves: (because) => `There are no curves: ${because}.`,
  beforeTeardown:
    'Curves and alerts are in the cluster: they can be had as long as it is there, so run kmon report before kmon teardown.',
  english: '',
  loadMarked: 'Grey: a load was on the machine.',
  noSensor: 'no sensor',
  sensorLies: 'sensor lies',
  noHeat: 'no temperature was measured',
  highest: (values) => `Highest: ${values}`,
  chart: (what, machine) => `${what} of ${machine} over the lesson`,
  dryRun: 'dry run',
  ended: (exitCode) =>
    exitCode === null ? 'ended without a word' : exitCode === 0 ? 'went well' : `exit code ${exitCode}`,
  limit: (celsius) => `limit ${celsius} °C`,
  ends: {
    over: 'went to its end',
    'cut-off': 'stopped at its limit',
    refused: 'did not begin',
    interrupted: 'stopped by hand',
    failed: 'failed',
  },
  alertNames: {
    KmonNodeDown: 'does not answer',
    KmonNodeHot: 'too hot',
    KmonNodeThrottled: 'slowed down by heat',
    KmonNodeDiskFull: 'disk nearly full',
    KmonNodeSwapping: 'too little memory',
    KmonNodeOnBattery: 'on battery',
    KmonNodeClockOff: 'clock is off',
  },
  severities: { critical: 'critical', warning: 'warning', info: 'for information', none: '–' },
  unreadBecause: {
    unreadable: 'cannot be read',
    'cut off': 'a part of it cannot be read',
    'of a newer kmon': 'was written by a newer kmon',
    'of an unknown kind': 'is of a kind that this kmon does not know',
  },
  day: 'd',
  gib: 'GiB',
  decimal: '.',
};

const FR: Words = {
  title: (room) => `La séance dans ${room}`,
  span: (from, until, lasting) => `du ${from} au ${until} (${lasting})`,
  made: 'rapport établi',
  under: 'séance en cours',
  over: 'les machines ont été rendues',
  contents: 'Sommaire',
  machines: 'Machines',
  joined: 'Qui a rejoint la grappe, et quand',
  difficulties: 'Difficultés, et comment elles ont été résolues',
  loads: 'Charges',
  alerts: 'Alertes',
  curves: 'Chaque machine au fil de la séance',
  runs: 'Ce qui a été lancé',
  unread: 'Ce qui n’a pas pu être lu',
  count: {
    machines: (n) => (n < 2 ? 'machine' : 'machines'),
    joined: (n) => (n < 2 ? 'a rejoint la grappe' : 'ont rejoint la grappe'),
    difficulties: (n) => (n < 2 ? 'difficulté' : 'difficultés'),
    open: (n) => (n < 2 ? 'non résolue' : 'non résolues'),
    loads: (n) => (n < 2 ? 'charge' : 'charges'),
    alerts: (n) => (n < 2 ? 'alerte' : 'alertes'),
  },
  machine: 'machine',
  role: 'rôle',
  team: 'équipe',
  address: 'adresse',
  node: 'dans la grappe',
  model: 'modèle',
  cpus: 'processeurs',
  memory: 'mémoire',
  system: 'système',
  time: 'heure',
  by: 'par',
  left: 'rendue',
  what: 'quoi',
  state: 'état',
  since: 'depuis',
  until: 'jusqu’à',
  severity: 'gravité',
  lasted: 'durée',
  end: 'fin',
  command: 'commande',
  cpu: 'processeur',
  temperature: 'température',
  connections: 'connexions',
  rate: 'réponses/s',
  errors: 'erreurs',
  replicas: 'répliques',
  busiest: 'machine la plus occupée',
  watched: 'aucune, observé',
  askedFrom: (machine) => `requêtes depuis ${machine}`,
  roles: { parent: 'parent', child: 'enfant', observed: 'seulement observée' },
  nodes: {
    ready: 'prête',
    'not-ready': 'pas prête',
    unknown: 'muette',
    absent: 'n’y est pas',
    'no node': 'n’est pas un nœud',
  },
  asked: 'demandé',
  alert: 'alerte',
  remedy: 'que faire',
  toDo: 'Que faire :',
  course: 'Avant la charge → le plus haut pendant → après.',
  words: 'Dans les mots de la machine',
  solved: (time, after, command) => `Résolue à ${time}, après ${after}, par ${command}`,
  open: 'Non résolue',
  aboutAsked: 'Elle portait sur ce qui était demandé alors',
  times: (n, last) => `rencontrée ${n} fois, la dernière à ${last}`,
  elsewhere: 'aucune transcription d’ici ne le dit',
  noDifficulty: 'Aucune : tout s’est bien passé.',
  nobodyJoined: 'Personne, d’après ce que l’on sait ici.',
  noLoad: 'Aucune n’a été enregistrée.',
  noAlert: 'Rien à signaler.',
  noneFired: 'Aucune ne s’est déclenchée.',
  noRun: 'Rien, d’après ce que l’on sait ici.',
  firing: 'déclenchée',
  pending: 'sur le point de l’être',
  still: 'toujours',
  now: 'Au moment du rapport',
  fired: 'Pendant la séance',
  notAsked: (because) => `Inconnu : ${because}.`,
  noCurves: (because) => `Il n’y a pas de courbes : ${because}.`,
  beforeTeardown:
    'Courbes et alertes sont dans la grappe : on les a tant qu’elle est là ; lancez donc kmon report avant kmon teardown.',
  english: 'Les raisons et les remèdes sont dans les mots des machines et de kmon, donc en anglais.',
  loadMarked: 'En gris : une charge pesait sur la machine.',
  noSensor: 'pas de capteur',
  sensorLies: 'capteur faux',
  noHeat: 'aucune température n’a été mesurée',
  highest: (values) => `Maximum : ${values}`,
  chart: (what, machine) => `${what} de ${machine} au fil de la séance`,
  dryRun: 'à blanc',
  ended: (exitCode) =>
    exitCode === null
      ? 'terminée sans un mot'
      : exitCode === 0
        ? 'bien passée'
        : `code de sortie ${exitCode}`,
  limit: (celsius) => `limite ${celsius} °C`,
  ends: {
    over: 'allée à son terme',
    'cut-off': 'arrêtée à sa limite',
    refused: 'pas commencée',
    interrupted: 'arrêtée à la main',
    failed: 'échouée',
  },
  alertNames: {
    KmonNodeDown: 'ne répond pas',
    KmonNodeHot: 'trop chaude',
    KmonNodeThrottled: 'ralentie par la chaleur',
    KmonNodeDiskFull: 'disque presque plein',
    KmonNodeSwapping: 'trop peu de mémoire',
    KmonNodeOnBattery: 'sur batterie',
    KmonNodeClockOff: 'horloge décalée',
  },
  severities: { critical: 'critique', warning: 'avertissement', info: 'pour information', none: '–' },
  unreadBecause: {
    unreadable: 'illisible',
    'cut off': 'illisible en partie',
    'of a newer kmon': 'écrit par une version plus récente de kmon',
    'of an unknown kind': 'd’une sorte inconnue de cette version',
  },
  day: 'j',
  gib: 'Gio',
  decimal: ',',
};

export function wordsOf(language: Language): Words {
  return language === 'fr' ? FR : EN;
}
