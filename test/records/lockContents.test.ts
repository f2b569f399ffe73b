import assert from 'node:assert/strict';
import fc from 'fast-check';
import { parseLockContents } from '../../src/records/lockContents.ts';

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
