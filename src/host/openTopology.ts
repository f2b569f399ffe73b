import { openLocation } from '../topology/openLocation.ts';
import { TopologyError, type Topology } from '../topology/topology.ts';
import type { WorkflowClient } from '../vtctld/askWorkflows.ts';
import type { ConnectionSettings, EtcdSettings } from './connectionSettings.ts';
import { openVtctld } from './openVtctld.ts';
import { vtctldOf, type VtctldSettings } from './vtctldSettings.ts';

/**
 * Opens the topology that settings describe, with the workflows of its vtctld; nothing is read from it
 * yet. Rejects with a TopologyError when the password of etcd or a certificate is missing; without
 * vtctld's password the workflows are not checked.
 */
export async function openTopology(
  settings: ConnectionSettings,
  password: string | undefined,
  vtctldPassword?: string,
): Promise<Topology> {
  if (settings.kind === 'snapshot') return openLocation(settings);
  const topology = await openEtcd(settings, password);
  const vtctld = vtctldOf(settings);
  if (vtctld === undefined) return topology;
  // gRPC is large, and most connections have no vtctld.
  const { withWorkflows } = await import('../vtctld/withWorkflows.ts');
  return withWorkflows(topology, await workflowClient(settings.name, vtctld, vtctldPassword));
}

async function openEtcd(settings: EtcdSettings, password: string | undefined): Promise<Topology> {
  if (settings.user === undefined) return openLocation(settings);
  if (password === undefined) throw missingPassword(settings.user, settings.name);
  return openLocation({ ...settings, password });
}

async function workflowClient(
  connection: string,
  vtctld: VtctldSettings,
  password: string | undefined,
): Promise<WorkflowClient> {
  const { address, user } = vtctld;
  if (user !== undefined && password === undefined) {
    const refuse = (): Promise<never> => Promise.reject(missingPassword(user, `vtctld of ${connection}`));
    return { description: `vtctld at ${address}`, getKeyspaces: refuse, getWorkflows: refuse, workflowStatus: refuse };
  }
  return openVtctld(vtctld, password);
}

function missingPassword(user: string, whose: string): TopologyError {
  const message = `No password of ${user} is stored for ${whose}. Connect asks for it.`;
  return new TopologyError({ code: 'unauthenticated', message });
}
