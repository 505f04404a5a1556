import type { ErrorCode } from '../errors/exit-codes.js';
import { anyWord } from './argument.js';
import { value } from './option.js';
import { parseArchitectures } from './values.js';

/** The argument of every command about bundles. */
export const FOLDER = anyWord({
  name: 'folder',
  help: 'of the bundle; by itself the one that kmon.yaml names, otherwise bundle',
});

export const ARCHITECTURES = value({
  flag: '--arch',
  operand: 'list',
  completes: ['amd64', 'arm64', 'amd64,arm64'],
  parse: parseArchitectures,
  help: 'kinds of machine, separated by commas; by itself those of the bundle that is there, otherwise amd64',
});

/** How any of them may end. */
export const BUNDLE_EXIT_CODES: readonly ErrorCode[] = ['config', 'precondition', 'interrupted'];
