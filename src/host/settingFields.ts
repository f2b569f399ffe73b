/** One entry of a list in the settings, read field by field. */

/** Why an entry of the settings is not used. */
export interface SettingProblem {
  /** The entry's name, or its position: `entry 2`. */
  readonly entry: string;
  /** The field, or empty when the entry as a whole is wrong. */
  readonly field: string;
  readonly message: string;
}

/** Makes a path absolute; undefined when it is relative to nothing. */
export type ResolvePath = (path: string) => string | undefined;

/** Why a text cannot be an etcd endpoint; undefined when it can. */
export function endpointProblem(endpoint: string): string | undefined {
  if (endpoint.includes('@')) return 'must not hold credentials: give the user by "user", the password is asked for';
  const bare = endpoint.replace(/^https?:\/\//, '');
  const match = /^(\[[0-9a-fA-F:.]+\]|[^\s:/?#[\]]+):(\d{1,5})$/.exec(bare);
  const port = Number(match?.[2]);
  return match !== null && port > 0 && port < 65536 ? undefined : `must be host:port, not "${endpoint}"`;
}

/** Reads the fields of one entry and collects what is wrong with them. */
export class SettingFields {
  readonly problems: SettingProblem[] = [];
  readonly isObject: boolean;
  private readonly values: Readonly<Record<string, unknown>>;
  private readonly entry: string;
  private readonly resolvePath: ResolvePath;

  constructor(value: unknown, index: number, resolvePath: ResolvePath) {
    this.isObject = isRecord(value);
    this.values = isRecord(value) ? value : {};
    const name = this.values['name'];
    this.entry = typeof name === 'string' && name.trim() !== '' ? `"${name}"` : `entry ${index + 1}`;
    this.resolvePath = resolvePath;
    if (!this.isObject) this.problem('', 'must be an object with name and kind');
  }

  has(field: string): boolean {
    return this.values[field] !== undefined;
  }

  /** Notes what is wrong with a field. */
  problem(field: string, message: string): void {
    this.problems.push({ entry: this.entry, field, message });
  }

  /** The field's text; undefined when it is absent or no text. A text that `problemOf` refuses is noted and still given. */
  text(field: string, problemOf?: (text: string) => string | undefined): string | undefined {
    const value = this.values[field];
    if (value === undefined) return undefined;
    if (typeof value !== 'string') {
      this.problem(field, 'must be a text');
      return undefined;
    }
    const problem = problemOf?.(value);
    if (problem !== undefined) this.problem(field, problem);
    return value;
  }

  /** The field's object; undefined when it is absent or something else. */
  object(field: string): Record<string, unknown> | undefined {
    const value = this.values[field];
    if (value === undefined || isRecord(value)) return value;
    this.problem(field, 'must be an object');
    return undefined;
  }

  /** The list of endpoints, each checked. */
  endpoints(): string[] {
    const value = this.values['endpoints'];
    if (!Array.isArray(value) || value.length === 0) {
      this.problem('endpoints', value === undefined ? 'is missing' : 'must be a list with at least one host:port');
      return [];
    }
    return (value as unknown[]).map((endpoint) => {
      const problem = typeof endpoint === 'string' ? endpointProblem(endpoint) : 'must be a list of texts';
      if (problem !== undefined) this.problem('endpoints', problem);
      return String(endpoint);
    });
  }

  /** A path made absolute; undefined when that cannot be done. */
  path(field: string, value: string): string | undefined {
    const resolved = value === '' ? undefined : this.resolvePath(value);
    if (resolved === undefined) {
      this.problem(field, value === '' ? 'is empty' : `is relative ("${value}"), and no folder is open`);
    }
    return resolved;
  }

  /** Notes every field that is not known. */
  refuseOthers(known: readonly string[]): void {
    for (const field of Object.keys(this.values)) {
      if (known.includes(field) || field === 'password') continue;
      this.problem(field, `is unknown here; known are ${known.join(', ')}`);
    }
  }
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
