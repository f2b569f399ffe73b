/** Commands for an operator's shell, to be run in order. */
import { shellWord } from '../model/shellWords.ts';

export interface CommandStep {
  /** Why, and what to look at; each on a line of its own. */
  readonly comments: readonly string[];
  readonly commands: readonly string[];
}

/** A vtctldclient command; the server's address comes from the shell's variable VTCTLD. */
export function vtctldclient(...words: readonly string[]): string {
  return ['vtctldclient --server "$VTCTLD"', ...words.map(shellWord)].join(' ');
}

/** A MoveTables command of a workflow, given as `keyspace.workflow`. */
export function moveTables(workflow: string, ...words: readonly string[]): string {
  const dot = workflow.indexOf('.');
  const named = ['--workflow', workflow.slice(dot + 1), '--target-keyspace', workflow.slice(0, dot)];
  return vtctldclient('MoveTables', ...named, ...words);
}

/** Shows every workflow of a keyspace. */
export function getWorkflows(keyspace: string): string {
  return vtctldclient('GetWorkflows', '--show-all', keyspace);
}

/**
 * Refreshes a shard's tablets and fails where that was partial: the command
 * itself exits with 0 then and only says so.
 */
export function refreshShard(keyspace: string, shard: string): string {
  return `${vtctldclient('RefreshStateByShard', `${keyspace}/${shard}`)} | awk '1; /partial/ {p=1} END {exit p || !NR}'`;
}

/** The steps as text to paste: every command runs only when those before it have succeeded. */
export function commandText(title: readonly string[], steps: readonly CommandStep[]): string {
  const last = steps.findLastIndex(({ commands }) => commands.length > 0);
  const body = steps.flatMap(({ comments, commands }, step) => [
    ...comments.map(comment),
    ...commands.map((command, index) => (step === last && index === commands.length - 1 ? command : `${command} &&`)),
  ]);
  return `${[...title.map(comment), ...body].join('\n')}\n`;
}

/** A comment ends with its line: names from a topology must not begin another. */
function comment(text: string): string {
  return `# ${text.replace(/\s+/g, ' ')}`;
}
