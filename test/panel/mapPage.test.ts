import assert from 'node:assert/strict';
import { mapPage } from '../../src/panel/mapPage.ts';

describe('the page of a map', () => {
  const page = mapPage({ script: 'https://resource/dist/map.js', nonce: 'n0nce' });

  it('lets nothing load but its own script and style', () => {
    const [, policy] = /http-equiv="Content-Security-Policy" content="([^"]*)"/.exec(page) ?? [];
    assert.equal(policy, "default-src 'none'; script-src 'nonce-n0nce'; style-src 'nonce-n0nce'");
  });

  it('has no script or style that its policy would refuse', () => {
    assert.doesNotMatch(page, /\son\w+\s*=|\sstyle\s*=|javascript:/i);
    const started = [...page.matchAll(/<(script|style)\b([^>]*)>/g)];
    assert.equal(started.length, 2);
    for (const [, , attributes] of started) assert.match(attributes ?? '', /nonce="n0nce"/);
  });

  it('names every control, and says what changes', () => {
    for (const [button] of page.matchAll(/<button[^>]*>[^<]*/g)) assert.match(button, /aria-label="\w|>\w/);
    assert.match(page, /<input id="slider" type="range"[^>]*aria-label="Moment"/);
    assert.match(page, /id="moment" role="status" aria-live="polite"/);
  });

  it('takes its colours from the theme, and moves nothing where that is not wanted', () => {
    assert.doesNotMatch(page, /#[0-9a-f]{3,8}\b(?=[;}])|rgb\(/i);
    assert.match(page, /@media \(prefers-reduced-motion:no-preference\)/);
  });
});
