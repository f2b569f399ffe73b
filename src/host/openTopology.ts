import { openLocation } from '../topology/openLocation.ts';
import { TopologyError, type Topology } from '../topology/topology.ts';
import type { ConnectionSettings } from './connectionSettings.ts';

/**
 * Opens the topology that settings describe; nothing is read from it yet.
 * Rejects with a TopologyError when a password or a certificate is missing.
 */
export async function openTopology(settings: ConnectionSettings, password: string | undefined): Promise<Topology> {
  if (settings.kind === 'snapshot' || settings.user === undefined) return openLocation(settings);
  if (password === undefined) {
    const message = `No password of ${settings.user} is stored for ${settings.name}. Connect asks for it.`;
    throw new TopologyError({ code: 'unauthenticated', message });
  }
  return openLocation({ ...settings, password });
}
