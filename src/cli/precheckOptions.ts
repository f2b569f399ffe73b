import { tabletTypes } from '../model/move.ts';
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
  const traffic = readTraffic(values);
  if (typeof traffic === 'string') return traffic;
  return { operation, target, ...(actionTimeoutMs === undefined ? {} : { actionTimeoutMs }), ...traffic };
}

function readTarget(name: string | undefined, { tables, from, to }: Values): PrecheckTarget | string {
  const byTables = [tables, from, to].filter((value) => value !== undefined).length;
  if (name !== undefined) {
    if (byTables > 0) return 'give KEYSPACE.WORKFLOW, or --tables with --from and --to, not both';
    const workflow = readWorkflow(name);
    return typeof workflow === 'string'
      ? workflow
      : { kind: 'workflow', keyspace: workflow.keyspace, workflow: workflow.name };
  }
  if (byTables === 0) return 'precheck needs KEYSPACE.WORKFLOW, or --tables with --from and --to';
  if (!tables || !from || !to) return 'give --tables, --from and --to together';
  if (from === to) return '--from and --to are the same keyspace';
  const list = names(tables);
  return list.length === 0 ? '--tables names no table' : { kind: 'tables', tables: list, from, to };
}

/** `KEYSPACE.WORKFLOW`, or what is wrong with it. */
export function readWorkflow(text: string): { readonly keyspace: string; readonly name: string } | string {
  const dot = text.indexOf('.');
  if (dot <= 0 || dot === text.length - 1) return `"${text}" is not KEYSPACE.WORKFLOW`;
  return { keyspace: text.slice(0, dot), name: text.slice(dot + 1) };
}

/** Which traffic is to be switched and how long that may take, or what is wrong with it; what is not given is left out. */
export function readTraffic(values: Values): Pick<PrecheckRequest, 'timeoutMs' | 'tabletTypes' | 'cells'> | string {
  const timeoutMs = readDuration(values, 'switch-timeout');
  if (typeof timeoutMs === 'string') return timeoutMs;
  if (timeoutMs !== undefined && timeoutMs < 1000) return '--switch-timeout is at least 1s, or Vitess refuses it';
  const { 'tablet-types': types, cells } = values;
  const named = types === undefined ? undefined : names(types).map((name) => name.toLowerCase());
  const chosen = tabletTypes.filter((type) => named === undefined || named.includes(type));
  const unknown = named?.find((name) => !tabletTypes.some((type) => type === name));
  if (unknown !== undefined || chosen.length === 0) {
    return `--tablet-types "${types ?? ''}" is not of ${tabletTypes.join(', ')}`;
  }
  return {
    ...(timeoutMs === undefined ? {} : { timeoutMs }),
    ...(named === undefined ? {} : { tabletTypes: chosen }),
    ...(cells === undefined ? {} : { cells: names(cells) }),
  };
}

function names(list: string): string[] {
  return list
    .split(',')
    .map((name) => name.trim())
    .filter((name) => name !== '');
}
