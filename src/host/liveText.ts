/** The texts of live records' documents, rendered once for each state of a connection. */
import { recordName, type RecordId } from '../model/record.ts';
import { moment } from '../model/words.ts';
import { parseJsonDocument, type JsonDocument } from '../records/jsonDocument.ts';
import { LineIndex } from '../records/lineIndex.ts';
import { recordText } from '../records/recordText.ts';
import { shownTopology, type LoadedTopology, type Session } from './session.ts';

export interface LiveText {
  readonly text: string;
  readonly json: JsonDocument;
  readonly lines: LineIndex;
}

const texts = new WeakMap<LoadedTopology, Map<string, LiveText>>();

/** The text of a record as a session shows it now; says so when there is nothing to show. */
export function liveText(session: Session | undefined, connection: string, record: RecordId): LiveText {
  const topology = session === undefined ? undefined : shownTopology(session.state);
  if (session === undefined || topology === undefined) return parsed(noTopologyText(session, connection, record));
  const stale = staleWords(session);
  let rendered = texts.get(topology);
  if (rendered === undefined) {
    rendered = new Map();
    texts.set(topology, rendered);
  }
  const key = JSON.stringify([connection, recordName(record), stale]);
  let text = rendered.get(key);
  if (text === undefined) {
    const { data, diagnosed } = topology;
    const source = { connection, data, unreadable: diagnosed.snapshot.unreadable };
    text = parsed(recordText(stale === undefined ? source : { ...source, stale }, record));
    rendered.set(key, text);
  }
  return text;
}

/** Why what a session shows is not current; undefined when it is. */
export function staleWords({ state }: Session): string | undefined {
  if (state.status !== 'failed') return undefined;
  if (state.since === undefined) return `the last refresh failed: ${state.failure.message}`;
  return `not followed any more since ${moment(state.since)}: ${state.failure.message}`;
}

function noTopologyText(session: Session | undefined, connection: string, record: RecordId): string {
  const state = session?.state;
  const why =
    state?.status === 'failed'
      ? `could not be read: ${state.failure.message}`
      : state?.status === 'loading'
        ? 'is being read'
        : 'is not connected';
  const lines = [recordName(record), `NOT READ: the connection ${connection} ${why}`];
  return lines.map((line) => `// ${line.replace(/\s+/g, ' ')}\n`).join('');
}

function parsed(text: string): LiveText {
  return { text, json: parseJsonDocument(text), lines: new LineIndex(text) };
}
