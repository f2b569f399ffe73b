import type { Reading } from '../model/reading.ts';
import { ShardSchema, type Shard } from './gen/topodata_pb.js';
import { TabletType } from './gen/topodata_pb.js';
import { field, isRecord, items } from './jsonValue.ts';
import { recordFromJson } from './recordJson.ts';
import { shardProblem } from './validate.ts';

/** Reads a Shard from JSON; `name` is the shard's, where the whole record is there. Never throws. */
export function shardFromJson(value: unknown, name?: string): Reading<Shard> {
  const reading = recordFromJson(ShardSchema, value);
  if (reading.status !== 'loaded') return reading;
  const problem = tabletTypeProblem(value) ?? (name === undefined ? undefined : shardProblem(name, reading.value));
  return problem === undefined ? reading : { status: 'failed', reason: problem };
}

/** A misspelt tablet type would be read as UNKNOWN, and its denied tables would count for nobody. */
function tabletTypeProblem(value: unknown): string | undefined {
  const controls = isRecord(value) ? items(field(value, 'tablet_controls')) : [];
  for (const control of controls) {
    const type = isRecord(control) ? field(control, 'tablet_type') : undefined;
    if (typeof type === 'string' && !Object.hasOwn(TabletType, type)) {
      return `its tablet_type "${type}" is none that Vitess knows`;
    }
  }
  return undefined;
}
