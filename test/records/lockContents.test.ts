import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import fc from 'fast-check';
import { parseLockContents, writeLockContents } from '../../src/records/lockContents.ts';

function parse(text: string): ReturnType<typeof parseLockContents> {
  return parseLockContents(new TextEncoder().encode(text));
}

describe('parseLockContents', () => {
  it('reads what Vitess writes', () => {
    const text =
      '{"Action":"SwitchWrites","HostName":"h","UserName":"vt","Time":"2026-11-24T02:01:58Z","Options":{},"Status":"Running"}';
    assert.deepEqual(parse(text), {
      status: 'loaded',
      value: { action: 'SwitchWrites', hostName: 'h', userName: 'vt', time: Date.parse('2026-11-24T02:01:58Z') },
    });
  });

  it('leaves out a time that cannot be read and fields of other types', () => {
    assert.deepEqual(parse('{"Action":3,"Time":"yesterday","__proto__":{"HostName":"x"}}'), {
      status: 'loaded',
      value: { action: '', hostName: '', userName: '', time: undefined },
    });
  });

  for (const text of ['', 'null', '[]', '"x"', '7', '{', '{"Action":"a"}{', '\u0000']) {
    it(`fails for ${JSON.stringify(text)}`, () => {
      assert.equal(parse(text).status, 'failed');
    });
  }

  it('fails for bytes that are no UTF-8', () => {
    assert.equal(parseLockContents(Uint8Array.of(0x22, 0xff, 0x22)).status, 'failed');
  });

  it('never throws and changes no prototype', () => {
    fc.assert(
      fc.property(
        fc.oneof(
          fc.json().map((text) => new TextEncoder().encode(text)),
          fc.uint8Array(),
        ),
        (bytes) => {
          parseLockContents(bytes);
        },
      ),
      { numRuns: 500 },
    );
    assert.equal(({} as Record<string, unknown>)['HostName'], undefined);
  });
});

describe('writeLockContents', () => {
  it('writes byte for byte what Vitess wrote', async () => {
    const file =
      'test/captures/12-reverse-vtctld-killed/topo/vitess/global/keyspaces/customer/locks/7668682433167134114';
    const captured = new Uint8Array(await readFile(file));
    const contents = parseLockContents(captured);
    assert.ok(contents.status === 'loaded' && contents.value.time !== undefined);
    assert.deepEqual(writeLockContents({ ...contents.value, time: contents.value.time }), captured);
  });

  it('writes what is read back, whatever the names are', () => {
    const time = fc.integer({ min: 0, max: 4e9 }).map((seconds) => seconds * 1000);
    const contents = fc.record(
      { action: fc.string(), hostName: fc.string(), userName: fc.string(), time },
      { noNullPrototype: true },
    );
    fc.assert(
      fc.property(contents, (value) => {
        assert.deepEqual(parseLockContents(writeLockContents(value)), { status: 'loaded', value });
      }),
    );
  });
});
