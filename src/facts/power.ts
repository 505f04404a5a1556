import { count, settings } from './lines.js';
import type { FactLines } from './lines.js';
import type { Facts, Sleep } from './facts.js';

/** `Battery,System,-,87,Discharging`, one a power supply. A battery of scope "Device" is that of a mouse. */
export function parseBattery(lines: readonly string[]): Facts['battery'] {
  const supplies = lines.map((line) => line.split(','));
  const batteries = supplies.filter(([type, scope]) => type === 'Battery' && scope !== 'Device');
  const first = batteries[0];
  if (first === undefined) return undefined;
  const percent = count(first[3]);
  return {
    discharging: batteries.some((b) => b[4] === 'Discharging'),
    // Firmware that does not know says 0, 255 or what was left of a calculation.
    ...(percent >= 1 && percent <= 100 ? { percent } : {}),
  };
}

/**
 * What the firmware says, else what the processor was told. The governor "powersave" means little where the processor's own driver
 * chooses the frequency: it is the default there.
 */
export function parsePowerProfile(lines: FactLines): string | undefined {
  const profile = lines.text('platform-profile');
  if (profile !== '') return profile === 'low-power' ? 'power-saver' : profile;
  const preference = lines.text('energy_performance_preference');
  if (preference === 'power') return 'power-saver';
  if (preference === 'performance') return 'performance';
  if (preference !== '') return 'balanced';
  const governor = lines.text('scaling_governor');
  if (governor === '') return undefined;
  const chooses = /^(intel_pstate|amd-pstate-epp)$/.test(lines.text('scaling_driver'));
  if (governor === 'powersave' && !chooses) return 'power-saver';
  return governor === 'performance' ? 'performance' : 'balanced';
}

/** By logind's settings (logind.conf(5)), its inhibitor locks, and the targets that an administrator has masked. */
export function parseSleep(lines: FactLines): Sleep {
  const lid = lines.has('lid');
  if (!lines.has('logind')) return { lid, prevented: isForbidden(lines) };
  const logind = settingsOf(lines, 'logind');
  const onBattery = logind.get('HandleLidSwitch') || 'suspend';
  const onMains = logind.get('HandleLidSwitchExternalPower') || onBattery;
  return {
    lid,
    // A laptop is unplugged sooner or later: the worse of the two.
    onLidClose: onBattery === 'ignore' ? onMains : onBattery,
    onIdle: logind.get('IdleAction') || 'ignore',
    prevented: isForbidden(lines) || isLocked(lines, lid),
  };
}

function isForbidden(lines: FactLines): boolean {
  const allowed = settingsOf(lines, 'sleep').get('AllowSuspend')?.toLowerCase() ?? '';
  return lines.all('masked').length > 0 || ['no', 'n', 'false', 'f', 'off', '0'].includes(allowed);
}

/** For the lid, a lock against sleeping is not enough: logind ignores it unless it names the lid's switch (LidSwitchIgnoreInhibited=). */
function isLocked(lines: FactLines, lid: boolean): boolean {
  const blocked = lines.files(/^\/run\/systemd\/inhibit\//).flatMap(([, text]) => {
    const lock = settings(text);
    return lock.get('MODE') === 'block' ? (lock.get('WHAT') ?? '').split(':') : [];
  });
  return blocked.includes('sleep') && (!lid || blocked.includes('handle-lid-switch'));
}

const FOLDERS = ['/usr/lib/', '/run/', '/etc/'];

/**
 * The main file, and over it the drop-ins by their names, whatever folder they are in; one that has the name of another's replaces it if its folder
 * has precedence (/etc over /run over /usr/lib).
 */
function settingsOf(lines: FactLines, name: 'logind' | 'sleep'): ReadonlyMap<string, string> {
  const mains = FOLDERS.map((folder) => lines.file(`${folder}systemd/${name}.conf`));
  const dropIns = new Map<string, readonly string[]>();
  for (const folder of FOLDERS) {
    const start = `${folder}systemd/${name}.conf.d/`;
    for (const [path, text] of lines.files(/\.conf$/)) {
      if (path.startsWith(start)) dropIns.set(path.slice(start.length), text);
    }
  }
  const sorted = [...dropIns].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, text]) => text);
  return settings([...(mains.findLast((main) => main.length > 0) ?? []), ...sorted.flat()]);
}
