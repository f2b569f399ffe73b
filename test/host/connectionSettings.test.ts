import assert from 'node:assert/strict';
import fc from 'fast-check';
import {
  checkConnections,
  defaultRoot,
  describeConnection,
  nameProblem,
  problemWords,
} from '../../src/host/connectionSettings.ts';
import { endpointProblem } from '../../src/host/settingFields.ts';
import { vtctldOf } from '../../src/host/vtctldSettings.ts';

const resolvePath = (file: string): string | undefined => (file.startsWith('/') ? file : undefined);
const problemsOf = (value: unknown): string[] => checkConnections(value, resolvePath).problems.map(problemWords);
const etcd = { name: 'production', kind: 'etcd', endpoints: ['10.0.0.1:2379'] };

describe('checkConnections', () => {
  it('takes an etcd connection with every field', () => {
    const value = {
      ...etcd,
      root: '/topo/global',
      user: 'reader',
      tls: { ca: '/ca.pem', cert: '/cert.pem', key: '/key.pem', serverName: 'etcd' },
      cellAddresses: { zone1: 'localhost:12379, localhost:22379', zone2: 'global' },
      tablets: {
        via: 'vtctld',
        vtctld: 'localhost:15999',
        user: 'operator',
        tls: { ca: '/ca.pem' },
        waitSeconds: 30,
        waitConfirms: true,
      },
    };
    assert.deepEqual(checkConnections([value], resolvePath), { connections: [value], problems: [] });
  });

  it('asks the vtctld of the connection, and reaches the tablets through it where that is chosen', () => {
    const vtctld = { address: 'h:15999', user: 'op', tls: { ca: '/ca.pem' } };
    const given = [
      { ...etcd, vtctld },
      { ...etcd, name: 'b', vtctld, tablets: { via: 'vtctld' } },
    ];
    const { connections, problems } = checkConnections(given, resolvePath);
    assert.deepEqual(problems, []);
    const [first, second] = connections;
    assert.ok(first?.kind === 'etcd' && second?.kind === 'etcd');
    assert.deepEqual([vtctldOf(first), first.tablets], [vtctld, undefined]);
    const tablets = { via: 'vtctld', vtctld: 'h:15999', user: 'op', tls: { ca: '/ca.pem' } };
    assert.deepEqual(second.tablets, { ...tablets, waitSeconds: 60, waitConfirms: false });
  });

  it('asks the vtctld that tablets are reached through where the connection names no other', () => {
    const tablets = { via: 'vtctld', vtctld: 'h:15999', user: 'op', waitSeconds: 60, waitConfirms: false } as const;
    assert.deepEqual(vtctldOf({ tablets }), { address: 'h:15999', user: 'op' });
    assert.equal(vtctldOf({ tablets: { ...tablets, via: 'dial' } }), undefined);
    assert.equal(vtctldOf({}), undefined);
  });

  it('reaches the tablets through vtctld when its address is all that is given', () => {
    const { connections, problems } = checkConnections([{ ...etcd, tablets: { vtctld: 'h:15999' } }], resolvePath);
    assert.deepEqual(problems, []);
    const tablets = { via: 'vtctld', vtctld: 'h:15999', waitSeconds: 60, waitConfirms: false };
    assert.deepEqual(connections, [{ ...etcd, root: defaultRoot, tablets }]);
  });

  it('takes a snapshot, and gives etcd the usual root where none is given', () => {
    const snapshot = { name: 'incident', kind: 'snapshot', folder: '/snapshots/1' };
    const { connections, problems } = checkConnections([etcd, snapshot], resolvePath);
    assert.deepEqual(problems, []);
    assert.deepEqual(connections, [{ ...etcd, root: defaultRoot }, snapshot]);
  });

  it('names the entry and the field of what is wrong, and still takes the other entries', () => {
    const { connections, problems } = checkConnections(
      [{ ...etcd, endpoints: [] }, { kind: 'etcd' }, 'text', { ...etcd, name: 'good' }],
      resolvePath,
    );
    assert.deepEqual(
      connections.map(({ name }) => name),
      ['good'],
    );
    assert.deepEqual(problems.map(problemWords), [
      '"production": endpoints must be a list with at least one host:port',
      'entry 2: name is missing',
      'entry 2: endpoints is missing',
      'entry 3 must be an object with name and kind',
    ]);
  });

  const wrong: readonly (readonly [string, unknown, RegExp])[] = [
    ['a value that is no list', { ...etcd }, /must be a list of connections/],
    ['an unknown kind', [{ ...etcd, kind: 'zk' }], /kind must be "etcd" or "snapshot"/],
    ['a misspelt field', [{ ...etcd, tsl: {} }], /tsl is unknown here/],
    ['a misspelt TLS field', [{ ...etcd, tls: { cacert: '/ca' } }], /tls\.cacert is unknown/],
    ['a certificate without its key', [{ ...etcd, tls: { cert: '/cert' } }], /tls needs both cert and key/],
    [
      'an unknown way to the tablets',
      [{ ...etcd, tablets: { via: 'ssh' } }],
      /tablets\.via must be "dial", "vtctld" or/,
    ],
    ['a vtctld without its address', [{ ...etcd, vtctld: { user: 'op' } }], /vtctld\.address is missing/],
    ['a vtctld that is no host:port', [{ ...etcd, vtctld: { address: 'h' } }], /vtctld\.address must be host:port/],
    ['a misspelt vtctld field', [{ ...etcd, vtctld: { adress: 'h:1' } }], /vtctld\.adress is unknown/],
    [
      'vtctld given twice',
      [{ ...etcd, vtctld: { address: 'h:1' }, tablets: { vtctld: 'h:2' } }],
      /tablets\.vtctld is said by "vtctld" already/,
    ],
    ['vtctld without its address', [{ ...etcd, tablets: { via: 'vtctld' } }], /tablets\.vtctld is missing/],
    ['a misspelt tablets field', [{ ...etcd, tablets: { vtctl: 'h:1' } }], /tablets\.vtctl is unknown/],
    ['a wrong vtctld address', [{ ...etcd, tablets: { vtctld: 'h' } }], /tablets\.vtctld must be host:port/],
    ['an endless wait', [{ ...etcd, tablets: { waitSeconds: 1e9 } }], /tablets\.waitSeconds must be a number/],
    [
      'a wait that is said to confirm by a text',
      [{ ...etcd, tablets: { waitConfirms: 'no' } }],
      /waitConfirms must be true/,
    ],
    [
      'a tablets certificate without its key',
      [{ ...etcd, tablets: { tls: { cert: '/c' } } }],
      /tablets\.tls needs both/,
    ],
    ['a password', [{ ...etcd, password: 'x' }], /password must not be in settings/],
    ['credentials in an endpoint', [{ ...etcd, endpoints: ['root:x@h:1'] }], /must not hold credentials/],
    ['a relative folder without a workspace', [{ name: 'a', kind: 'snapshot', folder: 'x' }], /folder is relative/],
    ['a snapshot without a folder', [{ name: 'a', kind: 'snapshot' }], /folder is missing/],
    ['a root without a slash', [{ ...etcd, root: 'vitess' }], /root must start with a slash/],
    [
      'a cell address without a port',
      [{ ...etcd, cellAddresses: { zone1: 'etcd' } }],
      /cellAddresses\.zone1 must be host:port/,
    ],
    ['a name that is used twice', [etcd, etcd], /name is used by another connection/],
    ['a name with a slash', [{ ...etcd, name: 'a/b' }], /name must not contain/],
  ];
  for (const [what, value, message] of wrong) {
    it(`refuses ${what}`, () => {
      assert.match(problemsOf(value).join('\n'), message);
    });
  }

  it('refuses names that are taken already', () => {
    const { connections, problems } = checkConnections([etcd], resolvePath, new Set(['production']));
    assert.deepEqual([connections, problems.length], [[], 1]);
  });

  it('takes or refuses whatever it is given, and never a password', () => {
    const anything = fc.oneof(
      fc.anything(),
      fc.array(fc.record({ name: fc.string(), kind: fc.constantFrom('etcd', 'snapshot'), password: fc.string() })),
    );
    fc.assert(
      fc.property(anything, (value) => {
        const { connections, problems } = checkConnections(value, resolvePath);
        const entries = Array.isArray(value) ? value.length : 0;
        assert.ok(connections.length + problems.length >= entries);
        for (const connection of connections) assert.ok(!('password' in connection));
      }),
    );
  });
});

describe('endpointProblem', () => {
  it('takes host:port, with a scheme or an IPv6 address', () => {
    for (const endpoint of ['etcd:2379', '10.0.0.1:1', 'https://etcd.example.com:2379', '[::1]:2379']) {
      assert.equal(endpointProblem(endpoint), undefined, endpoint);
    }
  });

  it('refuses anything else', () => {
    for (const endpoint of ['', 'etcd', 'etcd:0', 'etcd:70000', ':2379', '::1:2379', 'etcd:2379/path', 'a b:1']) {
      assert.ok(endpointProblem(endpoint), endpoint);
    }
  });
});

describe('nameProblem', () => {
  it('takes names that can be part of a document’s address', () => {
    assert.equal(nameProblem('production (eu)'), undefined);
    for (const name of ['', ' ', ' a', 'a/b', 'a?b', 'a#b', 'a\nb', 'x'.repeat(81)]) assert.ok(nameProblem(name), name);
  });
});

describe('describeConnection', () => {
  it('names where it leads and no user', () => {
    const [connection] = checkConnections([{ ...etcd, user: 'secretive' }], resolvePath).connections;
    assert.ok(connection);
    assert.deepEqual(describeConnection(connection), {
      name: 'production',
      kind: 'etcd',
      detail: 'etcd at 10.0.0.1:2379, root /vitess/global',
    });
  });
});
