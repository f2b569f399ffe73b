import assert from 'node:assert/strict';
import { globalRecord } from '../../../src/model/record.ts';
import { RoutingRuleSchema, type RoutingRule } from '../../../src/records/gen/vschema_pb.js';
import { create } from '@bufbuild/protobuf';
import { loadCapture } from '../../support/captures.ts';
import { findingsOf, onlyFinding } from '../../support/diagnosed.ts';
import {
  withKeyspaceRules,
  withMirrorRules,
  withRoutes,
  withRules,
  withShardRules,
  withVSchema,
} from '../../support/edit.ts';
import { createdTopology, partialTopology, standardTopology, tenantTopology } from '../../support/moves.ts';
import { assertClean, assertFinding, assertUnchecked, corrupt, placeText } from '../../support/ruleCases.ts';

const code = 'dangling-rule';
const switched = standardTopology();
const rule = (fromTable: string, ...toTables: string[]): RoutingRule =>
  create(RoutingRuleSchema, { fromTable, toTables });
const withRule = (...rules: RoutingRule[]) => withRules(switched, (message) => message.rules.push(...rules));

const strayShard = withShardRules(switched, (message) => {
  message.rules.push({
    $typeName: 'vschema.ShardRoutingRule',
    fromKeyspace: 'commerce',
    toKeyspace: 'customer',
    shard: '-40',
  });
});
const strayKeyspace = withKeyspaceRules(switched, (message) => {
  message.rules.push({ $typeName: 'vschema.KeyspaceRoutingRule', fromKeyspace: 'tenant', toKeyspace: 'gone' });
});
const strayMirror = withMirrorRules(switched, (message) => {
  message.rules.push({
    $typeName: 'vschema.MirrorRule',
    fromTable: 'commerce.corder',
    toTable: 'gone.corder',
    percent: 10,
  });
});

describe(code, () => {
  it('is silent where every rule leads somewhere', () => {
    for (const data of [
      switched,
      createdTopology({ mirrored: true }),
      partialTopology({ '-80': 'target', '80-': 'source' }),
      tenantTopology(),
      loadCapture('04-all-switched'),
    ]) {
      assertClean(data, code);
    }
  });

  it('accepts a table that an unsharded keyspace’s VSchema does not list, and a rule that disables a table', () => {
    assertClean(withRoutes(switched, { stray: 'commerce.stray' }), code);
    assertClean(withRule(rule('stray')), code);
  });

  it('is one finding for all rules that lead to one wrong place', () => {
    const data = withRoutes(switched, {
      stray: 'gone.stray',
      'commerce.stray': 'gone.stray',
      'stray@replica': 'gone.stray',
    });
    const finding = onlyFinding(data, code);
    assertFinding(data, finding, {
      code,
      severity: 'warning',
      tables: ['stray'],
      record: 'RoutingRules',
      text: '{ "from_table": "stray", "to_tables": [ "gone.stray" ] }',
      says: [
        /^The routing of stray, commerce\.stray and stray@replica points to the keyspace gone, which does not exist: these names cannot be queried\./,
        /Next: remove the rules, or create what they point to/,
      ],
    });
    assert.equal(finding.places.length, 3);
  });

  it('says what is wrong with a rule that vtgate does not accept', () => {
    for (const [wrong, words] of [
      [
        rule('s', 'customer.s'),
        /points to customer\.s, which the VSchema of the sharded keyspace customer does not list/,
      ],
      [rule('s', 's'), /points to s, which names no keyspace/],
      [rule('s', 'a.b.c'), /points to a\.b\.c, which vtgate does not accept for the second dot/],
      [rule('s', 'commerce.s', 'customer.s'), /points to 2 tables, and vtgate accepts one/],
    ] as const) {
      const data = withRule(wrong);
      const finding = onlyFinding(data, code);
      assert.match(finding.message, words);
      assert.deepEqual(finding.tables, ['s']);
      assert.match(placeText(data, finding.places[0]) ?? '', /"from_table": "s"/);
    }
  });

  it('reports a name that two rules are for', () => {
    const finding = onlyFinding(withRule(rule('s', 'commerce.s'), rule('s', 'commerce.s')), code);
    assert.match(finding.message, /^The routing of s is given by 2 rules, and vtgate accepts one/);
    assert.equal(finding.places.length, 2);
  });

  it('reports shard, keyspace and mirror rules that lead nowhere', () => {
    assertFinding(strayShard, onlyFinding(strayShard, code), {
      code,
      severity: 'warning',
      record: 'ShardRoutingRules',
      text: '{ "from_keyspace": "commerce", "to_keyspace": "customer", "shard": "-40" }',
      says: [/send the shard -40 to customer\/-40, which does not exist: queries to that shard fail/],
    });
    assertFinding(strayKeyspace, onlyFinding(strayKeyspace, code), {
      code,
      severity: 'warning',
      record: 'routing_rules/keyspace/Rules',
      text: '{ "from_keyspace": "tenant", "to_keyspace": "gone" }',
      says: [/send tenant to the keyspace gone, which does not exist: its queries fail/],
    });
    assertFinding(strayMirror, onlyFinding(strayMirror, code), {
      code,
      severity: 'warning',
      tables: ['corder'],
      record: 'MirrorRules',
      text: '{ "from_table": "commerce.corder", "to_table": "gone.corder", "percent": 10 }',
      says: [/copy the reads of commerce\.corder to the keyspace gone, which does not exist: nothing is mirrored/],
    });
  });

  describe('when a record cannot be read', () => {
    it('says nothing of rules in it', () => {
      const cases = [
        [globalRecord.routingRules, withRoutes(switched, { stray: 'gone.stray' })],
        [globalRecord.shardRoutingRules, strayShard],
        [globalRecord.keyspaceRoutingRules, strayKeyspace],
        [globalRecord.mirrorRules, strayMirror],
      ] as const;
      for (const [record, data] of cases) {
        assert.equal(findingsOf(data, code).length, 1);
        assertUnchecked(corrupt(data, record), code, record);
      }
    });

    it('takes no table for missing from a VSchema that cannot be read', () => {
      const unlisted = withVSchema(switched, 'customer', ({ tables }) => {
        Reflect.deleteProperty(tables, 'corder');
      });
      assert.equal(findingsOf(unlisted, code).length, 1);
      const record = globalRecord.vschema('customer');
      assertUnchecked(corrupt(unlisted, record), code, record);
    });

    it('takes no keyspace or shard for gone whose record cannot be read', () => {
      const half = partialTopology({ '-80': 'target', '80-': 'source' });
      for (const record of [globalRecord.keyspace('customer'), globalRecord.shard('customer', '-80')]) {
        assertUnchecked(corrupt(half, record), code, record);
      }
    });
  });
});
