import type { DiagnosedMove, DiagnosedTopology } from '../diagnose/diagnose.ts';
import { forwardWorkflow } from '../model/move.ts';
import type { PrecheckTarget } from '../repair/precheck/precheckModel.ts';
import type { SwitchRequest } from './switchModel.ts';

/** The request for a workflow, about the move that the records show it to be. */
export function switchRequest(request: Omit<SwitchRequest, 'target'>, { moves }: DiagnosedTopology): SwitchRequest {
  const { keyspace, name } = request.workflow;
  const move = moves.find((one) => {
    const forward = forwardWorkflow(one);
    return forward?.name === name && forward.keyspace === keyspace;
  });
  return { ...request, target: targetOf(move) ?? { kind: 'workflow', keyspace, workflow: name } };
}

/** By tables: the workflows may not be readable afterwards, or one of them may be gone. */
function targetOf(move: DiagnosedMove | undefined): PrecheckTarget | undefined {
  if (move === undefined || move.kind === 'multi-tenant' || move.tables.length === 0) return undefined;
  const { tables, source, target } = move;
  return { kind: 'tables', tables, from: source, to: target };
}
