import type { PrecheckRequest, PrecheckTarget } from '../repair/precheck/precheckModel.ts';
import { readDuration, type Values } from './options.ts';

/** What `precheck` is asked, or what is wrong with it. */
export function readPrecheck(words: readonly string[], values: Values): PrecheckRequest | string {
  const [operation, name, ...more] = words;
  if (operation !== 'switch' && operation !== 'reverse') return 'say precheck switch or precheck reverse';
  if (more.length > 0) return `unexpected argument "${more[0] ?? ''}"`;
  const target = readTarget(name, values);
  if (typeof target === 'string') return target;
  const actionTimeoutMs = readDuration(values, 'action-timeout');
  if (typeof actionTimeoutMs === 'string') return actionTimeoutMs;
  const timeoutMs = readDuration(values, 'switch-timeout');
  if (typeof timeoutMs === 'string') return timeoutMs;
  if (timeoutMs !== undefined && timeoutMs < 1000) return '--switch-timeout is at least 1s, or Vitess refuses it';
  return {
    operation,
    target,
    ...(actionTimeoutMs === undefined ? {} : { actionTimeoutMs }),
    ...(timeoutMs === undefined ? {} : { timeoutMs }),
  };
}

function readTarget(name: string | undefined, { tables, from, to }: Values): PrecheckTarget | string {
  const byTables = [tables, from, to].filter((value) => value !== undefined).length;
  if (name !== undefined) {
    if (byTables > 0) return 'give KEYSPACE.WORKFLOW, or --tables with --from and --to, not both';
    const dot = name.indexOf('.');
    if (dot <= 0 || dot === name.length - 1) return `"${name}" is not KEYSPACE.WORKFLOW`;
    return { kind: 'workflow', keyspace: name.slice(0, dot), workflow: name.slice(dot + 1) };
  }
  if (byTables === 0) return 'precheck needs KEYSPACE.WORKFLOW, or --tables with --from and --to';
  if (!tables || !from || !to) return 'give --tables, --from and --to together';
  if (from === to) return '--from and --to are the same keyspace';
  const names = tables.split(',').filter((table) => table !== '');
  return names.length === 0 ? '--tables names no table' : { kind: 'tables', tables: names, from, to };
}
