/** Aborted when somebody stops the benchmark: what runs ends, and what was made is removed as after any other failure. */
export function interruption(): AbortSignal {
  const controller = new AbortController();
  for (const name of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const)
    process.on(name, () => {
      controller.abort(new Error(`stopped by ${name}`));
    });
  return controller.signal;
}
