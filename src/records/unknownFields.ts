import type { Message } from '@bufbuild/protobuf';

/** The fields that this project does not know and keeps as they are, by message: `topodata.Shard: 12, 13`. Sorted. */
export function unknownFields(message: Message): string[] {
  const numbers = new Map<string, Set<number>>();
  collect(message, numbers);
  return [...numbers].map(([type, fields]) => `${type}: ${[...fields].sort((a, b) => a - b).join(', ')}`).sort();
}

function collect(value: unknown, numbers: Map<string, Set<number>>): void {
  if (typeof value !== 'object' || value === null || value instanceof Uint8Array) return;
  if (isMessageLike(value)) {
    for (const { no } of value.$unknown ?? []) {
      const known = numbers.get(value.$typeName);
      if (known === undefined) numbers.set(value.$typeName, new Set([no]));
      else known.add(no);
    }
  }
  for (const [name, part] of Object.entries(value)) if (name !== '$unknown') collect(part, numbers);
}

function isMessageLike(value: object): value is Message {
  return '$typeName' in value && typeof value.$typeName === 'string';
}
