import { defineCommand } from '../command.js';

export const configSchema = defineCommand({
  name: 'config schema',
  summary: 'print the JSON Schema of kmon.yaml, for completion in an editor',
  description: 'kmon new writes it beside kmon.yaml; for a file of your own, name it in the first line.',
  arguments: {},
  options: {},
  examples: [{ line: 'kmon config schema', does: 'the schema on stdout' }],
  exitCodes: [],
  run: async (io) => (await import('../actions/config-schema.js')).printConfigSchema(io),
});
