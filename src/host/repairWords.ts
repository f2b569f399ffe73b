/** What can be asked to be repaired, and how it is called. */
import type { TopologyTarget } from '../contributions/target.ts';
import type { Finding, FindingCode } from '../model/finding.ts';
import type { RepairRequest, RepairScope } from '../model/plan.ts';
import { recordName } from '../model/record.ts';
import { listWords } from '../model/words.ts';
import { lockedName, shardName } from '../model/findingTitle.ts';
import type { TabletSettings } from './tabletSettings.ts';

/** What the repair of a target is about: its finding, else its move, else its keyspace, else everything. */
export function repairScope({ finding, move, keyspace }: TopologyTarget): RepairScope {
  if (finding !== undefined) return findingScope(finding);
  if (move !== undefined) return { kind: 'move', move };
  return keyspace === undefined ? { kind: 'all' } : { kind: 'keyspace', keyspace };
}

/** The request that follows the routing rules. Reads that a cell keeps on purpose are switched only when that very finding is asked for. */
export function repairRequest(scope: RepairScope): RepairRequest {
  const followReads = scope.kind === 'finding' && scope.code === 'reads-differ-by-cell';
  return { scope, direction: { kind: 'follow-routing' }, followReads };
}

function findingScope({ code, places: [{ record }] }: Finding): RepairScope {
  return { kind: 'finding', code, record: recordName(record) };
}

const deniedTables = (finding: Finding): string => `Repair denied tables of ${finding.keyspace ?? 'the move'}…`;

const titles: Partial<Record<FindingCode, (finding: Finding) => string>> = {
  'serving-side-denied': deniedTables,
  'other-side-not-denied': deniedTables,
  'both-sides-denied': deniedTables,
  'shards-disagree': deniedTables,
  'orphan-denied-tables': (finding) => `Allow ${listWords(finding.tables, 3)} on ${shardName(finding)}…`,
  'stale-srv-vschema': ({ cell }) => `Rebuild SrvVSchema of ${cell ?? '?'}…`,
  'reads-differ-by-cell': (finding) => `Switch reads of ${listWords(finding.tables, 3)} in ${finding.cell ?? '?'}…`,
  'stale-srv-keyspace': ({ cell, keyspace }) => `Rebuild SrvKeyspace of ${keyspace ?? '?'} in ${cell ?? '?'}…`,
  'split-routing': (finding) => `Repair routing rules of ${listWords(finding.tables, 3)}…`,
  'dangling-rule': () => 'Remove dangling rules…',
  'abandoned-lock': (finding) => `Release the lock on ${lockedName(finding)}…`,
  'duplicate-control': (finding) => `Merge the controls of ${shardName(finding)}…`,
  'legacy-control': (finding) => `Allow reads of ${listWords(finding.tables, 3)} on ${shardName(finding)}…`,
};

/** What a repair of this finding does, as an action is called. */
export function repairTitle(finding: Finding): string {
  return titles[finding.code]?.(finding) ?? `Repair ${finding.code}…`;
}

/** How tablets are had to read their Shard record, in a whole sentence. */
export function tabletWords({ via, vtctld, waitSeconds, waitConfirms }: TabletSettings): string {
  switch (via) {
    case 'dial':
      return 'Tablets are refreshed on their gRPC ports.';
    case 'vtctld':
      return `Tablets are refreshed through vtctld at ${vtctld ?? '?'}.`;
    case 'wait': {
      const worth = waitConfirms ? 'which the settings say is enough' : 'which confirms nothing';
      return `Nothing reaches the tablets from here: ${waitSeconds} s are waited for somebody to refresh them, ${worth}.`;
    }
  }
}
