import type { TopologyData } from '../../src/model/topologyData.ts';
import { recordName } from '../../src/model/record.ts';
import { precheck, precheckTablets } from '../../src/repair/precheck.ts';
import type {
  PrecheckAnswer,
  PrecheckReason,
  PrecheckRequest,
  PrecheckResult,
} from '../../src/repair/precheck/precheckModel.ts';
import { loadCapture } from '../support/captures.ts';
import { diagnosed } from '../support/diagnosed.ts';

/** `switch customer.commerce2customer`, `reverse corder,customer commerce customer`. */
export function requestOf(words: string): PrecheckRequest {
  const [operation, what = '', from = '', to = ''] = words.split(' ');
  const [keyspace = '', workflow = ''] = what.split('.');
  return {
    operation: operation === 'reverse' ? 'reverse' : 'switch',
    target:
      from === '' ? { kind: 'workflow', keyspace, workflow } : { kind: 'tables', tables: what.split(','), from, to },
  };
}

/** Checks with every tablet answering but those named here. */
export function check(
  data: TopologyData,
  words: string,
  {
    answers = {},
    ...limits
  }: Pick<PrecheckRequest, 'actionTimeoutMs' | 'timeoutMs'> & { answers?: Record<string, PrecheckAnswer> } = {},
): PrecheckResult {
  const request = { ...requestOf(words), ...limits };
  const topology = { diagnosed: diagnosed(data) };
  const tablets = precheckTablets(request, topology).flatMap((shard) => shard.tablets);
  const all = new Map<string, PrecheckAnswer>(tablets.map(({ alias }) => [alias, { status: 'answers' }]));
  for (const [alias, answer] of Object.entries(answers)) all.set(alias, answer);
  return precheck(request, topology, all);
}

/** A reason in one line: its code and record. */
export function reasonLine({ code, record }: PrecheckReason): string {
  return record === undefined ? code : `${code} ${recordName(record)}`;
}

export function reasonLines(result: PrecheckResult): string[] {
  return result.reasons.map(reasonLine).sort();
}

export const forward = 'customer.commerce2customer';
export const created = (): TopologyData => loadCapture('01-created');
export const switched = (): TopologyData => loadCapture('04-all-switched');
export const killed = (): TopologyData => loadCapture('12-reverse-vtctld-killed');

/** What `Workflow show` prints of the forward workflow, with its only stream in this state. */
export function showDump(state: string, message = '', more: Readonly<Record<string, unknown>> = {}): object {
  const rules = ['corder', 'customer'].map((match) => ({ match }));
  const stream = { shard: '-80', state, message, binlog_source: { filter: { rules } } };
  const workflow = {
    name: 'commerce2customer',
    workflow_type: 'MoveTables',
    source: { keyspace: 'commerce' },
    target: { keyspace: 'customer' },
    shard_streams: { '-80/zone1-0000000200': { streams: [stream] } },
    ...more,
  };
  return { workflows: [workflow] };
}
