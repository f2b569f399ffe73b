/** What the process that carries out a plan or a guarded switch is told: one line of JSON. */
import { list, literal, Mismatch, object, text, truth, variant, type Check } from '../history/checks.ts';
import { checkPlan } from '../history/planChecks.ts';
import { checkSwitchRequest } from '../history/switchText.ts';
import type { Plan } from '../model/plan.ts';
import type { SwitchRequest } from '../switch/switchModel.ts';
import type { EtcdTlsFiles } from '../topology/etcdAccess.ts';
import type { EtcdLocation } from '../topology/openLocation.ts';
import { hostAndPort } from '../model/hostAndPort.ts';
import type { TabletRoute, VtctldRoute } from './openRefresher.ts';

type TopologyFields = Pick<EtcdLocation, 'endpoints' | 'root' | 'user' | 'password' | 'tls' | 'cellAddresses'>;

export type WorkerRequest = PlanRequest | SwitchWorkerRequest;

/** A guarded switch. */
export interface SwitchWorkerRequest {
  readonly kind: 'switch';
  readonly topology: TopologyFields;
  readonly vtctld: VtctldRoute;
  /** The connection's name. */
  readonly connection: string;
  readonly request: SwitchRequest;
  readonly historyFolder: string;
}

/** A plan to carry out. */
export interface PlanRequest {
  readonly topology: TopologyFields;
  readonly tablets: TabletRoute;
  /** The connection's name. */
  readonly connection: string;
  readonly plan: Plan;
  readonly kind: Plan['purpose']['kind'];
  /** The run that an undo is of. */
  readonly undoes?: string;
  readonly forcedKeyspaces: readonly string[];
  readonly historyFolder: string;
}

/** Tablets as a connection's settings have them, with the password of vtctld's user. */
interface TabletFields {
  readonly via: TabletRoute['via'];
  readonly vtctld?: string;
  readonly user?: string;
  readonly password?: string;
  readonly tls?: EtcdTlsFiles;
  readonly waitSeconds: number;
  readonly waitConfirms: boolean;
}

/** Reads a request; throws a Mismatch that says what is wrong, and never repeats what may be a password. */
export function readWorkerRequest(line: string): WorkerRequest {
  let value: unknown;
  try {
    value = JSON.parse(line);
  } catch {
    // V8's message would quote the text.
    throw new Mismatch('the first line is not JSON');
  }
  const request = checkRequest(value, 'request');
  if (request.kind === 'switch') return request;
  const { plan, kind, undoes } = request;
  const planned = plan.purpose.kind === 'undo' ? plan.purpose.run : undefined;
  if (plan.purpose.kind !== kind || planned !== undoes) throw new Mismatch('request.plan is for another purpose');
  if (plan.revision === undefined) throw new Mismatch('request.plan is of a source that cannot be changed');
  return request;
}

const tls = object<EtcdTlsFiles>({ ca: text, cert: text, key: text, serverName: text }, [
  'ca',
  'cert',
  'key',
  'serverName',
]);

const seconds: Check<number> = (value, at) => {
  if (typeof value !== 'number' || !(value >= 0)) throw new Mismatch(`${at} is not a number of seconds`);
  return value;
};

const texts: Check<Readonly<Record<string, string>>> = (value, at) => {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) throw new Mismatch(`${at} is not an object`);
  return Object.fromEntries(Object.entries(value).map(([name, one]) => [name, text(one, `${at}.${name}`)]));
};

const tabletFields = object<TabletFields>(
  {
    via: literal('dial', 'vtctld', 'wait'),
    vtctld: text,
    user: text,
    password: text,
    tls,
    waitSeconds: seconds,
    waitConfirms: truth,
  },
  ['vtctld', 'user', 'password', 'tls'],
);

const tablets: Check<TabletRoute> = (value, at) => {
  const { via, vtctld, waitSeconds, waitConfirms, ...access } = tabletFields(value, at);
  if (via === 'wait') return { via, seconds: waitSeconds, waitConfirms };
  if (via === 'dial') return { via, ...(access.tls !== undefined && { tls: access.tls }) };
  const address = vtctld === undefined ? undefined : hostAndPort(vtctld);
  if (address === undefined) throw new Mismatch(`${at}.vtctld is not HOST:PORT`);
  return { via, address, ...access };
};

const topology = object<TopologyFields>(
  { endpoints: list(text), root: text, user: text, password: text, tls, cellAddresses: texts },
  ['user', 'password', 'tls', 'cellAddresses'],
);

const address: Check<VtctldRoute['address']> = (value, at) => {
  const found = hostAndPort(text(value, at));
  if (found === undefined) throw new Mismatch(`${at} is not HOST:PORT`);
  return found;
};

const checkSwitch = object<SwitchWorkerRequest>({
  kind: literal('switch'),
  topology,
  vtctld: object<VtctldRoute>({ address, user: text, password: text, tls }, ['user', 'password', 'tls']),
  connection: text,
  request: checkSwitchRequest,
  historyFolder: text,
});

const checkPlanRequest = object<PlanRequest>(
  {
    topology,
    tablets,
    connection: text,
    plan: checkPlan,
    kind: literal('repair', 'undo'),
    undoes: text,
    forcedKeyspaces: list(text),
    historyFolder: text,
  },
  ['undoes'],
);

const checkRequest = variant<WorkerRequest>('kind', {
  repair: checkPlanRequest,
  undo: checkPlanRequest,
  switch: checkSwitch,
});
