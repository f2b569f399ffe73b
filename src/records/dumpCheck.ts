/** A cheap look that spares every other JSON file from being parsed. */

const fieldNames = [
  'denied_?tables',
  'tablet_?controls',
  'is_?primary_?serving',
  'primary_?alias',
  'from_?table',
  'from_?keyspace',
  'routing_?rules',
  'shard_?streams',
  'shard_?references',
  'sidecar_?db_?name',
  'durability_?policy',
  'traffic_?state',
].join('|');
const topologyField = new RegExp(`"(?:${fieldNames})"\\s*:`, 'i');
/** Fields that any JSON may have, in the shape that Vitess gives them. */
const tablet = [/"alias"\s*:\s*\{/, /"port_?map"\s*:/i];
const topologyCell = [/"path"\s*:\s*"\//, /"data"\s*:\s*"/, /"children"\s*:\s*\[/];
const srvVSchema = [/"keyspaces"\s*:\s*\{/];
const noRules = [/"rules"\s*:\s*\[\s*\]/];

const commandFile = /^(?:Get[A-Z]|FindAllShards|Workflow|MoveTables)/;
const rulesFile = /rout|mirror/i;

/** False when the text is certainly no topology dump: what no field and no file name speaks for. */
export function mayHoldTopology(text: string, baseName: string): boolean {
  if (commandFile.test(baseName) || topologyField.test(text)) return true;
  const has = (patterns: readonly RegExp[]): boolean => patterns.every((pattern) => pattern.test(text));
  return has(tablet) || has(topologyCell) || has(srvVSchema) || (rulesFile.test(baseName) && has(noRules));
}
