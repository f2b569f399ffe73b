export type JsonObject = Readonly<Record<string, unknown>>;

/** True for a JSON object. */
export function isRecord(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** The name that protojson gives a field by default. */
export function camelCase(name: string): string {
  return name.replace(/_([a-z0-9])/g, (_, letter: string) => letter.toUpperCase());
}

/** True when the object itself has the field, in snake_case or camelCase; its value may be null. */
export function hasField(value: JsonObject, name: string): boolean {
  return Object.hasOwn(value, name) || Object.hasOwn(value, camelCase(name));
}

/** A field by its snake_case name, also found in camelCase; undefined for absent and null. */
export function field(value: JsonObject, name: string): unknown {
  return own(value, name) ?? own(value, camelCase(name)) ?? undefined;
}

function own(value: JsonObject, name: string): unknown {
  return Object.hasOwn(value, name) ? value[name] : undefined;
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
