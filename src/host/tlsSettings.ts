import type { SettingFields } from './settingFields.ts';

export interface TlsSettings {
  /** Absolute path of a PEM file; absent trusts the system's authorities. */
  readonly ca?: string;
  readonly cert?: string;
  readonly key?: string;
  /** The name that the server's certificate must carry, where it is not the address's. */
  readonly serverName?: string;
}

const known = ['ca', 'cert', 'key', 'serverName'];

/** Reads a field that says how to speak TLS; what is wrong is noted in `fields`. */
export function checkTls(fields: SettingFields, field: string, value: unknown): TlsSettings {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    fields.problem(field, 'must be an object');
    return {};
  }
  const checked: Record<string, string> = {};
  for (const [part, text] of Object.entries(value as Record<string, unknown>)) {
    const name = `${field}.${part}`;
    if (!known.includes(part)) fields.problem(name, `is unknown; known are ${known.join(', ')}`);
    else if (typeof text !== 'string' || text === '') fields.problem(name, 'must be a text');
    else checked[part] = part === 'serverName' ? text : (fields.path(name, text) ?? '');
  }
  if ('cert' in value !== 'key' in value) fields.problem(field, 'needs both cert and key, or neither');
  return checked;
}
