import assert from 'node:assert/strict';
import { globalRecord } from '../../../src/model/record.ts';
import { TabletType } from '../../../src/records/gen/topodata_pb.js';
import { findingsOf, onlyFinding } from '../../support/diagnosed.ts';
import { withControls } from '../../support/edit.ts';
import { createdTopology, movedTables, standardTopology } from '../../support/moves.ts';
import { assertClean, assertFinding, assertUnchecked, corrupt } from '../../support/ruleCases.ts';

const { PRIMARY, REPLICA, RDONLY, SPARE } = TabletType;
const switched = standardTopology();
const denied = { tabletType: PRIMARY, deniedTables: movedTables };
const record = globalRecord.shard('commerce', '0');
type Controls = Parameters<typeof withControls>[3];
const withCommerce = (controls: Controls) => withControls(switched, 'commerce', '0', controls);

describe('duplicate-control', () => {
  const code = 'duplicate-control';

  it('is silent where each type has one control', () => {
    assertClean(switched, code);
    assertClean(createdTopology({ mirrored: true }), code);
    assertClean(withCommerce([denied, { tabletType: REPLICA }, { tabletType: RDONLY }]), code);
  });

  it('points at the last control, which the tablets follow', () => {
    const data = withCommerce([{ tabletType: PRIMARY, deniedTables: ['old'] }, denied]);
    const finding = onlyFinding(data, code);
    assertFinding(data, finding, {
      code,
      severity: 'warning',
      keyspace: 'commerce',
      shard: '0',
      tables: movedTables,
      record: 'keyspaces/commerce/shards/0/Shard',
      text: '{ "tablet_type": "PRIMARY", "cells": [], "denied_tables": [ "corder", "customer" ], "frozen": false, "allow_reads": false }',
      says: [
        /^commerce\/0 has two tablet controls for PRIMARY: its tablets follow the last one, which denies corder and customer, and ignore the earlier/,
        /Next: keep one control/,
      ],
    });
    assert.deepEqual(finding.places[0].path, ['tablet_controls', 1]);
  });

  it('says that an empty last control denies no table', () => {
    assert.match(onlyFinding(withCommerce([denied, { tabletType: PRIMARY }]), code).message, /which denies no table/);
  });

  it('tells apart controls for different cells, and none that are for every cell', () => {
    const zone1 = { ...denied, cells: ['zone1'] };
    assertClean(withCommerce([zone1, { ...denied, cells: ['zone2'] }]), code);
    assert.equal(findingsOf(withCommerce([zone1, { ...denied, cells: ['zone2', 'zone1'] }]), code).length, 1);
    assert.equal(findingsOf(withCommerce([zone1, denied]), code).length, 1);
  });

  it('says nothing of a shard that cannot be read', () => {
    assertUnchecked(corrupt(withCommerce([denied, denied]), record), code, record);
  });
});

describe('legacy-control', () => {
  const code = 'legacy-control';

  it('is silent on PRIMARY controls and on controls that deny no table', () => {
    assertClean(switched, code);
    assertClean(withCommerce([denied, { tabletType: REPLICA }, { tabletType: RDONLY, cells: ['zone1'] }]), code);
    assertClean(withCommerce([denied, { tabletType: SPARE, deniedTables: ['t'] }]), code);
  });

  it('points at a control that denies reads, and says in which cells', () => {
    const data = withCommerce([denied, { tabletType: RDONLY, deniedTables: ['b', 'a'], cells: ['zone1', 'zone2'] }]);
    const finding = onlyFinding(data, code);
    assertFinding(data, finding, {
      code,
      severity: 'warning',
      keyspace: 'commerce',
      shard: '0',
      tables: ['a', 'b'],
      record: 'keyspaces/commerce/shards/0/Shard',
      text: '{ "tablet_type": "RDONLY", "cells": [ "zone1", "zone2" ], "denied_tables": [ "b", "a" ], "frozen": false, "allow_reads": false }',
      says: [
        /^commerce\/0 denies b and a on RDONLY tablets in zone1 and zone2, which only old releases of Vitess did: reads there fail/,
        /Next: remove the control if no old migration needs it/,
      ],
    });
    assert.deepEqual(finding.places[0].path, ['tablet_controls', 1]);
  });

  it('says that a control without cells is for every cell', () => {
    const data = withCommerce([denied, { tabletType: REPLICA, deniedTables: ['t'] }]);
    assert.match(onlyFinding(data, code).message, /denies t on REPLICA tablets in every cell/);
  });

  it('says nothing of a shard that cannot be read', () => {
    assertUnchecked(corrupt(withCommerce([{ ...denied, tabletType: REPLICA }]), record), code, record);
  });
});
