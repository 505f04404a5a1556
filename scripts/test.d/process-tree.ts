/** A process as `/proc/PID/stat` tells of it. */
export interface Seen {
  readonly pid: number;
  readonly parent: number;
}

/** What a line of `/proc/PID/stat` tells; undefined for a process that has ended and only waits to be noticed. */
export function readStat(line: string): Seen | undefined {
  // The name in parentheses may hold anything.
  const [state, parent] = line.slice(line.lastIndexOf(')') + 2).split(' ');
  if (state === undefined || parent === undefined || /[ZX]/.test(state)) return undefined;
  return { pid: Number.parseInt(line, 10), parent: Number(parent) };
}

/** A process's children, their children, and so on, without those that `except` names and what descends from these. */
export function descendantsOf(
  ancestor: number,
  processes: readonly Seen[],
  except: readonly number[] = [],
): readonly number[] {
  const found: number[] = [];
  const next = [ancestor];
  for (let parent = next.shift(); parent !== undefined; parent = next.shift()) {
    for (const seen of processes) {
      if (seen.parent !== parent || except.includes(seen.pid)) continue;
      found.push(seen.pid);
      next.push(seen.pid);
    }
  }
  return found;
}
