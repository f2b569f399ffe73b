import type { Finding } from '../../src/model/finding.ts';
import { recordName } from '../../src/model/record.ts';

/** What a finding says in the oracle's words: one line for each table. */
export function factsOf(finding: Finding): string[] {
  const { code, keyspace = '', shard = '', cell = '', tables, places } = finding;
  const [{ record, path }] = places;
  const each = (where: string): string[] => tables.map((table) => `${code} ${where}${where === '' ? '' : ' '}${table}`);
  switch (code) {
    case 'serving-side-denied':
    case 'other-side-not-denied':
    case 'orphan-denied-tables':
      return each(`${keyspace}/${shard}`);
    case 'both-sides-denied':
    case 'shards-disagree':
      return each(keyspace);
    case 'split-routing':
    case 'stopped-not-frozen':
    case 'missing-streams':
    case 'status-differs':
      return each('');
    case 'reads-differ-by-cell':
      return each(`@${cell}`);
    case 'stale-srv-vschema':
      if (tables.length > 0) return each(`@${cell}`);
      return [`${code} @${cell}${path.length === 0 ? '' : ` ${keyspace === '' ? String(path[0]) : keyspace}`}`];
    case 'stale-srv-keyspace':
      return [`${code} @${cell} ${keyspace}`];
    case 'query-service-disabled':
      return [`${code} @${cell} ${keyspace}/${shard}`];
    case 'dangling-rule':
      return tables.length > 0 ? each(recordName(record)) : [`${code} ${recordName(record)}`];
    case 'duplicate-control':
    case 'legacy-control':
      return [`${code} ${keyspace}/${shard}`];
    case 'record-unreadable':
    case 'abandoned-lock':
    case 'held-lock':
      return [`${code} ${recordName(record)}`];
  }
}
