import type { DumpFile } from '../model/topologyData.ts';
import { qualifiedWorkflow, type Workflow, type WorkflowKnowledge } from '../model/workflow.ts';
import { parseJsonDocument } from './jsonDocument.ts';
import { recognize } from './recognize.ts';
import type { RecognizedDocument } from './recognizedDocument.ts';

const jsonFile = /\.json$/i;

/** Reads what vtctldclient dumps say of workflows. A dump that is not JSON is a problem, never a missing workflow. */
export function readWorkflowDumps(dumps: readonly DumpFile[]): WorkflowKnowledge {
  const problems: string[] = [];
  const documents: RecognizedDocument[] = [];
  for (const { name, text } of dumps) {
    if (!jsonFile.test(name) || !/^(Workflow|MoveTables)/.test(name)) continue;
    const document = parseJsonDocument(text);
    const problem = document.problems[0];
    if (problem !== undefined) problems.push(`${name} is not valid JSON: ${problem.message} at ${problem.offset}`);
    else documents.push(recognize(document.value, { baseName: name.replace(jsonFile, '') }));
  }
  return { ...workflowKnowledge(documents), problems };
}

/** What several documents together say of workflows. */
export function workflowKnowledge(documents: readonly RecognizedDocument[]): WorkflowKnowledge {
  const byName = new Map<string, Workflow>();
  const completeFor = new Set<string>();
  for (const document of documents) {
    if (document.completeFor !== undefined) completeFor.add(document.completeFor);
    for (const workflow of document.workflows) {
      const name = qualifiedWorkflow(workflow);
      byName.set(name, { ...byName.get(name), ...workflow });
    }
  }
  const workflows = [...byName.values()].sort((a, b) => (qualifiedWorkflow(a) < qualifiedWorkflow(b) ? -1 : 1));
  return { workflows, completeFor, problems: [] };
}
