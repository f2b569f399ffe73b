import { commandIds, type ContextWord } from '../contributions/ids.ts';
import type { ClockWords } from '../host/clock.ts';
import { healthIcons } from '../host/healthIcons.ts';
import { healthOf, healthState, healthWords } from '../model/health.ts';
import { escapeMarkdown, titled } from '../model/markdown.ts';
import { shownTopology, type LoadedTopology, type Session } from '../host/session.ts';
import type { Access } from '../host/writeAccess.ts';
import { FindingIndex } from './findingIndex.ts';
import { cellsNode } from './cellNodes.ts';
import { findingNodes, hasRepair } from './findingNode.ts';
import { keyspaceNode } from './keyspaceNode.ts';
import { locksNodes } from './lockNodes.ts';
import type { TreeContext } from './treeContext.ts';
import { described, joinWords, worstFirst, type TreeNode } from './treeNode.ts';

/** What a connection's row needs beside its session. */
export interface ConnectionOptions {
  /** True when lenses and the status bar speak of this connection and there are others. */
  readonly active: boolean;
  /** Undefined for what is never written. */
  readonly access: Access | undefined;
  readonly clock: ClockWords;
}

/** A connection with its whole topology below, or with the reason why there is none. */
export function connectionNode(session: Session, { active, access, clock }: ConnectionOptions): TreeNode {
  const { connection, state } = session;
  const { name } = connection;
  const shown = shownTopology(state);
  const look = connectionLook(session, clock);
  const tag = connection.kind === 'snapshot' ? 'snapshot' : access === undefined ? '' : accessWords[access];
  const live = isLive(state) ? 'live' : '';
  const words = joinWords([look.words, live, active ? 'active' : '', tag]);
  const isConnected = state.status !== 'disconnected';
  const context: ContextWord[] = ['connection', isConnected ? 'connected' : 'disconnected'];
  if (state.status === 'failed') context.push('retry');
  if (access !== undefined) context.push(access);
  if (hasRepair(shown?.diagnosed.findings ?? [])) context.push('repairable');
  return {
    id: name,
    label: name,
    ...described(words),
    icon: look.icon,
    state: look.state,
    tooltip: connectionTooltip(session, look.words, clock),
    spoken: joinWords(
      [
        `connection ${name}`,
        look.words.replaceAll(' · ', ', '),
        live,
        active ? 'active' : '',
        tag === 'snapshot' ? '' : tag,
        connection.detail,
      ],
      ', ',
    ),
    context,
    target: { connection: name },
    ...(shown === undefined ? {} : { errors: healthOf(shown.diagnosed.findings).errors }),
    ...(isConnected
      ? { expanded: true, children: () => connectionChildren(session, clock) }
      : { command: commandIds.connect }),
  };
}

function isLive(state: Session['state']): boolean {
  return state.status === 'loaded' && state.live === true;
}

const accessWords: Readonly<Record<Access, string>> = { writable: 'writable', readonly: 'read-only' };

interface Look {
  readonly words: string;
  readonly icon: string;
  readonly state: TreeNode['state'];
}

function connectionLook({ state }: Session, clock: ClockWords): Look {
  switch (state.status) {
    case 'disconnected':
      return { words: 'not connected', icon: 'debug-disconnect', state: 'none' };
    case 'loading': {
      if (state.last === undefined) return { words: 'reading…', icon: 'loading~spin', state: 'none' };
      const { words, state: health } = topologyLook(state.last);
      return { words: joinWords([words, 'refreshing…']), icon: 'loading~spin', state: health };
    }
    case 'failed': {
      if (state.last === undefined) return { words: 'could not be read', icon: 'warning', state: 'unchecked' };
      const { words } = topologyLook(state.last);
      return {
        words: joinWords([`stale since ${clock(state.since ?? state.last.loadedAt)}`, `then ${words}`]),
        icon: 'warning',
        state: 'unchecked',
      };
    }
    case 'loaded':
      return topologyLook(state.topology);
  }
}

function topologyLook({ diagnosed }: LoadedTopology): Look {
  const health = healthOf(diagnosed.findings);
  const state = healthState(health);
  const words = healthWords(health);
  if (words === '' && diagnosed.snapshot.keyspaces.size === 0)
    return { words: 'no keyspaces', icon: 'info', state: 'info' };
  return { words: words === '' ? 'no contradictions' : words, icon: healthIcons[state], state };
}

function connectionTooltip({ connection, state }: Session, words: string, clock: ClockWords): string {
  const shown = shownTopology(state);
  const lines = [`**${escapeMarkdown(connection.name)}**`, escapeMarkdown(connection.detail), escapeMarkdown(words)];
  if (state.status === 'failed') {
    lines.push(titled(state.since === undefined ? 'Could not be read' : 'Not followed', state.failure.message));
  }
  if (shown !== undefined) {
    const { readAt, revision, notes } = shown.diagnosed.snapshot;
    lines.push(titled(isLive(state) ? 'Last change' : 'Read', clock(shown.loadedAt)));
    if (connection.kind === 'snapshot') lines.push(titled('Captured', clock(readAt)));
    if (revision !== undefined) lines.push(titled('Revision', revision));
    lines.push(...notes.map((note) => titled('Note', note)));
  }
  if (state.status === 'disconnected') lines.push('Click to connect\\.');
  return lines.join('\n\n');
}

function connectionChildren({ connection: { name }, state }: Session, clock: ClockWords): TreeNode[] {
  const shown = shownTopology(state);
  const messages: TreeNode[] = [];
  if (state.status === 'failed') messages.push(failureNode(name, state, clock));
  if (shown === undefined) {
    if (state.status === 'loading')
      messages.push(messageNode(name, 'loading', 'Reading the topology…', 'loading~spin'));
    return messages;
  }
  const index = new FindingIndex(shown.diagnosed);
  const isStale = state.status === 'failed';
  return [...messages, ...topologyNodes({ connection: name, topology: shown, index, isStale })];
}

function failureNode(
  name: string,
  { failure, last, since: lostAt }: Extract<Session['state'], { readonly status: 'failed' }>,
  clock: ClockWords,
): TreeNode {
  const reason = failure.message;
  const tried = lostAt === undefined ? '' : ' It is tried again until it can be followed.';
  const since = last === undefined ? '' : `What is below was read at ${clock(last.loadedAt)}.${tried}`;
  const lost = lostAt === undefined ? 'Could not be refreshed' : 'Not followed any more';
  const label = last === undefined ? 'Could not be read' : lost;
  return {
    id: `${name}/failure`,
    label,
    description: reason,
    icon: 'warning',
    state: 'unchecked',
    tooltip: [escapeMarkdown(reason), escapeMarkdown(since)].filter((line) => line !== '').join('\n\n'),
    spoken: joinWords([label.toLowerCase(), reason, since], ': '),
    context: ['retry'],
    target: { connection: name },
  };
}

function messageNode(name: string, key: string, label: string, icon: string): TreeNode {
  return {
    id: `${name}/${key}`,
    label,
    icon,
    state: 'none',
    spoken: label,
    context: [],
    target: { connection: name },
  };
}

/** Keyspaces first, then cells, locks and rules; whatever is broken comes before what is not. */
function topologyNodes(context: TreeContext): TreeNode[] {
  const { connection, index } = context;
  const { keyspaces, cells } = index.topology.snapshot;
  const nodes = [
    ...[...keyspaces.values()].map((keyspace) => keyspaceNode(context, keyspace)),
    ...rulesNodes(context),
    ...(cells.length > 0 ? [cellsNode(context)] : []),
    ...locksNodes(context),
  ];
  if (keyspaces.size === 0) nodes.unshift(messageNode(connection, 'empty', 'No keyspaces', 'info'));
  return worstFirst(nodes);
}

/** Findings about the routing rules as a whole. */
function rulesNodes({ connection, index }: TreeContext): TreeNode[] {
  const findings = index.ofRules();
  if (findings.length === 0) return [];
  const id = `${connection}/rules`;
  const health = healthOf(findings);
  const state = healthState(health);
  return [
    {
      id,
      label: 'Rules and Other Records',
      description: healthWords(health),
      icon: 'list-tree',
      state,
      spoken: `rules and other records, ${healthWords(health)}`,
      context: [],
      target: { connection },
      errors: health.errors,
      expanded: state === 'error' || state === 'unchecked',
      children: () => findingNodes(connection, id, findings),
    },
  ];
}
