import { execFileSync } from 'node:child_process';
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { fetchMonitoringPrograms } from '../../support/monitoring-programs.js';
import type { MonitoringPrograms } from '../../support/monitoring-programs.js';

const file = fileURLToPath(new URL('../../../templates/addons/lite/files/rules.yaml', import.meta.url));
const rules = parse(readFileSync(file, 'utf8')) as {
  readonly groups: readonly {
    readonly rules: readonly {
      readonly alert?: string;
      readonly labels?: Readonly<Record<string, string>>;
      readonly annotations?: Readonly<Record<string, string>>;
    }[];
  }[];
};
const alerts = rules.groups.flatMap((g) => g.rules).filter((r) => r.alert !== undefined);

/** What a machine says every 5 seconds, in promtool's notation: one line a series, with its labels but for those of the machine. */
type Says = Readonly<Record<string, string>>;

interface Case {
  readonly fires: Says;
  /** Just about not: too little, or too short. */
  readonly rests: Says;
  readonly summary: string;
  /** Labels that the expression keeps beside those of the machine. */
  readonly keeps?: Readonly<Record<string, string>>;
}

const disk = (percentFull: number): Says => ({
  'node_filesystem_avail_bytes{mountpoint="/",fstype="ext4"}': `${100 - percentFull}x40`,
  'node_filesystem_size_bytes{mountpoint="/",fstype="ext4"}': '100x40',
  // Others do not count: a stick that is full is nobody's matter.
  'node_filesystem_avail_bytes{mountpoint="/media/stick",fstype="vfat"}': '0x40',
  'node_filesystem_size_bytes{mountpoint="/media/stick",fstype="vfat"}': '100x40',
});
const core = (degrees: number): Says => ({
  'node_hwmon_temp_celsius{chip="c",sensor="temp1"}': `${degrees}x40`,
  'node_hwmon_chip_names{chip="c",chip_name="coretemp"}': '1x40',
  // A disk is hotter than a processor may be.
  'node_hwmon_temp_celsius{chip="d",sensor="temp1"}': '99x40',
  'node_hwmon_chip_names{chip="d",chip_name="nvme"}': '1x40',
});

const CASES: Readonly<Record<string, Case>> = {
  KmonNodeDown: {
    fires: { up: '1x9 0x30' },
    // Twice missed, then back.
    rests: { up: '1x16 0 0 1x10' },
    summary: 'child-1 does not answer',
    keeps: { job: 'node-exporter' },
  },
  KmonNodeHot: {
    fires: core(91.4),
    // And AMD's processors tell their fan 27 degrees more than they have.
    rests: {
      ...core(84.9),
      'node_hwmon_temp_celsius{chip="k",sensor="temp1"}': '95x40',
      'node_hwmon_sensor_label{chip="k",sensor="temp1",label="Tctl"}': '1x40',
      'node_hwmon_temp_celsius{chip="k",sensor="temp2"}': '68x40',
      'node_hwmon_sensor_label{chip="k",sensor="temp2",label="Tdie"}': '1x40',
      'node_hwmon_chip_names{chip="k",chip_name="k10temp"}': '1x40',
    },
    summary: 'child-1 is 91 °C',
  },
  KmonNodeThrottled: {
    fires: { 'node_cpu_core_throttles_total{core="0",package="0"}': '7x15 9x30' },
    rests: { 'node_cpu_core_throttles_total{core="0",package="0"}': '7x40' },
    summary: 'child-1 slows its processor down because of the heat',
  },
  KmonNodeDiskFull: { fires: disk(91), rests: disk(90), summary: 'the disk of child-1 is 91 % full' },
  KmonNodeSwapping: {
    // 300 pages a second; and a tenth of it.
    fires: { node_vmstat_pswpin: '0+500x40', node_vmstat_pswpout: '0+1000x40' },
    rests: { node_vmstat_pswpin: '0+50x40', node_vmstat_pswpout: '0+100x40' },
    summary: 'child-1 has too little memory: it swaps',
  },
  KmonNodeOnBattery: {
    fires: {
      'node_power_supply_online{power_supply="AC"}': '1x9 0x30',
      'node_power_supply_online{power_supply="ucsi-source-psy"}': '0x40',
    },
    // By its USB socket.
    rests: {
      'node_power_supply_online{power_supply="AC"}': '0x40',
      'node_power_supply_online{power_supply="ucsi-source-psy"}': '1x40',
    },
    summary: 'child-1 runs on its battery',
  },
  KmonNodeClockOff: {
    // promtool's time begins at 0.
    fires: { node_time_seconds: '-30+5x40' },
    rests: { node_time_seconds: '9+5x40' },
    summary: 'the clock of child-1 is 30s off',
    keeps: { job: 'node-exporter' },
  },
};

let programs: MonitoringPrograms;
beforeAll(() => {
  programs = fetchMonitoringPrograms();
});
afterAll(() => {
  rmSync(programs.folder, { recursive: true, force: true });
});

const MACHINE = { node: 'child-1', instance: 'child-1' };

function series(says: Says): readonly { readonly series: string; readonly values: string }[] {
  return Object.entries(says).map(([name, values]) => {
    const [, metric = '', labels = ''] = /^([^{]+)(?:\{(.*)\})?$/.exec(name) ?? [];
    const all = ['job="node-exporter"', 'node="child-1"', 'instance="child-1"', labels].filter(
      (l) => l !== '',
    );
    return { series: `${metric}{${all.join(',')}}`, values };
  });
}

/** @throws what promtool says when the alert is not just so after two minutes */
function test(name: string, says: Says, expected: readonly unknown[]): void {
  const folder = join(programs.folder, 'alerts');
  mkdirSync(folder, { recursive: true });
  const cases = {
    rule_files: [file],
    evaluation_interval: '5s',
    tests: [
      {
        interval: '5s',
        input_series: series(says),
        alert_rule_test: [{ eval_time: '2m', alertname: name, exp_alerts: expected }],
      },
    ],
  };
  writeFileSync(join(folder, 'test.yml'), JSON.stringify(cases));
  execFileSync(programs.promtool, ['test', 'rules', join(folder, 'test.yml')], { stdio: 'pipe' });
}

describe('the alerts of the room', () => {
  it('have a case each that fires, and one that does not', () => {
    expect(alerts.map((a) => a.alert)).toEqual(Object.keys(CASES));
  });

  it('say what is the matter and what to do, and how bad it is', () => {
    for (const { annotations, labels } of alerts) {
      expect(labels?.['severity']).toMatch(/^(critical|warning)$/);
      expect(annotations?.['summary']).toContain('{{ $labels.node }}');
      expect(annotations?.['remedy']).toMatch(/^[a-z].{20,}[^.]$/);
    }
  });

  it.each(Object.entries(CASES))('%s fires, in these words', (name, { fires, summary, keeps = {} }) => {
    const rule = alerts.find((a) => a.alert === name);
    test(name, fires, [
      {
        exp_labels: { ...MACHINE, ...keeps, ...rule?.labels },
        exp_annotations: { ...rule?.annotations, summary },
      },
    ]);
  });

  it.each(Object.entries(CASES))('%s rests', (name, { rests }) => {
    test(name, rests, []);
  });
});
