/** How `runbook` prints: a Markdown document for a file or a terminal. */
import { resolveScope } from '../repair/resolveScope.ts';
import type { JudgedTopology } from '../repair/repairContext.ts';
import { runbook, type RunbookSubject } from '../repair/runbook.ts';
import { etcdOptions } from '../topology/addressOptions.ts';
import { TopologyError } from '../topology/topology.ts';
import type { CommandLine } from './commandLine.ts';
import { plain } from './paint.ts';

type RunbookLine = Extract<CommandLine, { readonly command: 'runbook' }>;

/** Throws a TopologyError for a scope that the topology does not have: its runbook would read as healthy. */
export function runbookText({ address, request }: RunbookLine, topology: JudgedTopology): string {
  const scope = resolveScope(request.scope, topology.diagnosed);
  if (typeof scope === 'string') throw new TopologyError({ code: 'not-found', message: scope });
  const text = runbook({ ...request, scope }, topology, subjectOf(address, topology));
  return text.split('\n').map(plain).join('\n');
}

function subjectOf(address: RunbookLine['address'], { data }: JudgedTopology): RunbookSubject {
  return { name: data.source, address: address.kind === 'snapshot' ? undefined : etcdOptions(address) };
}
