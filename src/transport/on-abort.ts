import { setMaxListeners } from 'node:events';

/**
 * Calls `act` when the signal is aborted, at once if it is already; gives back the function that stops listening. One signal serves the
 * commands of a whole room, so Node's warning about more than ten listeners is switched off for it.
 */
export function onAbort(signal: AbortSignal | undefined, act: () => void): () => void {
  if (signal === undefined) return () => undefined;
  if (signal.aborted) {
    act();
    return () => undefined;
  }
  setMaxListeners(0, signal);
  signal.addEventListener('abort', act, { once: true });
  return () => {
    signal.removeEventListener('abort', act);
  };
}
