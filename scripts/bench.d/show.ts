// A report as text, JSON, or the table of docs/comparison.md.
import type { Report } from './report.js';

type Language = 'en' | 'fr';
/** In a language: the table. */
export type Form = 'text' | 'json' | Language;

export function show(report: Report, form: Form): string {
  switch (form) {
    case 'json':
      return `${JSON.stringify(report, undefined, 2)}\n`;
    case 'en':
    case 'fr':
      return table(report, form);
    case 'text':
      return text(report);
  }
}

const HEADS = {
  en: [
    'Machines',
    'kmon over the floor',
    'kmon over ssh2 with its script',
    'Ansible `setup` over kmon',
    'Ansible `raw` over kmon',
    'pssh over kmon',
    'ClusterShell over kmon',
    'Round trips a machine',
  ],
  fr: [
    'Machines',
    'kmon sur le plancher',
    'kmon sur ssh2 avec son script',
    'Ansible `setup` sur kmon',
    'Ansible `raw` sur kmon',
    'pssh sur kmon',
    'ClusterShell sur kmon',
    'Allers-retours par machine',
  ],
};

function table(report: Report, language: Language): string {
  const number = (value: number | null, digits: number): string => {
    if (value === null) return '–';
    const written = value.toFixed(digits);
    return language === 'fr' ? written.replace('.', ',') : written;
  };
  const rows = report.sizes.map((size) => [
    String(size.machines),
    number(size.overFloor, 2),
    number(size.overScript, 2),
    number(size.ansibleSetupOver, 1),
    number(size.ansibleRawOver, 1),
    number(size.psshOver, 1),
    number(size.clushOver, 1),
    number(size.roundTrips === null ? null : size.roundTrips.facts + size.roundTrips.others, 0),
  ]);
  const all = [HEADS[language], ...rows];
  const widths = HEADS[language].map((_, i) => Math.max(3, ...all.map((row) => row[i]?.length ?? 0)));
  const line = (cells: readonly string[]): string =>
    `| ${cells.map((cell, i) => cell.padEnd(widths[i] ?? 0)).join(' | ')} |`;
  const rule = `| ${widths.map((width) => '-'.repeat(width)).join(' | ')} |`;
  return `${[line(HEADS[language]), rule, ...rows.map(line)].join('\n')}\n`;
}

function text(report: Report): string {
  const lines = report.sizes.flatMap((size) => [
    `${size.machines} machines`,
    ...Object.entries(size.clients).map(
      ([name, c]) =>
        `  ${name.padEnd(14)} ${String(Math.round(c.wallMs)).padStart(7)} ms  ${String(Math.round(c.cpuMs)).padStart(7)} ms CPU  ${String(c.memoryMb).padStart(6)} MB`,
    ),
    `  kmon over the floor ${said(size.overFloor)}, over its script by ssh2 alone ${said(size.overScript)}, Ansible setup over kmon ${said(size.ansibleSetupOver)}`,
    `  round trips a machine: ${size.roundTrips === null ? 'not measured' : `facts ${size.roundTrips.facts}, others ${size.roundTrips.others}`}`,
  ]);
  if (report.growth !== null)
    lines.push(`growth: ${report.growth.machines} times the machines, ${report.growth.time} times as long`);
  return `${lines.join('\n')}\n`;
}

function said(value: number | null): string {
  return value === null ? 'not measured' : value.toFixed(2);
}
