import assert from 'node:assert/strict';
import fc from 'fast-check';
import { parseJsonDocument, type TextRange } from '../../src/records/jsonDocument.ts';

function slice(text: string, range: TextRange | undefined): string | undefined {
  return range === undefined ? undefined : text.slice(range.offset, range.offset + range.length);
}

const shard = `{
  "keyspace": "customer",
  "shard": {
    "primary_alias":  {"cell": "zone1", "uid": 200},
    "tabletControls": [
      {"tablet_type": "PRIMARY", "cells": [], "denied_tables": ["corder", "customer"]}
    ],
    "source_shards": []
  }
}`;

describe('parseJsonDocument', () => {
  it('gives the value and no problem for JSON with comments and trailing commas', () => {
    const { value, problems } = parseJsonDocument('// a comment\n{"rules": [1, 2,], /* more */ "x": null}');
    assert.deepEqual(value, { rules: [1, 2], x: null });
    assert.deepEqual(problems, []);
  });

  const prose: readonly [string, string][] = [
    ['a title before the JSON', 'New RoutingRules object:\n{"rules": []}\n'],
    ['a title in brackets', '[DRY RUN] Would have saved new RoutingRules object:\n{"rules": []}\n'],
    [
      'remarks after the JSON',
      '{"rules": []}\nIf this is not what you expected, check the input data.\n[DRY RUN] Would have rebuilt it.\n',
    ],
    [
      'structured log lines',
      '{"time":"2026-11-24","level":"INFO","msg":"lock"}\n{"rules": []}\n{"level":"INFO","msg":"unlock"}\n',
    ],
    ['older log lines inside', '{"rules":\nI1124 03:27:00.123456   12 locks.go:10] Locked keyspace\n[]}'],
    ['a byte order mark', '\uFEFF{"rules": []}'],
    ['a comment after it', '{"rules": []}\n// end\n'],
    ['Windows line ends', 'Updated shard record:\r\n{"rules": []}\r\n'],
  ];
  for (const [name, text] of prose) {
    it(`passes over ${name}, with every offset as in the text`, () => {
      const document = parseJsonDocument(text);
      assert.deepEqual(document.problems, []);
      assert.deepEqual(document.value, { rules: [] });
      assert.equal(slice(text, document.keyRangeAt(['rules'])), '"rules"');
    });
  }

  const damaged: readonly [string, string][] = [
    ['is cut off in an object', '{"a": {"b": 1}'],
    ['is cut off in a list', '{"a": [1, 2'],
    ['is cut off after a comma', '{"a": 1,'],
    ['is cut off in a text', '{"a": "x'],
    ['lacks a colon', '{"a" 1}'],
    ['has a bracket too many', '{"a": 1} }'],
    ['holds a second value', '{"a": 1}\n{"b": 2}'],
    ['is empty', ''],
    ['holds words only', 'no such keyspace'],
  ];
  for (const [name, text] of damaged) {
    it(`says that a text ${name}`, () => {
      assert.notDeepEqual(parseJsonDocument(text).problems, []);
    });
  }

  it('never throws for a text that is nested without end', () => {
    const { value, problems } = parseJsonDocument('['.repeat(300_000));
    assert.equal(value, undefined);
    assert.equal(problems[0]?.message, 'it is nested too deeply');
  });

  it('keeps a field named __proto__ as a field', () => {
    const { value } = parseJsonDocument('{"__proto__": {"rules": []}}');
    assert.deepEqual(Object.keys(value as object), ['__proto__']);
    assert.equal(Object.getPrototypeOf(value), Object.prototype);
  });

  it('reads a field that is written twice as JSON.parse does', () => {
    const text = '{"a": 1, "a": 2}';
    const document = parseJsonDocument(text);
    assert.deepEqual(document.value, JSON.parse(text));
    assert.equal(slice(text, document.rangeAt(['a'])), '2');
  });

  it('gives what JSON.parse gives for every JSON text, with ranges that hold each value', () => {
    fc.assert(
      fc.property(fc.json(), (text) => {
        const document = parseJsonDocument(text);
        assert.deepEqual(document.problems, []);
        assert.deepEqual(JSON.stringify(document.value), JSON.stringify(JSON.parse(text)));
        const range = document.rangeAt([]);
        assert.deepEqual(JSON.parse(slice(text, range) ?? ''), JSON.parse(text));
      }),
      { numRuns: 500 },
    );
  });

  it('never throws, and keeps its ranges inside the text', () => {
    const path = fc.array(fc.oneof(fc.string(), fc.nat(5), fc.constantFrom('rules', 'shard', '__proto__')), {
      maxLength: 4,
    });
    const junk = fc.oneof(
      fc.string({ unit: 'binary' }),
      fc
        .array(fc.constantFrom('{', '}', '[', ']', '"', ':', ',', '\n', '\\', 'a', '1', '//', '/*', ' '), {
          maxLength: 30,
        })
        .map((parts) => parts.join('')),
      fc.tuple(fc.json(), fc.nat(200)).map(([text, cut]) => text.slice(0, cut)),
    );
    fc.assert(
      fc.property(junk, path, (text, at) => {
        const document = parseJsonDocument(text);
        for (const range of [document.rangeAt(at), document.keyRangeAt(at), document.anchorAt(at)]) {
          if (range !== undefined) assert.ok(range.offset >= 0 && range.offset + range.length <= text.length);
        }
      }),
      { numRuns: 3000 },
    );
  });
});

describe('JsonDocument.rangeAt', () => {
  const document = parseJsonDocument(shard);

  it('finds values by snake_case names in camelCase texts', () => {
    assert.equal(slice(shard, document.rangeAt(['shard', 'tablet_controls', 0, 'denied_tables', 1])), '"customer"');
  });

  it('gives nothing for a path that leads nowhere', () => {
    assert.equal(document.rangeAt(['shard', 'tablet_controls', 1]), undefined);
    assert.equal(document.rangeAt(['shard', 0]), undefined);
    assert.equal(document.rangeAt(['keyspace', 'name']), undefined);
  });
});

describe('JsonDocument.anchorAt', () => {
  const document = parseJsonDocument(shard);
  const anchors: readonly [readonly (string | number)[], string][] = [
    [['shard', 'tablet_controls', 0, 'denied_tables', 0], '"corder"'],
    [['shard', 'tablet_controls', 0, 'denied_tables'], '"denied_tables"'],
    [['shard', 'tablet_controls', 0], '"PRIMARY"'],
    [['shard', 'tablet_controls'], '"tabletControls"'],
    [['shard'], '"shard"'],
    [['keyspace'], '"customer"'],
    [[], '{'],
    [['shard', 'source_shards', 3, 'tables'], '"source_shards"'],
    [['shard', 'vtorc_state'], '"shard"'],
    [['nothing'], '{'],
  ];
  for (const [path, anchor] of anchors) {
    it(`points at ${anchor} for ${path.join('.') || 'the whole'}`, () => {
      assert.equal(slice(shard, document.anchorAt(path)), anchor);
    });
  }

  it('points at the start of a text that holds nothing', () => {
    assert.deepEqual(parseJsonDocument('').anchorAt(['rules']), { offset: 0, length: 0 });
  });
});
