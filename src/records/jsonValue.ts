import { camelCase } from './jsonDocument.ts';

export type JsonObject = Readonly<Record<string, unknown>>;

/** True for a JSON object. */
export function isRecord(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** A field by its snake_case name, also found in camelCase; undefined for absent and null. */
export function field(value: JsonObject, name: string): unknown {
  return value[name] ?? value[camelCase(name)] ?? undefined;
}

/** A text field; empty when it is absent or no text. */
export function text(value: JsonObject, name: string): string {
  const found = field(value, name);
  return typeof found === 'string' ? found : '';
}

/** A list; empty when the value is none. */
export function items(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}
