import type { Event } from 'vscode';
import type { TopologyFailure } from '../model/topologyData.ts';
import { TopologyError, type Topology } from '../topology/topology.ts';
import { describeConnection, type ConnectionSettings } from './connectionSettings.ts';
import { FollowedSession } from './followedSession.ts';
import type { ConnectionOrigin, Entry, Reading } from './sessionEntry.ts';
import { cancelled, failedState, isSame, notLive, readFailure, rejectOnAbort } from './sessionReading.ts';
import { shownTopology, type LoadedTopology, type Session, type Sessions, type SessionState } from './session.ts';

/** What a store needs from its surroundings. */
export interface SessionStoreOptions {
  /** Opens a connection's topology; rejects with a TopologyError when that cannot be done. */
  readonly open: (connection: ConnectionSettings) => Promise<Topology>;
  readonly timeoutMs: () => number;
  /** Whether topologies that can be followed are. */
  readonly live: () => boolean;
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
      return known?.origin === 'settings' && isSame(known.settings, settings)
        ? known
        : this.newEntry(settings, 'settings');
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
    this.replace([...this.entries.filter((entry) => entry !== known), this.newEntry(settings, 'window')]);
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

  /** Follows what can be followed, or stops that, as the settings say now. */
  updateLive(): void {
    for (const entry of this.entries) {
      const { followed, session } = entry;
      if (this.options.live()) this.follow(entry);
      else if (followed.isFollowing) {
        followed.stop();
        this.set(entry, notLive(session.state));
      }
    }
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
    entry.session = { connection: entry.session.connection, state, moments: entry.followed.moments };
    if (this.entries.includes(entry)) this.options.changes.fire(entry.session);
  }

  private startReading(entry: Entry): Reading {
    const before = entry.session.state;
    const last = shownTopology(before);
    entry.followed.stop();
    const abort = new AbortController();
    this.set(entry, { status: 'loading', ...(last === undefined ? {} : { last }) });
    const isCurrent = (): boolean => entry.reading?.abort === abort;
    const done = this.read(entry, abort.signal).then(
      (topology) => {
        if (!isCurrent()) return;
        delete entry.reading;
        this.set(entry, { status: 'loaded', topology });
        this.follow(entry);
      },
      (error: unknown) => {
        if (!isCurrent()) return;
        delete entry.reading;
        this.set(entry, abort.signal.aborted ? notLive(before) : failedState(this.failureOf(entry, error), last));
        // What was read before is followed on: that finds out by itself when it can be.
        this.follow(entry);
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
    const loaded = entry.followed.read(data);
    const { diagnosed, loadedAt } = loaded;
    log.info(
      `${name}: read ${data.global.length} global records and ${data.cells.length} cells in ${loadedAt - started} ms, ` +
        `${diagnosed.findings.length} findings${diagnosed.complete ? '' : ', not everything could be checked'}`,
    );
    return loaded;
  }

  private follow({ topology, followed }: Entry): void {
    if (topology !== undefined && this.options.live()) followed.follow(topology);
  }

  private newFollowed(entry: Pick<Entry, 'settings'>): FollowedSession {
    const mine = (): Entry | undefined => this.entries.find(({ settings }) => settings === entry.settings);
    return new FollowedSession({
      now: this.options.now,
      show: (state) => {
        const found = mine();
        if (found !== undefined) this.set(found, state);
      },
      failed: (error) => {
        const found = mine();
        if (found === undefined) return;
        this.set(found, failedState(this.failureOf(found, error), shownTopology(found.session.state)));
      },
    });
  }

  private newEntry(settings: ConnectionSettings, origin: ConnectionOrigin): Entry {
    const session: Session = { connection: describeConnection(settings), state: { status: 'disconnected' } };
    return { settings, origin, session, followed: this.newFollowed({ settings }) };
  }

  private failureOf({ settings: { name } }: Entry, error: unknown): TopologyFailure {
    return readFailure(error, name, this.options.log);
  }

  private async close(entry: Entry): Promise<void> {
    const { topology, reading } = entry;
    delete entry.topology;
    delete entry.reading;
    reading?.abort.abort();
    entry.followed.stop();
    entry.followed = this.newFollowed(entry);
    try {
      await topology?.close();
    } catch (error) {
      this.options.log.error(error, `${entry.settings.name}: could not be closed`);
    }
  }
}
