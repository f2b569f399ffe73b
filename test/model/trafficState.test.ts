import assert from 'node:assert/strict';
import { partialTrafficStateWords, trafficStateWords, type SwitchedCells } from '../../src/model/trafficState.ts';

/** `a,b|c`: the cells that are switched, and those that are not. */
function cells(text: string): SwitchedCells {
  const [switched = [], notSwitched = []] = text
    .split('|')
    .map((part) => part.split(',').filter((name) => name !== ''));
  return { switched, notSwitched };
}

describe('trafficStateWords', () => {
  // Replica cells, rdonly cells, words for the reads.
  const reads: readonly [string, string, string][] = [
    ['|', '|', 'Reads Not Switched'],
    ['|z1', '|z1', 'Reads Not Switched'],
    ['|z1,z2', '|z1,z2', 'Reads Not Switched'],
    ['z1|', 'z1|', 'All Reads Switched'],
    ['z1,z2|', 'z1,z2|', 'All Reads Switched'],
    ['z1|', '|', 'All Reads Switched'],
    ['|', 'z1|', 'Reads partially switched. All Replica Reads Switched. All Rdonly Reads Switched'],
    ['z1|', '|z1', 'Reads partially switched. All Replica Reads Switched. Rdonly not switched'],
    ['|z1', 'z1|', 'Reads partially switched. Replica not switched. All Rdonly Reads Switched'],
    ['z1|z2', 'z1,z2|', 'Reads partially switched. Replica switched in cells: z1. All Rdonly Reads Switched'],
    ['z1,z2|', 'z1|z2', 'Reads partially switched. All Replica Reads Switched. Rdonly switched in cells: z1'],
    ['z1|z2', 'z1|z2', 'Reads partially switched. Replica switched in cells: z1. Rdonly switched in cells: z1'],
    ['z1,z2|z3', '|z1,z2,z3', 'Reads partially switched. Replica switched in cells: z1,z2. Rdonly not switched'],
    ['|z1,z2,z3', 'z1,z3|z2', 'Reads partially switched. Replica not switched. Rdonly switched in cells: z1,z3'],
    ['z1|z2', '|z1,z2', 'Reads partially switched. Replica switched in cells: z1. Rdonly not switched'],
  ];
  for (const [replica, rdonly, words] of reads) {
    it(`says "${words}" for replica ${replica} and rdonly ${rdonly}`, () => {
      assert.equal(trafficStateWords(cells(replica), cells(rdonly), false), `${words}. Writes Not Switched`);
      assert.equal(trafficStateWords(cells(replica), cells(rdonly), true), `${words}. Writes Switched`);
    });
  }
});

describe('partialTrafficStateWords', () => {
  const cases: readonly [readonly string[], readonly string[], string][] = [
    [[], [], 'Reads Not Switched. Writes Not Switched'],
    [[], ['-80', '80-'], 'Reads Not Switched. Writes Not Switched'],
    [['-80', '80-'], [], 'All Reads Switched. All Writes Switched'],
    [['-80'], ['80-'], 'Reads partially switched, for shards: -80. Writes partially switched, for shards: -80'],
    [
      ['-40', '40-80'],
      ['80-'],
      'Reads partially switched, for shards: -40,40-80. Writes partially switched, for shards: -40,40-80',
    ],
  ];
  for (const [switched, notSwitched, words] of cases) {
    it(`says "${words}" for ${switched.join() || 'no shard'} of ${[...switched, ...notSwitched].join() || 'none'}`, () => {
      assert.equal(partialTrafficStateWords(switched, notSwitched), words);
    });
  }
});
