/** Tablet controls that no move needs: denied tables of no move, controls given twice, controls of old releases. */
import type { Finding } from '../model/finding.ts';
import { listWords } from '../model/words.ts';
import { qualifiedWorkflow } from '../model/workflow.ts';
import { mayMoveTables } from '../diagnose/workflowPairs.ts';
import { isLegacyControl, overlap } from '../diagnose/rules/controls.ts';
import { ShardSchema, type Shard, type Shard_TabletControl as TabletControl } from '../records/gen/topodata_pb.js';
import { changeDenials } from './denials.ts';
import type { Draft } from './draft.ts';
import { wantKey, type WantsByShard } from './moveFix.ts';
import type { RepairContext } from './repairContext.ts';

/** Why denied tables of no rule are not removed; undefined when they can be. */
export function orphanRefusal({ snapshot }: RepairContext, ruled: WantsByShard, finding: Finding): string | undefined {
  const { keyspace = '', shard = '', tables } = finding;
  const wants = tables.flatMap((table) => ruled.get(wantKey({ keyspace, name: shard }, table)) ?? []);
  const needing = wants.find(({ deny }) => deny);
  if (needing !== undefined) return `The move ${needing.move} needs ${needing.table} denied there.`;
  // A workflow whose tables no dump lists may move any.
  const using = snapshot.workflows.workflows.filter(
    (workflow) =>
      mayMoveTables(workflow) &&
      (workflow.keyspace === keyspace || workflow.source === keyspace) &&
      (!workflow.tables?.length || workflow.tables.some((table) => tables.includes(table))),
  );
  return using.length === 0
    ? undefined
    : `The workflow ${listWords(using.map(qualifiedWorkflow))} may move these tables: complete or cancel it.`;
}

/** What to know before denied tables of no rule are removed. */
export function orphanWarning({ snapshot }: RepairContext, { keyspace = '', tables }: Finding): string[] {
  return snapshot.workflows.completeFor.has(keyspace)
    ? []
    : [`The workflows of ${keyspace} are not known: make sure that none of them still moves ${listWords(tables)}.`];
}

export function draftOrphan({ tables, places }: Finding, draft: Draft): void {
  draft.edit(
    ShardSchema,
    places[0].record,
    { why: `no longer denies ${listWords(tables)}, which no rule routes` },
    (shard) => {
      changeDenials(shard, { allow: tables });
    },
  );
}

/** Why a control that is given twice cannot be made one; undefined when it can. */
export function duplicateRefusal(
  { snapshot }: RepairContext,
  { keyspace = '', shard: name = '' }: Finding,
): string | undefined {
  const reading = snapshot.keyspaces.get(keyspace)?.shards.find((shard) => shard.name === name)?.shard;
  const controls = reading?.status === 'loaded' ? reading.value.tabletControls : [];
  return controls.some((control) => covering(controls, control) === 'in part')
    ? 'Its controls name different cells: which of them counts differs by cell.'
    : undefined;
}

/** Keeps of each control that is given twice the last, which the tablets follow; one that denies nothing goes too. */
export function draftDuplicate({ places }: Finding, draft: Draft): void {
  draft.edit(
    ShardSchema,
    places[0].record,
    { why: 'keeps of its controls the last, which its tablets follow' },
    (shard) => {
      const { tabletControls } = shard;
      const doubled = new Set(
        tabletControls.filter((one) => tabletControls.some((other) => other !== one && overlap(one, other))),
      );
      shard.tabletControls = tabletControls.filter(
        (control) =>
          covering(tabletControls, control) !== 'wholly' &&
          !(doubled.has(control) && control.deniedTables.length === 0),
      );
    },
  );
}

export function draftLegacy({ places }: Finding, draft: Draft): void {
  const why = 'drops the denied tables of REPLICA and RDONLY, which Vitess no longer writes';
  draft.edit(ShardSchema, places[0].record, { why }, (shard: Shard) => {
    shard.tabletControls = shard.tabletControls.filter((control) => !isLegacyControl(control));
  });
}

/** Whether a later control of the type stands for a control in all its cells or in some. */
function covering(controls: readonly TabletControl[], control: TabletControl): 'wholly' | 'in part' | undefined {
  const later = controls.slice(controls.indexOf(control) + 1).filter((other) => overlap(control, other));
  if (later.length === 0) return undefined;
  const covers = ({ cells }: TabletControl): boolean =>
    cells.length === 0 || (control.cells.length > 0 && control.cells.every((cell) => cells.includes(cell)));
  return later.some(covers) ? 'wholly' : 'in part';
}
