import assert from 'node:assert/strict';
import fc from 'fast-check';
import type { PlanGuard, RecordChange } from '../../src/model/plan.ts';
import type { RecordId } from '../../src/model/record.ts';
import { cutIntoParts, writeGuards, type Part } from '../../src/repair/transactions.ts';

const clusterOf = ({ cell }: RecordId): string => (cell === 'far' ? 'other' : 'global');

const guards: readonly PlanGuard[] = [
  { kind: 'shards', keyspace: 'customer' },
  { kind: 'record', record: { path: 'RoutingRules' }, modRevision: '7' },
  { kind: 'record', record: { cell: 'far', path: 'SrvVSchema' }, modRevision: '8' },
];

function change(name: string, cell: string | undefined, size: number): RecordChange {
  const record = { ...(cell !== undefined && { cell }), path: name };
  return { record, before: undefined, after: new Uint8Array(size), modRevision: '3', why: '' };
}

const sizeOf = ({ changes }: Part): number => changes.reduce((sum, { after }) => sum + (after?.length ?? 0), 0);

describe('the transactions of a step', () => {
  const steps = fc.array(fc.tuple(fc.constantFrom(undefined, 'near', 'far'), fc.nat(4000)), { maxLength: 30 });
  const limits = fc.record({
    operations: fc.integer({ min: 4, max: 12 }),
    bytes: fc.integer({ min: 8000, max: 20_000 }),
  });

  it('hold every change once, in order, the global cluster’s first, within etcd’s limits', () => {
    fc.assert(
      fc.property(steps, limits, (shapes, limit) => {
        const changes = shapes.map(([cell, size], index) => change(`record${index}`, cell, size));
        const parts = cutIntoParts(changes, { writer: { limits: limit, clusterOf }, guards });
        const [first, last] = ['global', 'other'].map((name) =>
          changes.filter(({ record }) => clusterOf(record) === name),
        );
        assert.deepEqual(
          parts.flatMap((part) => part.changes),
          [...(first ?? []), ...(last ?? [])],
        );
        for (const part of parts) {
          assert.equal(new Set(part.changes.map(({ record }) => clusterOf(record))).size, 1);
          assert.ok(part.changes.length + part.guards.length <= limit.operations);
          assert.ok(sizeOf(part) <= limit.bytes);
        }
      }),
    );
  });

  it('are as few as fit', () => {
    const changes = Array.from({ length: 250 }, (_, index) => change(`record${index}`, undefined, 10));
    const writer = { limits: { operations: 128, bytes: 1_500_000 }, clusterOf };
    assert.deepEqual(
      cutIntoParts(changes, { writer, guards }).map((part) => part.changes.length),
      [125, 125],
    );
  });

  it('carry all guards on the global cluster, and its own on another', () => {
    const writer = { limits: { operations: 128, bytes: 1_500_000 }, clusterOf };
    const parts = cutIntoParts([change('a', undefined, 1), change('b', 'far', 1)], { writer, guards });
    assert.deepEqual(
      parts.map((part) => part.guards),
      [guards, guards.slice(2)],
    );
  });

  it('compare what the run wrote itself with its own revision, and what they write only once', () => {
    const revisions = {
      ownRevision: ({ path }: RecordId) => (path === 'RoutingRules' ? '12' : undefined),
      known: '12',
    };
    assert.deepEqual(writeGuards({ changes: [change('SrvVSchema', 'far', 1)], guards }, revisions), [
      { kind: 'prefix', prefix: 'keyspaces/customer/shards/', notAfter: '12' },
      { kind: 'record', record: { path: 'RoutingRules' }, modRevision: '12' },
    ]);
  });

  it('are refused where one record or the guards alone are too much', () => {
    const small = { limits: { operations: 128, bytes: 5000 }, clusterOf };
    assert.throws(
      () => cutIntoParts([change('SrvVSchema', undefined, 6000)], { writer: small, guards }),
      /SrvVSchema needs/,
    );
    const few = { limits: { operations: 3, bytes: 1_000_000 }, clusterOf };
    assert.throws(() => cutIntoParts([change('Shard', undefined, 1)], { writer: few, guards }), /compares 4 records/);
  });
});
