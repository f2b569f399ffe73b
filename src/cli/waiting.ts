import type { CommandEnvironment } from './environment.ts';
import { plain } from './paint.ts';

/** What is waited for on the standard error, below the lines that stay. */
export class Waiting {
  private readonly environment: Pick<CommandEnvironment, 'err' | 'progress'>;
  private shape = '';

  constructor(environment: Pick<CommandEnvironment, 'err' | 'progress'>) {
    this.environment = environment;
  }

  /** Puts a line above what is waited for. */
  line(text: string): void {
    this.environment.progress?.('');
    this.environment.err(`${text}\n`);
  }

  say(words: string): void {
    const { progress } = this.environment;
    if (progress !== undefined) {
      progress(plain(words));
      return;
    }
    // A countdown is told once where lines cannot be replaced.
    const shape = words.replaceAll(/\d+/g, '0');
    if (shape !== this.shape) this.line(`  ${plain(words)}`);
    this.shape = shape;
  }

  end(): void {
    this.environment.progress?.('');
  }
}
