// A guest that runs in qemu, in a laptop that is a machine of a lab: qemu has the laptop's network, and forwards what comes to the guest.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { copyFileSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { GUEST_SSH_PORT } from '../../src/lab/lab.js';
import { PORTS } from '../../src/room/ports.js';
import { output, runProgram } from '../bench.d/programs-run.js';
import type { Ran } from '../bench.d/programs-run.js';

export interface LaptopOptions {
  /** For what belongs to the guest alone. */
  readonly folder: string;
  /** A process in the laptop's network. */
  readonly pid: number;
  readonly address: string;
  /** The image, which is only read, and the seed. */
  readonly disk: string;
  readonly seed: string;
  /** As `qemu-system-x86_64 -accel` takes it. */
  readonly accel: string;
  /** The private key whose public one is in the seed. */
  readonly key: string;
  readonly signal: AbortSignal;
}

/** Firmware as Debian's package `ovmf` has it. */
const FIRMWARE = '/usr/share/OVMF/OVMF_CODE_4M.fd';
const FIRMWARE_SETTINGS = '/usr/share/OVMF/OVMF_VARS_4M.fd';

export interface Guest {
  readonly serialLog: string;
  /** Runs a script in the guest, over SSH, as root. Gives its end, whatever it is. */
  run(script: string): Promise<Ran>;
  /** Its host keys, as the laptop itself sees them, in lines of known_hosts for the room. */
  hostKeys(): Promise<string>;
  /** Whether qemu runs. */
  isOn(): boolean;
  /** Ends qemu, and waits for its end. */
  off(): Promise<void>;
}

/** Switches the guest on. Its disk starts from the image each time. */
export async function switchOn(o: LaptopOptions): Promise<Guest> {
  const disk = join(o.folder, 'guest.qcow2');
  const settings = join(o.folder, 'firmware.fd');
  const serialLog = join(o.folder, 'serial.log');
  await output('qemu-img', ['create', '-q', '-f', 'qcow2', '-F', 'qcow2', '-b', o.disk, disk], {
    signal: o.signal,
  });
  copyFileSync(FIRMWARE_SETTINGS, settings);
  // Should this program be killed outright, qemu is too. Each of these becomes the next: its process is qemu's.
  const inLaptop = ['--pdeathsig', 'KILL', 'nsenter', '--target', String(o.pid), '--net'];
  const qemu = spawn('setpriv', [...inLaptop, ...qemuArgs({ ...o, disk, settings, serialLog })], {
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  let said = '';
  qemu.stderr.on('data', (chunk: Buffer) => (said = `${said}${chunk.toString()}`.slice(-2000)));
  const ended = once(qemu, 'close');
  const isOn = (): boolean => qemu.exitCode === null && qemu.signalCode === null;
  const ssh = [
    ...['-i', o.key, '-p', String(GUEST_SSH_PORT), '-o', 'BatchMode=yes', '-o', 'ConnectTimeout=10'],
    ...['-o', 'StrictHostKeyChecking=no', '-o', 'UserKnownHostsFile=/dev/null', '-o', 'LogLevel=ERROR'],
    `root@${o.address}`,
  ];
  return {
    serialLog,
    isOn,
    run: async (script) => {
      if (!isOn()) throw new Error(`qemu has ended: ${said.trim()}\n${tailOf(serialLog)}`);
      return runProgram('ssh', [...ssh, 'sh -s'], { input: script, signal: o.signal, limitMs: 120_000 });
    },
    hostKeys: async () => {
      const scan = ['ssh-keyscan', '-T', '30', '-t', 'ed25519', '-p', String(GUEST_SSH_PORT), '127.0.0.1'];
      const seen = await output('nsenter', ['--target', String(o.pid), '--net', ...scan], {
        signal: o.signal,
      });
      const lines = seen.split('\n').filter((line) => line.startsWith('['));
      if (lines.length === 0) throw new Error('the guest tells no host key');
      return lines.map((line) => `${line.replace(/^\[[^\]]*\]/, `[${o.address}]`)}\n`).join('');
    },
    off: async () => {
      if (!isOn()) return;
      qemu.kill('SIGTERM');
      const late = AbortSignal.timeout(10_000);
      await Promise.race([
        ended,
        sleep(10_000, undefined, { signal: AbortSignal.any([late]) }).catch(() => undefined),
      ]);
      if (isOn()) qemu.kill('SIGKILL');
      await ended;
    },
  };
}

function qemuArgs(
  o: LaptopOptions & { readonly settings: string; readonly serialLog: string },
): readonly string[] {
  const forwards = [
    `hostfwd=tcp::${GUEST_SSH_PORT}-:22`,
    `hostfwd=tcp::${PORTS.kubelet.port}-:${PORTS.kubelet.port}`,
    `hostfwd=tcp::${PORTS.exporter.port}-:${PORTS.exporter.port}`,
    `hostfwd=udp::${PORTS.overlay.port}-:${PORTS.overlay.port}`,
  ];
  return [
    ...['qemu-system-x86_64', '-machine', 'q35', '-accel', o.accel, '-cpu', 'max', '-smp', '2', '-m', '3072'],
    ...['-display', 'none', '-monitor', 'none', '-serial', `file:${o.serialLog}`],
    ...['-drive', `if=pflash,format=raw,readonly=on,file=${FIRMWARE}`],
    ...['-drive', `if=pflash,format=raw,file=${o.settings}`],
    // As VirtualBox has it: a disk at SATA, and an adapter of Intel's.
    ...['-drive', `file=${o.disk},format=qcow2,if=none,id=disk`, '-device', 'ide-hd,drive=disk'],
    ...['-drive', `file=${o.seed},format=raw,media=cdrom,readonly=on`],
    ...['-netdev', ['user', 'id=nat', ...forwards].join(','), '-device', 'e1000,netdev=nat'],
  ];
}

export function tailOf(file: string): string {
  return readFileSync(file, 'utf8').slice(-1500);
}
