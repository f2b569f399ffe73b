/** Why a snapshot was not written. */
export type SnapshotExportCode = 'target-exists' | 'unsafe-name' | 'write-failed' | 'cancelled';

/** A snapshot that was not written; nothing of it is left on the disk. */
export class SnapshotExportError extends Error {
  override readonly name = 'SnapshotExportError';
  readonly code: SnapshotExportCode;

  constructor(code: SnapshotExportCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.code = code;
  }
}
