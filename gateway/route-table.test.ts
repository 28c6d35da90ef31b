import { expect, test } from 'vitest';
import { RouteTable } from './route-table.ts';

test('a path is known under the methods of every pattern it fits', () => {
  const table = new RouteTable();
  table.add('/v1/stock/:sku', ['GET', 'HEAD']);
  table.add('/v1/stock/:sku', ['POST']);
  table.add('/file.js', ['GET']);
  expect(table.methodsOf('/v1/stock/8412345')).toEqual(['GET', 'HEAD', 'POST']);
  expect(table.methodsOf('/file.js')).toEqual(['GET']);
  for (const path of ['/v1/stock/', '/v1/stock/a/b', '/v1/stock', '/fileXjs', ''])
    expect(table.methodsOf(path)).toEqual([]);
});
