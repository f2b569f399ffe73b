import assert from 'node:assert/strict';
import fc from 'fast-check';
import { parseTopoUri, topoUriParts } from '../../src/host/topoUri.ts';

describe('topoUriParts', () => {
  it('names a global record by its path', () => {
    const record = { path: 'keyspaces/customer/shards/-80/Shard' };
    assert.deepEqual(topoUriParts({ connection: 'production', record }), {
      scheme: 'vitess-topo',
      path: '/production/global/keyspaces/customer/shards/-80/Shard.json',
    });
  });

  it("names a cell's record by the cell", () => {
    const record = { cell: 'zone1', path: 'SrvVSchema' };
    assert.equal(topoUriParts({ connection: 'production', record }).path, '/production/zone1/SrvVSchema.json');
  });

  it('keeps spaces and escapes what would change the path', () => {
    const record = { path: 'RoutingRules' };
    assert.equal(topoUriParts({ connection: 'a b/c%', record }).path, '/a b%2Fc%25/global/RoutingRules.json');
    assert.equal(topoUriParts({ connection: '..', record }).path, '/%2E%2E/global/RoutingRules.json');
  });
});

describe('parseTopoUri', () => {
  const name = fc.oneof(
    fc.string({ unit: 'binary' }),
    fc.constantFrom('', '.', '..', '%', '%2E', 'a/b', '-80', 'global.json'),
  );
  const segment = name.map((text) => text.replace(/\p{Surrogate}/gu, '_').replaceAll('/', '_'));

  it('gives back every connection and record that was named', () => {
    fc.assert(
      fc.property(
        name,
        fc.option(name, { nil: undefined }),
        fc.array(segment, { minLength: 1 }),
        (connection, cell, path) => {
          fc.pre(cell !== 'global');
          const wellFormed = (text: string): string => text.replace(/\p{Surrogate}/gu, '\uFFFD');
          const record = {
            ...(cell === undefined ? {} : { cell: wellFormed(cell) }),
            path: path.join('/'),
          };
          const named = { connection: wellFormed(connection), record };
          const parts = topoUriParts(named);
          assert.deepEqual(parseTopoUri(parts), named);
          assert.ok(!parts.path.startsWith('//'));
          assert.ok(!parts.path.split('/').some((part) => part === '.' || part === '..'));
        },
      ),
    );
  });

  it('refuses what is no document of a record', () => {
    const refused = [
      { scheme: 'file', path: '/a/global/RoutingRules.json' },
      { scheme: 'vitess-topo', path: '/a/global/RoutingRules' },
      { scheme: 'vitess-topo', path: '/a/global.json' },
      { scheme: 'vitess-topo', path: '/a.json' },
      { scheme: 'vitess-topo', path: '/a/global/%zz.json' },
      { scheme: 'vitess-topo', path: '' },
    ];
    for (const uri of refused) assert.equal(parseTopoUri(uri), undefined, uri.path);
  });

  it('never throws', () => {
    fc.assert(
      fc.property(fc.string(), (path) => {
        parseTopoUri({ scheme: 'vitess-topo', path: `/${path}.json` });
      }),
    );
  });
});
