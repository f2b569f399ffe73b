import { tabletTypes, type TabletTypeName } from '../model/move.ts';
import { isReverseWorkflow, partnerWorkflowName } from '../model/workflow.ts';
import type { SwitchRequest } from '../switch/switchModel.ts';
import { readDuration, type Values } from './options.ts';
import { readTraffic, readWorkflow } from './precheckOptions.ts';
import { readTablets, readVtctld, type TabletsAddress, type VtctldAddress } from './tabletOptions.ts';

/** `switch` and `reverse`, each of one workflow. */
export interface SwitchCommand {
  readonly command: SwitchRequest['operation'];
  readonly workflow: SwitchRequest['workflow'];
  readonly tabletTypes: readonly TabletTypeName[];
  readonly cells: readonly string[];
  readonly switchTimeoutMs: number;
  readonly maxReplicationLagMs: number;
  readonly vtctld: VtctldAddress;
  readonly tablets: TabletsAddress;
  /** True to show the pre-check and vtctld's dry run and change nothing. */
  readonly planOnly: boolean;
  /** True to carry it out without asking. */
  readonly yes: boolean;
  /** Where it is recorded; undefined for the default folder. */
  readonly historyFolder: string | undefined;
}

/** vtctldclient's own. */
const defaultMs = 30_000;

/** The command, or what is wrong with it. */
export function readSwitch(
  command: SwitchCommand['command'],
  [name, ...more]: readonly string[],
  values: Values,
): SwitchCommand | string {
  if (name === undefined) return `${command} needs KEYSPACE.WORKFLOW`;
  if (more.length > 0) return `unexpected argument "${more[0] ?? ''}"`;
  const workflow = readWorkflow(name);
  if (typeof workflow === 'string') return workflow;
  if (isReverseWorkflow(workflow.name)) {
    const forward = partnerWorkflowName(workflow.name);
    const other = command === 'switch' ? 'reverse' : 'switch';
    return `name the forward workflow: to ${command} "${name}" is to ${other} TARGET_KEYSPACE.${forward}`;
  }
  const { plan: planOnly = false, yes = false, history: historyFolder, snapshot } = values;
  if (planOnly && yes) return 'give --plan or --yes, not both';
  if (snapshot !== undefined) return `a snapshot has no traffic to ${command}: give --etcd`;
  const traffic = readTraffic(values);
  if (typeof traffic === 'string') return traffic;
  const maxReplicationLagMs = readDuration(values, 'max-lag');
  if (typeof maxReplicationLagMs === 'string') return maxReplicationLagMs;
  const vtctld = readVtctld(values);
  if (typeof vtctld === 'string') return vtctld;
  if (vtctld === undefined) return `${command} needs --vtctld HOST:PORT`;
  const tablets = readTablets(values);
  if (typeof tablets === 'string') return tablets;
  return {
    command,
    workflow,
    tabletTypes: traffic.tabletTypes ?? tabletTypes,
    cells: traffic.cells ?? [],
    switchTimeoutMs: traffic.timeoutMs ?? defaultMs,
    maxReplicationLagMs: maxReplicationLagMs ?? defaultMs,
    vtctld,
    tablets,
    planOnly,
    yes,
    historyFolder,
  };
}
