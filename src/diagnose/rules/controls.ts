import type { Finding, FindingCode } from '../../model/finding.ts';
import { remember } from '../../model/remember.ts';
import { listWords } from '../../model/words.ts';
import { TabletType, type Shard_TabletControl as TabletControl } from '../../records/gen/topodata_pb.js';
import type { KeyspaceRecords } from '../../records/snapshot.ts';
import { tabletTypeName } from '../../records/tabletTypeName.ts';
import { loadedShards, type LoadedShard } from '../keyspaceFacts.ts';
import type { DiagnosisInput } from '../rule.ts';

/** Two tablet controls of one type for the same cells: the tablet keeps the last, people read the first. */
export function duplicateControl({ snapshot }: DiagnosisInput): Finding[] {
  return [...snapshot.keyspaces.values()].flatMap(duplicatesOf);
}

const duplicatesOf = remember((keyspace: KeyspaceRecords) =>
  loadedShards(keyspace).flatMap((shard) =>
    shard.shard.tabletControls.flatMap((control, index) => {
      const earlier = shard.shard.tabletControls.findIndex((other, at) => at < index && overlap(other, control));
      if (earlier < 0) return [];
      const type = typeName(control);
      const message =
        `${shard.keyspace}/${shard.name} has two tablet controls for ${type}: its tablets follow the last one, ` +
        `which denies ${tablesWords(control)}, and ignore the earlier. Next: keep one control with the tables that must be denied.`;
      return [finding('duplicate-control', shard, index, control, message)];
    }),
  ),
);

/** Denied tables for REPLICA or RDONLY: no current release of Vitess writes them. */
export function legacyControl({ snapshot }: DiagnosisInput): Finding[] {
  return [...snapshot.keyspaces.values()].flatMap(legaciesOf);
}

const legaciesOf = remember((keyspace: KeyspaceRecords) =>
  loadedShards(keyspace).flatMap((shard) =>
    shard.shard.tabletControls.flatMap((control, index) => {
      if (!isLegacyControl(control)) return [];
      const cells = control.cells.length === 0 ? 'every cell' : listWords(control.cells);
      const message =
        `${shard.keyspace}/${shard.name} denies ${tablesWords(control)} on ${typeName(control)} tablets in ${cells}, which only old releases of Vitess did: ` +
        `reads there fail and no workflow will remove it. Next: remove the control if no old migration needs it.`;
      return [finding('legacy-control', shard, index, control, message)];
    }),
  ),
);

/** True for denied tables of REPLICA or RDONLY. */
export function isLegacyControl({ tabletType, deniedTables }: TabletControl): boolean {
  return (tabletType === TabletType.REPLICA || tabletType === TabletType.RDONLY) && deniedTables.length > 0;
}

/** True when two controls are for one type and share a cell: a tablet there follows the last. */
export function overlap(a: TabletControl, b: TabletControl): boolean {
  const sameCells = a.cells.length === 0 || b.cells.length === 0 || a.cells.some((cell) => b.cells.includes(cell));
  return a.tabletType === b.tabletType && sameCells;
}

function tablesWords({ deniedTables }: TabletControl): string {
  return deniedTables.length === 0 ? 'no table' : listWords(deniedTables);
}

function typeName({ tabletType }: TabletControl): string {
  return tabletTypeName(tabletType);
}

function finding(
  code: FindingCode,
  { keyspace, name, record }: LoadedShard,
  index: number,
  control: TabletControl,
  message: string,
): Finding {
  return {
    code,
    severity: 'warning',
    keyspace,
    shard: name,
    tables: [...new Set(control.deniedTables)].sort(),
    places: [{ record, path: ['tablet_controls', index] }],
    related: [],
    message,
    fixable: true,
  };
}
