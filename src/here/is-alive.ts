/**
 * Whether there is a process of this number on this computer, whoever's it is. False only where there is surely none; another one may have got
 * the number since.
 */
export function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return !(error instanceof Error && 'code' in error && error.code === 'ESRCH');
  }
}
