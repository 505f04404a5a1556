import type { Command } from '../command.js';
import { bashCompletion } from '../completion/bash.js';
import { fishCompletion } from '../completion/fish.js';
import { placesOf } from '../completion/places.js';
import { powershellCompletion } from '../completion/powershell.js';
import { zshCompletion } from '../completion/zsh.js';
import type { Io } from '../io.js';

const SHELLS = {
  bash: bashCompletion,
  zsh: zshCompletion,
  fish: fishCompletion,
  powershell: powershellCompletion,
};

/** `kmon completion` */
export async function printCompletion(
  { stdout }: Io,
  shell: keyof typeof SHELLS,
  commands: readonly Command[],
): Promise<number> {
  stdout.write(SHELLS[shell](placesOf(commands)));
  return 0;
}
