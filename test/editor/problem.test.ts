import assert from 'node:assert/strict';
import { findingProblems, type Problem } from '../../src/editor/problem.ts';
import { capturedTexts, documentOf, judgeTexts, type JudgedDumps } from './dumps.ts';

const outage = '12-reverse-vtctld-killed';

function textOf(dumps: JudgedDumps, { uri, span: { start, end } }: Pick<Problem, 'uri' | 'span'>): string {
  const lines = documentOf(dumps, uri).text.split('\n');
  assert.equal(start.line, end.line, 'a Problem stands on one line');
  return lines[start.line]?.slice(start.character, end.character) ?? '';
}

function problemLines(dumps: JudgedDumps, document: string): string[] {
  const problems = findingProblems(dumps.judged.findings, (place) => dumps.locate(place));
  return problems
    .filter(({ uri }) => uri === document)
    .map((problem) => {
      const more = problem.more.map((span) => textOf(dumps, { uri: document, span }));
      return `${problem.finding.code} at ${[textOf(dumps, problem), ...more].join(' ')}`;
    });
}

describe('findingProblems', () => {
  const dumps = judgeTexts(capturedTexts(outage));

  it('gives one Problem of a finding for each document that shows it, at its exact places', () => {
    assert.deepEqual(problemLines(dumps, 'GetShard-customer--80.json'), ['serving-side-denied at "corder" "customer"']);
    assert.deepEqual(problemLines(dumps, 'GetShard-commerce-0.json'), ['other-side-not-denied at "tablet_controls"']);
    assert.deepEqual(problemLines(dumps, 'FindAllShardsInKeyspace-customer.json'), [
      'serving-side-denied at "corder" "customer"',
      'serving-side-denied at "corder" "customer"',
    ]);
    assert.equal(problemLines(dumps, 'GetSrvVSchemas.json').length, 1);
    assert.deepEqual(problemLines(dumps, 'GetRoutingRules.json'), []);
  });

  it('leads to the records that contradict it, in other documents where there are any', () => {
    const problems = findingProblems(dumps.judged.findings, (place) => dumps.locate(place));
    const problem = problems.find(({ uri }) => uri === 'GetShard-customer--80.json');
    assert.ok(problem);
    assert.deepEqual(
      problem.related.map(({ uri, span, message }) => `${message}: ${textOf(dumps, { uri, span })} in ${uri}`),
      [
        'corder is routed to customer.corder: "corder" in GetRoutingRules.json',
        'customer is routed to customer.customer: "customer" in GetRoutingRules.json',
        'commerce/0 does not deny corder and customer: "tablet_controls" in GetShard-commerce-0.json',
      ],
    );
  });

  it('leads from one record of a finding to its others', () => {
    const open = JSON.parse(capturedTexts('01-created')['GetShard-commerce-0.json'] ?? '') as {
      shard: { tablet_controls: object[] };
    };
    open.shard.tablet_controls = [{ tablet_type: 'PRIMARY', denied_tables: ['corder', 'customer'] }];
    const both = judgeTexts({
      ...capturedTexts(outage, 'GetShard-customer--80', 'GetShard-customer-80-', 'GetRoutingRules'),
      'commerce.json': JSON.stringify(open),
    });
    const [problem] = findingProblems(both.judged.findings, (place) => both.locate(place));
    assert.equal(problem?.finding.code, 'both-sides-denied');
    const others = problem.related.filter(({ message }) => message.startsWith('the same'));
    assert.deepEqual(new Set(others.map(({ uri }) => uri)), new Set(['GetShard-customer-80-.json']));
  });

  it('gives no Problem where no document shows the finding', () => {
    assert.deepEqual(
      findingProblems(dumps.judged.findings, () => []),
      [],
    );
  });

  it('leaves out related places that nobody would follow', () => {
    const problems = findingProblems(dumps.judged.findings, (place) => dumps.locate(place));
    assert.ok(problems.some(({ finding }) => finding.related.length > 10));
    assert.ok(problems.every(({ related }) => related.length <= 10));
  });
});
