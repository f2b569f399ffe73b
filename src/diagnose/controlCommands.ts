/** Commands that leave one tablet control of each type on a shard. */
import type { Finding } from '../model/finding.ts';
import { listValue } from '../model/shellWords.ts';
import { listWords } from '../model/words.ts';
import type { Snapshot } from '../records/snapshot.ts';
import { tabletTypeName } from '../records/tabletTypeName.ts';
import { refreshShard, vtctldclient, type CommandStep } from './commandList.ts';

/** The commands for `duplicate-control` and `legacy-control`. */
export function controlSteps(finding: Finding, snapshot: Snapshot): CommandStep[] {
  const { keyspace = '', shard = '' } = finding;
  const reading = snapshot.keyspaces.get(keyspace)?.shards.find(({ name }) => name === shard)?.shard;
  const control =
    reading?.status === 'loaded' ? reading.value.tabletControls[Number(finding.places[0].path[1])] : undefined;
  if (control === undefined) {
    return [{ comments: ['STOP: the control is not there any more. Diagnose again.'], commands: [] }];
  }
  const target = `${keyspace}/${shard}`;
  const type = tabletTypeName(control.tabletType).toLowerCase();
  const cells = control.cells.length === 0 ? [] : [`--cells=${listValue(control.cells)}`];
  // Of a primary no cells can be named: the flag is refused.
  const remove = vtctldclient('SetShardTabletControl', '--remove', ...(type === 'primary' ? [] : cells), target, type);
  const refresh = refreshShard(keyspace, shard);
  if (finding.code === 'legacy-control' || type !== 'primary') return [{ comments: [], commands: [remove, refresh] }];
  if (control.deniedTables.length === 0) {
    return [{ comments: ['The tablets follow the last control, which denies nothing.'], commands: [remove, refresh] }];
  }
  const add = vtctldclient('SetShardTabletControl', `--denied-tables=${listValue(control.deniedTables)}`, target, type);
  return [
    {
      comments: [
        `This removes every PRIMARY control and writes the last one again, which the tablets follow: ${listWords(control.deniedTables)}.`,
        'In between the shard denies nothing: only where the other side denies these tables, or this side serves them.',
      ],
      commands: [remove, add, refresh],
    },
  ];
}
