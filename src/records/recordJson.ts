import { fromJson, toJsonString, type DescMessage, type JsonValue, type MessageShape } from '@bufbuild/protobuf';
import type { Reading } from '../model/reading.ts';

/** Kinds whose empty fields are printed, as vtctldclient does, so that an empty `tablet_controls` can be seen. */
const printedWhole: ReadonlySet<string> = new Set(['topodata.Shard', 'topodata.SrvKeyspace']);

/** A record as JSON in vtctldclient's dialect: snake_case fields, enum names, two spaces. */
export function recordToJson<Desc extends DescMessage>(schema: Desc, message: MessageShape<Desc>): string {
  return toJsonString(schema, message, {
    useProtoFieldName: true,
    prettySpaces: 2,
    alwaysEmitImplicit: printedWhole.has(schema.typeName),
  });
}

/**
 * Reads a record from JSON in any of Vitess's dialects: protojson in snake_case
 * or camelCase, and Go's encoding/json with enums as numbers. Fields of newer
 * releases are passed over. Never throws.
 */
export function recordFromJson<Desc extends DescMessage>(schema: Desc, value: unknown): Reading<MessageShape<Desc>> {
  try {
    return { status: 'loaded', value: fromJson(schema, value as JsonValue, { ignoreUnknownFields: true }) };
  } catch (error) {
    const problem = error instanceof Error ? error.message : String(error);
    return { status: 'failed', reason: `it is not a ${schema.typeName} in JSON: ${problem}` };
  }
}

/** The numbers of the fields that this project does not know and keeps as they are, sorted. */
export function unknownFieldNumbers(message: {
  readonly $unknown?: readonly { readonly no: number }[] | undefined;
}): number[] {
  return [...new Set((message.$unknown ?? []).map(({ no }) => no))].sort((a, b) => a - b);
}
