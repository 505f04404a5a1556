import { describe, expect, it } from 'vitest';
import { alertsText } from '../../../src/cli/actions/alerts.js';
import { alertRows } from '../../../src/observe/alerts.js';
import type { ActiveAlert } from '../../../src/tools/prometheus.js';

const alert = (
  node: string | undefined,
  alertname: string,
  more: Partial<ActiveAlert> & { readonly severity?: string } = {},
): ActiveAlert => {
  const { severity = 'warning', ...rest } = more;
  return {
    labels: { alertname, severity, ...(node === undefined ? {} : { node }) },
    annotations: { summary: `${node ?? 'it'} is ${alertname}`, remedy: `mend ${alertname}` },
    state: 'firing',
    since: '2026-11-30T10:00:00Z',
    ...rest,
  };
};

const now = Date.parse('2026-11-30T10:01:30Z');

describe('the alerts of a room', () => {
  it('come the worst first, and what is not yet for long enough last', () => {
    const rows = alertRows(
      [
        alert('pc-3', 'Hot', { since: '2026-11-30T10:00:30Z' }),
        alert('pc-1', 'Down', { severity: 'critical', state: 'pending' }),
        alert('pc-2', 'Hot'),
        alert('pc-2', 'Down', { severity: 'critical', since: '2026-11-30T10:01:00Z' }),
        alert('pc-1', 'Hot'),
      ],
      ['pc-1', 'pc-2', 'pc-3'],
    );
    expect(rows.map((r) => `${r.machine ?? ''} ${r.alert}`)).toEqual([
      'pc-2 Down',
      'pc-1 Hot',
      'pc-2 Hot',
      'pc-3 Hot',
      'pc-1 Down',
    ]);
  });

  it('are those of the machines that were asked for, and those of none', () => {
    const all = [alert('pc-1', 'Hot'), alert('pc-2', 'Hot'), alert(undefined, 'Watchdog')];
    expect(alertRows(all, ['pc-2']).map((r) => r.machine)).toEqual([null, 'pc-2']);
  });

  it('say of a machine that has not joined just that, and nothing else of it', () => {
    const all = [alert('pc-1', 'KmonNodeDown'), alert('pc-2', 'KmonNodeDown'), alert('pc-2', 'Hot')];
    const rows = alertRows(all, ['pc-1', 'pc-2'], ['pc-2']);
    expect(rows.map((r) => [r.machine, r.alert, r.what, r.remedy])).toEqual([
      ['pc-1', 'KmonNodeDown', 'pc-1 is KmonNodeDown', 'mend KmonNodeDown'],
      ['pc-2', 'KmonNodeDown', 'pc-2 has not joined the cluster', 'run `kmon join-child`'],
      ['pc-2', 'Hot', 'pc-2 is Hot', 'mend Hot'],
    ]);
    expect(alertsText(rows, 2, now).split('\n').slice(4)).toEqual([
      'KmonNodeDown: mend KmonNodeDown',
      'KmonNodeDown: run `kmon join-child`',
      'Hot: mend Hot',
    ]);
  });

  it('stand in a table with what to do below, once an alert', () => {
    const rows = alertRows([alert('pc-1', 'Hot'), alert('pc-2', 'Hot')], ['pc-1', 'pc-2']);
    expect(alertsText(rows, 2, now)).toBe(
      [
        'machine  alert  state    for  what',
        'pc-1     Hot    firing  90 s  pc-1 is Hot',
        'pc-2     Hot    firing  90 s  pc-2 is Hot',
        'Hot: mend Hot',
      ].join('\n'),
    );
    expect(alertsText([], 1, now)).toBe('nothing is the matter with 1 machine');
  });

  it('have rules of others without words of their own, and times that are none', () => {
    const bare: ActiveAlert = { labels: { alertname: 'X' }, annotations: {}, state: 'pending', since: '' };
    expect(alertRows([bare], [])).toEqual([
      { machine: null, alert: 'X', severity: null, state: 'pending', since: '', what: '', remedy: null },
    ]);
    expect(alertsText(alertRows([bare], []), 1, now).split('\n')).toEqual([
      'machine  alert  state    for  what',
      '-        X      pending    -  -',
    ]);
  });
});
