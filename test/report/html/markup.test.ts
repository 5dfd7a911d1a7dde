import assert from 'node:assert/strict';
import { test } from 'node:test';
import { markup, tableOf } from '../../../src/report/html/markup';

test('markup escapes what it is given, in lists and attributes too, and passes markup on', () => {
  const hostile = '<img src=x onerror="alert(1)">\u202e';
  const { html } = markup`<p title="${hostile}">${[hostile, markup`<b>${'&'}</b>`, null, 3]}</p>`;
  const escaped = '&#60;img src=x onerror=&#34;alert(1)&#34;&#62;\\u{202e}';
  assert.equal(html, `<p title="${escaped}">${escaped}<b>&#38;</b>3</p>`);
});
test('tableOf has a caption, column heads and row heads, and says the roles that blocks would lose', () => {
  const { html } = tableOf('Two', ['name', 'value'], [['a', { number: 1 }]], { wide: true });
  assert.match(html, /<caption>Two<\/caption>/);
  assert.match(html, /<th role="columnheader" scope="col">name<\/th>/);
  assert.match(
    html,
    /<th role="rowheader" scope="row">a<\/th><td role="cell" class="number" data-head="value">1<\/td>/,
  );
});
