/** Small strict checks of parsed JSON. Each gives the value typed, or throws a Mismatch that says where it is wrong. */

/** What is wrong with a value, as a clause: `plan.steps[2].kind is not known`. */
export class Mismatch extends Error {
  override readonly name = 'Mismatch';
}

/** Checks one value; `at` is its path, for words. */
export type Check<T> = (value: unknown, at: string) => T;

export const text: Check<string> = (value, at) => {
  if (typeof value !== 'string') throw new Mismatch(`${at} is not a text`);
  return value;
};

export const truth: Check<boolean> = (value, at) => {
  if (typeof value !== 'boolean') throw new Mismatch(`${at} is not true or false`);
  return value;
};

/** A whole number from 0 on, as times and positions are. */
export const natural: Check<number> = (value, at) => {
  if (typeof value !== 'number' || !Number.isSafeInteger(value) || value < 0) {
    throw new Mismatch(`${at} is not a whole number`);
  }
  return value;
};

/** A revision of etcd, in decimal digits. */
export const revision: Check<string> = (value, at) => {
  if (typeof value !== 'string' || !/^\d{1,20}$/.test(value)) throw new Mismatch(`${at} is not a revision`);
  return value;
};

/** Any JSON. */
export const anything: Check<unknown> = (value) => value;

export function literal<const T extends string | number>(...values: readonly T[]): Check<T> {
  return (value, at) => {
    const found = values.find((one) => one === value);
    if (found === undefined) throw new Mismatch(`${at} is not ${values.map(String).join(', ')}`);
    return found;
  };
}

export function list<T>(check: Check<T>): Check<readonly T[]> {
  return (value, at) => {
    if (!Array.isArray(value)) throw new Mismatch(`${at} is not a list`);
    return value.map((item: unknown, index) => check(item, `${at}[${index}]`));
  };
}

/** null stands for undefined. */
export function orNull<T>(check: Check<T>): Check<T | undefined> {
  return (value, at) => (value === null ? undefined : check(value, at));
}

type Fields<T> = { readonly [K in keyof T]-?: Check<Exclude<T[K], undefined>> | Check<T[K]> };

/** An object of exactly these fields, of which the `optional` ones may be missing. */
export function object<T extends object>(fields: Fields<T>, optional: readonly (keyof T & string)[] = []): Check<T> {
  const checks = new Map<string, Check<unknown>>(Object.entries(fields));
  const mayMiss = new Set<string>(optional);
  return (value, at) => {
    const given = entries(value, at);
    const unknown = [...given.keys()].find((name) => !checks.has(name));
    if (unknown !== undefined) throw new Mismatch(`${at} has a field ${JSON.stringify(unknown)} that is not known`);
    const found = [...checks].flatMap(([name, check]): [string, unknown][] => {
      if (given.has(name)) return [[name, check(given.get(name), `${at}.${name}`)]];
      if (mayMiss.has(name)) return [];
      throw new Mismatch(`${at}.${name} is missing`);
    });
    return Object.fromEntries(found) as T;
  };
}

/** An object of the form that its field of this name tells. */
export function variant<T>(tag: string, forms: Readonly<Record<string, Check<T>>>): Check<T> {
  const checks = new Map(Object.entries(forms));
  return (value, at) => {
    const kind = entries(value, at).get(tag);
    const check = typeof kind === 'string' ? checks.get(kind) : undefined;
    if (check === undefined) throw new Mismatch(`${at}.${tag} is not ${[...checks.keys()].join(', ')}`);
    return check(value, at);
  };
}

function entries(value: unknown, at: string): Map<string, unknown> {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) throw new Mismatch(`${at} is not an object`);
  return new Map(Object.entries(value));
}
