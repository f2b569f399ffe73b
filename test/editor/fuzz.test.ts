import assert from 'node:assert/strict';
import fc from 'fast-check';
import { judgedLive } from '../../src/editor/judgedTopology.ts';
import { dumpNotes, liveNotes } from '../../src/editor/placedNotes.ts';
import { findingProblems } from '../../src/editor/problem.ts';
import { recordLinks } from '../../src/editor/recordLinks.ts';
import { liveText } from '../../src/host/liveText.ts';
import { shownTopology } from '../../src/host/session.ts';
import type { RecordId } from '../../src/model/record.ts';
import type { TopologyData } from '../../src/model/topologyData.ts';
import { vtctldclientCommands } from '../../src/diagnose/vtctldclientCommands.ts';
import { arbitraryTopology } from '../support/arbitraryTopology.ts';
import { applyStep, arbitrarySteps } from '../support/steps.ts';
import { buildTopology } from '../support/topologySpec.ts';
import { writeDumps } from '../records/writeDumps.ts';
import { capturedTexts, judgeTexts } from './dumps.ts';
import { sessionOf } from './live.ts';

/** Everything that the editor shows of a folder of dumps; throws when a place is outside its text. */
function showDumps(texts: Readonly<Record<string, string>>): void {
  const dumps = judgeTexts(texts);
  for (const document of dumps.set.documents) {
    for (const { range, text } of dumpNotes(dumps.judged, document)) {
      assert.ok(range.offset >= 0 && range.offset + range.length <= document.text.length);
      assert.ok(text.length > 0 && !text.includes('undefined'), text);
    }
  }
  for (const { span } of findingProblems(dumps.judged.findings, (place) => dumps.locate(place)))
    assert.ok(span.start.line <= span.end.line);
}

/** A change of one character, or of one stretch, somewhere in a text. */
const edit = fc.record({
  file: fc.nat(100),
  at: fc.double({ min: 0, max: 1, noNaN: true }),
  remove: fc.nat(30),
  insert: fc.oneof(
    fc.constantFrom(
      '',
      '"',
      '{',
      '}',
      '[',
      ']',
      ',',
      '0',
      'null',
      '"__proto__": {}',
      '-80',
      'customer',
      '/x/',
      '\\',
      '\n',
      '"denied_tables": ["t"],',
      '}\n{',
    ),
    fc.string({ unit: 'binary', maxLength: 5 }),
  ),
});

function edited(
  texts: Readonly<Record<string, string>>,
  edits: readonly (typeof edit extends fc.Arbitrary<infer E> ? E : never)[],
): Record<string, string> {
  const changed = { ...texts };
  const names = Object.keys(texts);
  for (const { file, at, remove, insert } of edits) {
    const name = names[file % names.length] ?? '';
    const text = changed[name] ?? '';
    const start = Math.floor(at * text.length);
    changed[name] = text.slice(0, start) + insert + text.slice(start + remove);
  }
  return changed;
}

describe('what the editor shows of dumps', () => {
  const outage = capturedTexts('12-reverse-vtctld-killed');

  it('never throws, whatever was edited in them', () => {
    fc.assert(
      fc.property(
        fc.array(edit, { minLength: 1, maxLength: 4 }),
        fc.subarray(Object.keys(outage), { minLength: 1 }),
        (edits, names) => {
          showDumps(edited(Object.fromEntries(names.map((name) => [name, outage[name] ?? ''])), edits));
        },
      ),
      { numRuns: 400 },
    );
  }).timeout(60_000);

  it('never throws, whatever values are exchanged in them', () => {
    const values = [
      '"corder"',
      '"customer"',
      '"-80"',
      '"PRIMARY"',
      'true',
      'null',
      '[]',
      '{}',
      '0',
      '"commerce.corder"',
      '"zone1"',
    ];
    const swap = fc.record({ file: fc.nat(100), nth: fc.nat(200), value: fc.constantFrom(...values) });
    fc.assert(
      fc.property(fc.array(swap, { minLength: 1, maxLength: 6 }), (swaps) => {
        const texts = { ...outage };
        for (const { file, nth, value } of swaps) {
          const name = Object.keys(texts)[file % Object.keys(texts).length] ?? '';
          let seen = -1;
          texts[name] = (texts[name] ?? '').replace(
            /(?<=: |\[\n\s*|,\n\s*)("[^"\n]*"(?!:)|true|false|null|\d+|\[\]|\{\})/g,
            (found) => {
              seen += 1;
              return seen === nth % 20 ? value : found;
            },
          );
        }
        showDumps(texts);
      }),
      { numRuns: 400 },
    );
  }).timeout(60_000);

  it('never throws for dumps of any topology', () => {
    fc.assert(
      fc.property(arbitraryTopology, arbitrarySteps, fc.infiniteStream(fc.boolean()), (spec, steps, chosen) => {
        const data = steps.reduce((changed, step) => applyStep(changed, spec, step), buildTopology(spec));
        const dumps = writeDumps(data).filter(() => chosen.next().value);
        showDumps(Object.fromEntries(dumps.map(({ name, text }) => [name, text])));
      }),
      { numRuns: 200 },
    );
  }).timeout(60_000);
});

describe('what the editor shows of a live topology', () => {
  function showAll(data: TopologyData): void {
    const session = sessionOf(data);
    const topology = shownTopology(session.state);
    assert.ok(topology);
    const records: RecordId[] = [
      ...data.global.map(({ path }) => ({ path })),
      ...data.cells.flatMap((cell) =>
        cell.status === 'loaded' ? cell.records.map(({ path }) => ({ cell: cell.cell, path })) : [],
      ),
    ];
    for (const record of records) {
      const { text, json } = liveText(session, 'production', record);
      assert.ok(text.startsWith('// '));
      for (const { range } of liveNotes(judgedLive(topology.diagnosed), record, json))
        assert.ok(range.offset + range.length <= text.length);
      for (const { range } of recordLinks(record, json, () => true))
        assert.ok(range.offset + range.length <= text.length);
    }
    for (const finding of topology.diagnosed.findings) {
      const commands = vtctldclientCommands(finding, topology.diagnosed);
      assert.ok(
        commands.startsWith('# ') && !commands.includes('--force') && !commands.includes('undefined'),
        commands,
      );
    }
  }

  it('never throws for any topology', () => {
    fc.assert(
      fc.property(arbitraryTopology, arbitrarySteps, (spec, steps) => {
        showAll(steps.reduce((changed, step) => applyStep(changed, spec, step), buildTopology(spec)));
      }),
      { numRuns: 150 },
    );
  }).timeout(60_000);

  it('never throws for random bytes in any record', () => {
    const bytes = fc.uint8Array({ maxLength: 60 });
    fc.assert(
      fc.property(
        arbitraryTopology,
        fc.array(fc.tuple(fc.nat(1000), bytes), { minLength: 1, maxLength: 6 }),
        (spec, changes) => {
          const data = buildTopology(spec);
          const global = [...data.global];
          for (const [pick, value] of changes) {
            const index = pick % global.length;
            const record = global[index];
            if (record !== undefined) global[index] = { ...record, value };
          }
          showAll({ ...data, global });
        },
      ),
      { numRuns: 150 },
    );
  }).timeout(60_000);
});
