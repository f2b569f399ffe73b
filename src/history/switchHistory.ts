import path from 'node:path';
import type { TopologyData } from '../model/topologyData.ts';
import type { SwitchHistory } from '../switch/ports.ts';
import type { SwitchRecord } from '../switch/switchModel.ts';
import { exportSnapshot } from '../topology/exportSnapshot.ts';
import { DurableFiles, newRunId } from './durableFiles.ts';
import { switchToText } from './switchText.ts';

/** Guarded switches as folders below the history's, one each: `switch.json`, and the topology as it was in `before`. */
export class SwitchFileHistory implements SwitchHistory {
  readonly folder: string;
  private readonly files = new DurableFiles();

  constructor(historyFolder: string) {
    this.folder = path.join(historyFolder, 'switches');
  }

  newId(startedAt: number): string {
    return newRunId(startedAt);
  }

  save(record: SwitchRecord): Promise<void> {
    return this.files.write(path.join(this.folder, record.id, 'switch.json'), switchToText(record));
  }

  async saveSnapshot(id: string, data: TopologyData): Promise<string> {
    const folder = path.join(this.folder, id, 'before');
    await exportSnapshot(data, folder);
    return folder;
  }
}
