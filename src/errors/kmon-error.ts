import type { ErrorCode } from './exit-codes.js';

/** A system that cannot be a Kubernetes node made by kubeadm, as the computer itself names it. */
export interface OtherSystem {
  /** `wsl`: Linux programs on the kernel of Windows (WSL 1). `other`: some other Unix. */
  readonly family: 'windows' | 'macos' | 'wsl' | 'other';
  /** For people: "Windows 11 Pro", "macOS 14.4.1". */
  readonly name: string;
  /** Such as 10.0.22631 or 14.4.1; empty when it does not tell. */
  readonly version: string;
  /** What its SSH server starts, on Windows: "cmd.exe", "PowerShell 5.1", "PowerShell 7.4", "Git Bash". */
  readonly shell?: string;
}

/** Where a failure happened; filled in by whoever knows it, inner knowledge wins. */
export interface ErrorContext {
  readonly machine?: string;
  readonly stage?: string;
  /** The command as shown to people (secrets already masked). */
  readonly command?: string;
  /** With `not-a-node`: what runs there. */
  readonly system?: OtherSystem;
}

/** One of the things that are wrong with what a person wrote. */
export interface Mistake {
  /** What is wrong, and what was expected; as `message`. */
  readonly text: string;
  /** Where it stands, when it stands in a file; line and column are counted from 1. */
  readonly place?: { readonly file: string; readonly line: number; readonly column: number };
}

export interface ErrorDetails extends ErrorContext {
  /** One imperative sentence or one command: what the person does next. */
  readonly hint?: string;
  /** The one or two lines of foreign output that matter. */
  readonly evidence?: string;
  /** All that is wrong, when it may be more than one thing: a view shows each on a line of its own, and the message not at all. */
  readonly mistakes?: readonly Mistake[];
  readonly cause?: unknown;
}

/**
 * A failure that a person can understand and act on. Everything that reaches the top and is not a KmonError is a bug of kmon.
 *
 * `message` says what failed: lower case, no full stop, no advice (that is `hint`), no secret.
 */
export class KmonError extends Error {
  override readonly name = 'KmonError';
  readonly code: ErrorCode;
  readonly hint: string | undefined;
  readonly evidence: string | undefined;
  readonly mistakes: readonly Mistake[] | undefined;
  readonly context: ErrorContext;

  constructor(code: ErrorCode, message: string, details: ErrorDetails = {}) {
    super(message, details.cause === undefined ? undefined : { cause: details.cause });
    this.code = code;
    this.hint = details.hint;
    this.evidence = details.evidence;
    this.mistakes = details.mistakes;
    this.context = pickContext(details);
  }

  /** The same failure with more context; what is already known is kept. */
  at(context: ErrorContext): KmonError {
    return new KmonError(this.code, this.message, {
      ...pickContext(context),
      ...this.context,
      ...(this.hint === undefined ? {} : { hint: this.hint }),
      ...this.seen(),
      cause: this.cause,
    });
  }

  /** The same failure with a remedy, unless it has one. */
  withHint(hint: string): KmonError {
    return this.hint !== undefined
      ? this
      : new KmonError(this.code, this.message, {
          ...this.context,
          hint,
          ...this.seen(),
          cause: this.cause,
        });
  }

  /** The same failure, told with what was being done. */
  during(what: string): KmonError {
    return new KmonError(this.code, `${what}: ${this.message}`, {
      ...this.context,
      ...(this.hint === undefined ? {} : { hint: this.hint }),
      ...this.seen(),
      cause: this.cause,
    });
  }

  private seen(): Pick<ErrorDetails, 'evidence' | 'mistakes'> {
    return {
      ...(this.evidence === undefined ? {} : { evidence: this.evidence }),
      ...(this.mistakes === undefined ? {} : { mistakes: this.mistakes }),
    };
  }
}

function pickContext(c: ErrorContext): ErrorContext {
  return {
    ...(c.machine === undefined ? {} : { machine: c.machine }),
    ...(c.stage === undefined ? {} : { stage: c.stage }),
    ...(c.command === undefined ? {} : { command: c.command }),
    ...(c.system === undefined ? {} : { system: c.system }),
  };
}
