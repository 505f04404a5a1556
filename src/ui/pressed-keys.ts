/** Keys as they are pressed, one by one, without Enter. */
export interface PressedKeys {
  /** Gives the terminal back as it was; the second call does nothing. */
  stop(): void;
}

/** Ctrl-C comes as the text that it is on a terminal: the system does not send it as a signal meanwhile. */
export const CTRL_C = '\u0003';

/** @param stdin a terminal */
export function pressedKeys(stdin: NodeJS.ReadStream, onKey: (key: string) => void): PressedKeys {
  const hear = (chunk: Buffer | string): void => {
    for (const key of chunk.toString()) onKey(key);
  };
  stdin.setRawMode(true);
  stdin.on('data', hear);
  stdin.resume();
  let stopped = false;
  return {
    stop() {
      if (stopped) return;
      stopped = true;
      stdin.off('data', hear);
      stdin.setRawMode(false);
      stdin.pause();
    },
  };
}
