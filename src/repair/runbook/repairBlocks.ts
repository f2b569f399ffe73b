/** Locks, and the repair with this tool. */
import { commandText } from '../../diagnose/commandList.ts';
import { commandSteps } from '../../diagnose/vtctldclientCommands.ts';
import type { Finding } from '../../model/finding.ts';
import { findingTitle } from '../../model/findingTitle.ts';
import { fenced } from '../../model/markdown.ts';
import { escaped, prose } from './readable.ts';
import { recordName } from '../../model/record.ts';
import { option } from '../../model/shellWords.ts';
import { stepsText } from '../planSteps.ts';
import { directionOptions, scopeOptions, vitessTopo } from './commands.ts';
import type { RunbookContext } from './runbookModel.ts';

export function isLock({ code }: Finding): boolean {
  return code === 'abandoned-lock' || code === 'held-lock';
}

export function lockBlocks(context: RunbookContext): string[] {
  const locks = context.found.filter(isLock);
  if (locks.length === 0) return [];
  const steps = locks.flatMap((finding) => [
    { comments: [findingTitle(finding)], commands: [] },
    ...commandSteps(finding, context.diagnosed),
  ]);
  return [
    '## Locks',
    'While an operation runs nothing may be repaired. Release a lock only when its holder is gone for certain: ask the host that it names.',
    locks.map(({ message }) => `- ${prose(message)}`).join('\n'),
    fenced(['# Shows who holds which lock.', vitessTopo(context, 'locks'), ...releases(context, locks)].join('\n')),
    'By hand:',
    fenced(commandText([], steps)),
  ];
}

function releases(context: RunbookContext, locks: readonly Finding[]): string[] {
  const abandoned = locks.filter(({ code }) => code === 'abandoned-lock');
  if (abandoned.length === 0) return [];
  return [
    '# Judges a lock again, asks, and releases it.',
    ...abandoned.map(({ places: [{ record }] }) =>
      vitessTopo(context, 'locks', ...option('release', recordName(record))),
    ),
  ];
}

export function toolBlocks(context: RunbookContext): string[] {
  const { result, request } = context;
  const options = [
    ...scopeOptions(request.scope),
    ...directionOptions(request.direction),
    ...(request.followReads ? ['--follow-reads'] : []),
  ];
  const refused = result.refusals.filter(({ finding }) => !isLock(finding) && finding.code !== 'record-unreadable');
  return [
    '## Repair with Vitess Topo',
    ...(result.plan === undefined
      ? [refused.length === 0 ? 'There is nothing that it would change.' : 'It plans no repair of this.']
      : [
          'In the editor: **Vitess: Repair…** on the row of the connection, the keyspace or the move shows the plan. On the command line:',
          fenced(
            [
              '# Shows the plan and changes nothing.',
              vitessTopo(context, 'repair', ...options, '--plan'),
              '# Shows it again, asks, and carries it out.',
              vitessTopo(context, 'repair', ...options),
              '# Shows how to take it back.',
              vitessTopo(context, 'undo', '--plan'),
            ].join('\n'),
          ),
          'Add `--vtctld "$VTCTLD"` where the tablets cannot be reached from here. It holds the locks that Vitess takes, and allows nothing before every primary of the other side has confirmed that it denies: when one does not, what it denied is taken back. At the end it reads everything again and says what is left. Its steps:',
          stepsText(result.plan, escaped),
          ...result.plan.warnings.map((warning) => `> ⚠ ${prose(warning)}`),
        ]),
    ...(refused.length === 0
      ? []
      : [
          'Not part of it:',
          refused
            .map(({ finding, reason }) => `- ${prose(`${findingTitle(finding)} (${finding.code}): ${reason}`)}`)
            .join('\n'),
        ]),
  ];
}
