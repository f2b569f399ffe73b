import { vtctldclientCommands } from '../diagnose/vtctldclientCommands.ts';
import type { DiagnosedTopology } from '../diagnose/diagnose.ts';
import type { PlanResult } from '../model/plan.ts';

/**
 * The vtctldclient commands that do by hand what a plan does and what it
 * refuses; undefined where there are none: they follow the routing rules, so
 * a plan of another direction has none.
 */
export function planCommands({ plan, refusals }: PlanResult, diagnosed: DiagnosedTopology): string | undefined {
  if (plan?.purpose.kind === 'undo') return undefined;
  if (plan?.purpose.request.direction.kind === 'serve-from') return undefined;
  const planned = (plan?.findings ?? []).map((finding) => vtctldclientCommands(finding, diagnosed));
  const seen = new Set<string>();
  const texts = [...planned, ...refusals.map(({ commands }) => commands)].filter((text) => {
    // Findings of one move need the same commands, some of them or all.
    const commands = text.split('\n').filter((line) => line !== '' && !line.startsWith('#'));
    const known = commands.length > 0 && commands.every((line) => seen.has(bare(line)));
    for (const line of commands) seen.add(bare(line));
    return text !== '' && !known;
  });
  return texts.length === 0 ? undefined : texts.join('\n');
}

function bare(line: string): string {
  return line.replace(/ &&$/, '');
}
