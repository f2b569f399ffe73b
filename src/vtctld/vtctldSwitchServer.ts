import type { SwitchCallOptions, SwitchServer } from '../switch/ports.ts';
import type { SwitchAnswer, SwitchRequest } from '../switch/switchModel.ts';
import type { CallLimits } from './grpcCall.ts';
import type { SwitchTrafficRequest } from './switchTraffic.ts';
import type { VtctldClient } from './vtctldClient.ts';

/** Switches traffic as vtctldclient's MoveTables does, with its defaults for what is not asked for. */
export class VtctldSwitchServer implements SwitchServer {
  private readonly client: VtctldClient;

  constructor(client: VtctldClient) {
    this.client = client;
  }

  get description(): string {
    return this.client.description;
  }

  async dryRun(request: SwitchRequest, options: SwitchCallOptions): Promise<readonly string[]> {
    const { dryRunResults } = await this.client.switchTraffic(toVtctld(request, true), limitsOf(options));
    return dryRunResults;
  }

  async switchTraffic(
    request: SwitchRequest,
    options: SwitchCallOptions,
  ): Promise<Extract<SwitchAnswer, { readonly status: 'done' }>> {
    const result = await this.client.switchTraffic(toVtctld(request, false), limitsOf(options));
    const { summary, startState, currentState } = result;
    return { status: 'done', summary, startState, currentState };
  }
}

function toVtctld(request: SwitchRequest, dryRun: boolean): SwitchTrafficRequest {
  const { operation, workflow, tabletTypes, cells, timeoutMs, maxReplicationLagMs } = request;
  return {
    keyspace: workflow.keyspace,
    workflow: workflow.name,
    direction: operation === 'switch' ? 'forward' : 'backward',
    tabletTypes,
    cells,
    timeoutSeconds: timeoutMs / 1000,
    maxReplicationLagSeconds: maxReplicationLagMs / 1000,
    enableReverseReplication: true,
    dryRun,
  };
}

function limitsOf({ signal = new AbortController().signal, timeoutMs }: SwitchCallOptions): CallLimits {
  return { signal, timeoutMs };
}
