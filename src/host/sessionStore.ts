import type { Event } from 'vscode';
import { diagnose } from '../diagnose/diagnose.ts';
import type { TopologyFailure } from '../model/topologyData.ts';
import { decodeSnapshot } from '../records/decodeSnapshot.ts';
import { TopologyError, type Topology } from '../topology/topology.ts';
import { describeConnection, type ConnectionSettings } from './connectionSettings.ts';
import { shownTopology, type LoadedTopology, type Session, type Sessions, type SessionState } from './session.ts';

/** What a store needs from its surroundings. */
export interface SessionStoreOptions {
  /** Opens a connection's topology; rejects with a TopologyError when that cannot be done. */
  readonly open: (connection: ConnectionSettings) => Promise<Topology>;
  readonly timeoutMs: () => number;
  /** Milliseconds since the epoch. */
  readonly now: () => number;
  readonly changes: {
    readonly event: Event<Session | undefined>;
    fire(session: Session | undefined): void;
    dispose(): void;
  };
  /** Where the active connection's name outlives the window. */
  readonly memory: { get(): string | undefined; set(name: string | undefined): void };
  readonly log: { info(message: string): void; error(error: unknown, message: string): void };
}

/** Where a connection comes from: the settings, or opened for this window only. */
export type ConnectionOrigin = 'settings' | 'window';

interface Entry {
  readonly settings: ConnectionSettings;
  readonly origin: ConnectionOrigin;
  session: Session;
  topology?: Topology;
  reading?: Reading;
}

/** One read in flight, which several callers may wait for. */
interface Reading {
  readonly abort: AbortController;
  readonly done: Promise<void>;
  waiting: number;
}

/** Holds every connection and what was read through it. */
export class SessionStore implements Sessions {
  private readonly options: SessionStoreOptions;
  private entries: readonly Entry[] = [];
  private activeName: string | undefined;

  constructor(options: SessionStoreOptions) {
    this.options = options;
    this.activeName = options.memory.get();
  }

  get onDidChange(): Event<Session | undefined> {
    return this.options.changes.event;
  }

  get all(): readonly Session[] {
    return this.entries.map(({ session }) => session);
  }

  get active(): Session | undefined {
    const chosen = this.entries.find(({ settings }) => settings.name === this.activeName);
    if (chosen !== undefined && chosen.session.state.status !== 'disconnected') return chosen.session;
    return this.all.find(({ state }) => state.status !== 'disconnected');
  }

  /** The connection to open when nobody has chosen one: the one of last time, else the first. */
  get preferred(): Session | undefined {
    return this.get(this.activeName ?? '') ?? this.all[0];
  }

  get(name: string): Session | undefined {
    return this.find(name)?.session;
  }

  /** The settings of a connection; undefined for a name that there is not. */
  settingsOf(name: string): ConnectionSettings | undefined {
    return this.find(name)?.settings;
  }

  originOf(name: string): ConnectionOrigin | undefined {
    return this.find(name)?.origin;
  }

  /** Takes over the connections of the settings: what is unchanged stays as it is, the others are closed. */
  configure(connections: readonly ConnectionSettings[]): void {
    const configured = connections.map((settings): Entry => {
      const known = this.find(settings.name);
      return known?.origin === 'settings' && isSame(known.settings, settings) ? known : newEntry(settings, 'settings');
    });
    const names = new Set(connections.map(({ name }) => name));
    const opened = this.entries.filter(({ origin, settings }) => origin === 'window' && !names.has(settings.name));
    this.replace([...configured, ...opened]);
  }

  /** Adds a connection for this window only; one of the same name that was opened before is replaced. */
  addForWindow(settings: ConnectionSettings): void {
    const known = this.find(settings.name);
    if (known !== undefined && isSame(known.settings, settings)) return;
    if (known?.origin === 'settings') throw new Error(`There is a connection named ${settings.name} in the settings.`);
    this.replace([...this.entries.filter((entry) => entry !== known), newEntry(settings, 'window')]);
  }

  /** Takes a connection that was opened for this window away; one from the settings stays. */
  removeFromWindow(name: string): void {
    this.replace(this.entries.filter(({ origin, settings }) => origin === 'settings' || settings.name !== name));
  }

  /** Makes a connection the one that lenses, the status bar and commands without an argument speak of. */
  use(name: string): void {
    if (this.find(name) === undefined) return;
    if (this.activeName !== name) this.options.memory.set(name);
    this.activeName = name;
    this.options.changes.fire(undefined);
  }

  /** Connects when needed and reads once, and becomes the active connection. */
  async connect(name: string, signal?: AbortSignal): Promise<SessionState> {
    this.use(name);
    return this.refresh(name, signal);
  }

  /**
   * Reads a topology. Callers at the same time share one read; it is aborted
   * when all of them have given up. Gives the state afterwards; a failed read
   * is such a state. Rejects with a `cancelled` TopologyError when `signal` aborts.
   */
  async refresh(name: string, signal?: AbortSignal): Promise<SessionState> {
    const entry = this.find(name);
    if (entry === undefined) throw new TopologyError({ code: 'not-found', message: `There is no connection ${name}.` });
    if (signal?.aborted === true) throw cancelled(name);
    const reading = (entry.reading ??= this.startReading(entry));
    reading.waiting += 1;
    try {
      await Promise.race([reading.done, rejectOnAbort(signal, name)]);
    } finally {
      reading.waiting -= 1;
      if (reading.waiting === 0) reading.abort.abort();
    }
    return entry.session.state;
  }

  /** Closes a connection and forgets what was read. */
  async disconnect(name: string): Promise<void> {
    const entry = this.find(name);
    if (entry === undefined) return;
    const closed = this.close(entry);
    this.set(entry, { status: 'disconnected' });
    this.options.changes.fire(undefined);
    await closed;
  }

  dispose(): void {
    for (const entry of this.entries) void this.close(entry);
    this.entries = [];
    this.options.changes.dispose();
  }

  private find(name: string): Entry | undefined {
    return this.entries.find(({ settings }) => settings.name === name);
  }

  private replace(entries: readonly Entry[]): void {
    const gone = this.entries.filter((entry) => !entries.includes(entry));
    this.entries = entries;
    for (const entry of gone) void this.close(entry);
    this.options.changes.fire(undefined);
  }

  private set(entry: Entry, state: SessionState): void {
    entry.session = { connection: entry.session.connection, state };
    if (this.entries.includes(entry)) this.options.changes.fire(entry.session);
  }

  private startReading(entry: Entry): Reading {
    const before = entry.session.state;
    const last = shownTopology(before);
    const abort = new AbortController();
    this.set(entry, { status: 'loading', ...(last === undefined ? {} : { last }) });
    const isCurrent = (): boolean => entry.reading?.abort === abort;
    const done = this.read(entry, abort.signal).then(
      (topology) => {
        if (!isCurrent()) return;
        delete entry.reading;
        this.set(entry, { status: 'loaded', topology });
      },
      (error: unknown) => {
        if (!isCurrent()) return;
        delete entry.reading;
        this.set(entry, abort.signal.aborted ? before : failedState(this.failureOf(entry, error), last));
      },
    );
    return { abort, done, waiting: 0 };
  }

  private async read(entry: Entry, signal: AbortSignal): Promise<LoadedTopology> {
    const { name } = entry.settings;
    const { open, timeoutMs, now, log } = this.options;
    const started = now();
    const topology = entry.topology ?? (await open(entry.settings));
    if (signal.aborted || !this.entries.includes(entry)) {
      if (entry.topology !== topology) await topology.close();
      throw cancelled(name);
    }
    entry.topology = topology;
    const data = await topology.read({ signal, timeoutMs: timeoutMs() });
    const diagnosed = diagnose(decodeSnapshot(data));
    const loadedAt = now();
    log.info(
      `${name}: read ${data.global.length} global records and ${data.cells.length} cells in ${loadedAt - started} ms, ` +
        `${diagnosed.findings.length} findings${diagnosed.complete ? '' : ', not everything could be checked'}`,
    );
    return { data, diagnosed, loadedAt };
  }

  private failureOf(entry: Entry, error: unknown): TopologyFailure {
    const { name } = entry.settings;
    if (error instanceof TopologyError) {
      this.options.log.info(`${name}: could not be read (${error.code}): ${error.message}`);
      return { code: error.code, message: error.message };
    }
    this.options.log.error(error, `${name}: could not be read`);
    const message = error instanceof Error ? error.message : String(error);
    return { code: 'invalid', message: `An unexpected error: ${message}. The log has the details.` };
  }

  private async close(entry: Entry): Promise<void> {
    const { topology, reading } = entry;
    delete entry.topology;
    delete entry.reading;
    reading?.abort.abort();
    try {
      await topology?.close();
    } catch (error) {
      this.options.log.error(error, `${entry.settings.name}: could not be closed`);
    }
  }
}

function newEntry(settings: ConnectionSettings, origin: ConnectionOrigin): Entry {
  return { settings, origin, session: { connection: describeConnection(settings), state: { status: 'disconnected' } } };
}

function isSame(a: ConnectionSettings, b: ConnectionSettings): boolean {
  return JSON.stringify(a) === JSON.stringify(b);
}

function failedState(failure: TopologyFailure, last: LoadedTopology | undefined): SessionState {
  return { status: 'failed', failure, ...(last === undefined ? {} : { last }) };
}

function cancelled(name: string): TopologyError {
  return new TopologyError({ code: 'cancelled', message: `Reading ${name} was cancelled.` });
}

function rejectOnAbort(signal: AbortSignal | undefined, name: string): Promise<never> {
  return new Promise((_resolve, reject) => {
    signal?.addEventListener('abort', () => reject(cancelled(name)), { once: true });
  });
}
