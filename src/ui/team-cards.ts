import type { Secret } from '../shell/secret.js';
import { qrSquares } from './qr-text.js';

/** What a team needs to know to begin. */
export interface TeamCard {
  readonly team: string;
  /** Of the API. */
  readonly server: string;
  readonly children: readonly string[];
  /** Until when its kubeconfig is good, as people read it; absent: none was made yet. */
  readonly until?: string;
  /** Absent: it is handed out in another way. */
  readonly kubeconfig?: Secret;
}

export interface Dashboards {
  readonly called: string;
  readonly address: string;
}

/** By this kmon knows a page of its own again. */
export const CARDS_MARK = '<!-- cards for teams, made by kmon teams card -->';

/**
 * A page to print, a card a team, in French and in English: it needs nothing from a network. No secret is in it but the kubeconfigs that it is given,
 * each behind a link of its own.
 */
export function teamCards(
  room: string,
  cards: readonly TeamCard[],
  dashboards: Dashboards | undefined,
): string {
  return `<!doctype html>
${CARDS_MARK}
<html lang="fr">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${escaped(room)}</title>
<style>${STYLE}</style>
</head>
<body>
${cards.map((card) => cardText(room, card, dashboards)).join('\n')}
</body>
</html>
`;
}

const STYLE = `
body { font: 12pt/1.4 sans-serif; margin: 0; color: #000; background: #fff; }
section { border: 1px solid #000; border-radius: 4mm; margin: 6mm; padding: 5mm; break-inside: avoid; display: grid;
  grid-template-columns: 1fr 1fr; gap: 2mm 8mm; }
h1, .facts, pre { grid-column: 1 / -1; margin: 0; }
h1 { font-size: 20pt; }
h1 small { font-weight: normal; font-size: 12pt; }
table { border-collapse: collapse; }
td { padding: 0.5mm 4mm 0.5mm 0; vertical-align: top; }
code, pre { font: 11pt/1.4 monospace; overflow-wrap: anywhere; white-space: pre-wrap; }
pre { padding: 2mm; background: #eee; }
p { margin: 1mm 0; }
.facts { display: flex; justify-content: space-between; gap: 6mm; }
svg { width: 30mm; height: 30mm; flex: none; }
@media (max-width: 600px) { section { grid-template-columns: 1fr; } .facts { flex-wrap: wrap; } }
@page { margin: 8mm; }`;

function cardText(room: string, card: TeamCard, dashboards: Dashboards | undefined): string {
  const { team, server, children, until, kubeconfig } = card;
  const file = `${team}.kubeconfig`;
  const rows: readonly (readonly [string, string])[] = [
    ['grappe · cluster', code(server)],
    ['espace de noms · namespace', code(team)],
    ...(children.length === 0 ? [] : [['machines', code(children.join(', '))] as const]),
    ...(dashboards === undefined ? [] : [[dashboards.called, code(dashboards.address)] as const]),
    ...(until === undefined ? [] : [['clé valable jusqu’à · key good until', escaped(until)] as const]),
  ];
  // The same in every shell, also on Windows.
  const use = `<pre>kubectl --kubeconfig ${escaped(file)} get pods
kubectl --kubeconfig ${escaped(file)} describe quota</pre>`;
  const link =
    kubeconfig === undefined
      ? code(file)
      : `<a download="${escaped(file)}" href="${hrefOf(kubeconfig)}">${code(file)}</a>`;
  const [ici, here] =
    kubeconfig === undefined
      ? ['Demandez à l’enseignant le fichier', 'Ask the teacher for the file']
      : ['Enregistrez le fichier', 'Save the file'];
  return `<section>
<h1>${escaped(team)} <small>${escaped(room)}</small></h1>
<div class="facts"><table>
${rows.map(([what, is]) => `<tr><td>${escaped(what)}</td><td>${is}</td></tr>`).join('\n')}
</table>${dashboards === undefined ? '' : qrSvg(dashboards.address)}</div>
<div lang="fr"><p>1. ${ici} ${link} : c’est la clé de votre équipe, ne la donnez à personne.</p>
<p>2. Dans le dossier où il se trouve :</p></div>
<div lang="en"><p>1. ${here} ${link}: it is the key of your team, give it to nobody.</p>
<p>2. In the folder where it is:</p></div>
${use}
<p lang="fr">Vous pouvez tout faire dans votre espace de noms, et voir les machines (<code>kubectl get nodes</code>). Le reste vous est fermé.</p>
<p lang="en">You may do everything in your namespace, and see the machines (<code>kubectl get nodes</code>). The rest is closed to you.</p>
</section>`;
}

function hrefOf(kubeconfig: Secret): string {
  return `data:application/yaml;base64,${Buffer.from(kubeconfig.reveal()).toString('base64')}`;
}

function qrSvg(text: string): string {
  const squares = qrSquares(text);
  const dark = squares.flatMap((row, y) => row.flatMap((is, x) => (is ? [`M${x} ${y}h1v1h-1z`] : [])));
  return `<svg viewBox="0 0 ${squares.length} ${squares.length}" role="img" aria-label="QR"><path d="${dark.join('')}"/></svg>`;
}

function code(text: string): string {
  return `<code>${escaped(text)}</code>`;
}

function escaped(text: string): string {
  return text.replaceAll(/[&<>"']/g, (char) => `&#${char.charCodeAt(0)};`);
}
