import { readFileSync } from 'node:fs';
import type { ExecResult } from '../../../src/transport/transport.js';

/**
 * What `askPrometheus` printed when it was run by the real `sh` and kubectl against Prometheus 2.42 with the chart's own configuration, and
 * node-exporters of four machines: parent (no sensor), child-1 (coretemp at 55 °C beside an NVMe at 90 °C), child-2 (only a thermal zone,
 * 47 °C) and child-3 (nothing listens).
 */
export function recorded(name: 'room' | 'mixed' | 'no-service'): ExecResult {
  const stdout = readFileSync(new URL(`recorded/${name}.txt`, import.meta.url), 'utf8');
  return { exitCode: 0, stdout, stderr: '', durationMs: 1 };
}
