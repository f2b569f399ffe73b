import type { CredentialEnvironment } from './credentials.ts';
import type { TextStyle } from './paint.ts';

/** What a run needs of the world around it. */
export interface CommandEnvironment {
  readonly credentials: CredentialEnvironment;
  readonly style: TextStyle;
  readonly version: string;
  /** Aborts when the operator interrupts for the first time. */
  readonly signal: AbortSignal;
  /** Where runs are recorded when the command line does not say; undefined when this machine names no such place. */
  readonly historyFolder: string | undefined;
  readonly out: (text: string) => void;
  readonly err: (text: string) => void;
  /** Shows what is being waited for, in place of what it showed last, until it is empty; absent where nobody watches. */
  readonly progress?: (words: string) => void;
  /** Asks for a yes; absent where nobody is there to answer. */
  readonly ask?: (question: string) => Promise<boolean>;
  /**
   * From now on interrupts and a lost terminal end nothing; each is told to
   * `onInterrupt` with its number. The function that it gives ends that.
   */
  readonly shield: (onInterrupt: (times: number) => void) => () => void;
}

/** 0: nothing wrong was found, or all was done. 1: something was, or not done. 2: not everything could be checked, or nothing could be done. */
export type ExitCode = 0 | 1 | 2;
