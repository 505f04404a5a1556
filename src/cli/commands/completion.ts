import { oneOf } from '../argument.js';
import { defineCommand } from '../command.js';

export const completion = defineCommand({
  name: 'completion',
  summary: 'print what makes a shell complete commands and flags',
  description:
    'For one session: source <(kmon completion bash), the same with zsh; kmon completion fish | source; kmon completion powershell | Out-String | Invoke-Expression. To keep it, put the line into the start file of the shell.',
  arguments: {
    shell: oneOf(['bash', 'zsh', 'fish', 'powershell'], {
      name: 'shell',
      help: 'bash, zsh, fish or powershell',
    }),
  },
  options: {},
  examples: [
    { line: 'kmon completion bash', does: 'the script for bash on stdout', means: { shell: 'bash' } },
  ],
  exitCodes: [],
  run: async (io, { shell }, all) =>
    (await import('../actions/completion.js')).printCompletion(io, shell, all),
});
