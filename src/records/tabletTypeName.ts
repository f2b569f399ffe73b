import { TabletTypeSchema, type TabletType } from './gen/topodata_pb.js';

// MASTER and BATCH are second names of PRIMARY and RDONLY; the first name of a number is the one in use.
const names = new Map(TabletTypeSchema.values.toReversed().map(({ number, name }) => [number, name]));

/** A tablet type as Vitess prints it: `PRIMARY`, `RDONLY`; the number of one that this version does not know. */
export function tabletTypeName(type: TabletType): string {
  return names.get(type) ?? String(type);
}
