import { spawnSync } from 'node:child_process';
import { cpSync, existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { gunzipSync } from 'node:zlib';
import fc from 'fast-check';
import { beforeAll, describe, expect, test } from 'vitest';
import { attackSize } from '../journal/attack-size.ts';
import { takeLock } from '../journal/folder-lock.ts';
import { testFolder } from '../shard/test-engine.ts';
import type { EndLine, HeaderLine } from './lines.ts';
import { exported, folderWith, importLines, newFolder, type Step } from './transfer-fixture.ts';

describe('what is not whole', () => {
  let lines: readonly string[];
  let from: string;
  beforeAll(async () => {
    from = mkdtempSync(join(tmpdir(), 'onhand-export-'));
    const steps: readonly Step[] = [
      { do: 'count', sku: 1, units: 9 },
      { do: 'sell', sku: 1, units: 1 },
      { do: 'hold', skus: [1] },
      { do: 'count', sku: 2, units: 5 },
    ];
    await folderWith(steps, { dataDir: from });
    lines = exported(from);
    return () => rmSync(from, { recursive: true, force: true });
  });

  const changed = (line: number, change: (parsed: never) => object): string[] =>
    lines.with(line, JSON.stringify(change(JSON.parse(lines.at(line)!) as never)));
  type Fact = { readonly position: number; readonly lsn: number; readonly fact: object };
  const WRONG: readonly (readonly [what: string, lines: () => readonly string[], says: RegExp])[] = [
    ['no header', () => lines.slice(1), /line 1: this is no export/],
    ['a newer format', () => changed(0, (head: HeaderLine) => ({ ...head, format: 3 })), /reads up to 2/],
    ['counts that do not fit', () => changed(0, (head: HeaderLine) => ({ ...head, shards: 3 })), /do not fit/],
    ['a missing fact', () => lines.toSpliced(5, 1), /position 5 stands where 4 belongs/],
    ['two facts exchanged', () => lines.with(5, lines[6]!).with(6, lines[5]!), /position 5 stands where 4 belongs/],
    ['a fact twice', () => lines.toSpliced(5, 0, lines[5]!), /position 4 stands where 5 belongs/],
    [
      'a gap in a shard',
      () => changed(-2, (line: Fact) => ({ ...line, lsn: line.lsn + 1 })),
      /fact \d+ of shard \d follows/,
    ],
    ['journal time back', () => changed(-2, (line: Fact) => ({ ...line, at: 1 })), /journal time 1 follows/],
    ['another fact', () => changed(-2, (line: Fact) => ({ ...line, fact: { fact: 'X', at: 1 } })), /line \d+: /],
    ['a line that is no JSON', () => lines.with(4, '{'), /line 5: this is no JSON/],
    ['a line that is nothing', () => lines.with(4, '{}'), /line 5: this is no line of an export/],
    ['another file', () => lines.with(1, '{"file":"../x","text":""}'), /none that an export has/],
    ['no end', () => lines.slice(0, -1), /ends without its last line/],
    ['lines behind the end', () => [...lines, '{}'], /nothing may stand behind/],
    [
      'an image that is not announced',
      () =>
        lines.toSpliced(
          2,
          0,
          JSON.stringify({ image: { shard: 0, lsn: 0, position: 0, digest: 'x', pages: 0, header: '' } }),
        ),
      /this image does not belong here/,
    ],
    [
      'another count',
      () => changed(-1, ({ end, ...rest }: EndLine) => ({ end: { ...end, facts: 1 }, ...rest })),
      /written was 1/,
    ],
    [
      'another digest',
      () =>
        lines.with(
          -1,
          lines
            .at(-1)!
            .replace(/"digest":"."/, '"digest":"x"')
            .replace(/"digest":"./, '"digest":"x'),
        ),
      /shard 0 is at fact/,
    ],
    [
      'a shard without its number',
      () => lines.with(-1, lines.at(-1)!.replace('"shard":2', '"chard":2')),
      /shard 2 is at/,
    ],
    ['another shard', () => lines.with(-1, lines.at(-1)!.replace('"shard":2', '"shard":3')), /shard 2 is at fact/],
    [
      'more shards than there are',
      () => changed(-1, ({ end, ...rest }: EndLine) => ({ end: { ...end, states: [...end.states, {}] }, ...rest })),
      /says more/,
    ],
    ['changed text', () => lines.with(1, lines[1]!.replace('[]', '[1]')), /SHA-256/],
  ];

  test.each(WRONG)('%s is refused with its line, and nothing is left', async (_, wrong, says) => {
    const dir = newFolder();
    await expect(importLines(wrong(), dir)).rejects.toThrow(says);
    expect(readdirSync(join(dir, '..'))).toEqual([]);
  });

  test('[reliability 13] any byte of a file changed: refused, or it was of no meaning', async () => {
    const text = lines.join('\n');
    // Half of the tries in the last line, the only one that no hash covers.
    const places = fc.oneof(
      fc.nat(text.length - 1),
      fc.integer({ min: text.lastIndexOf('\n') + 1, max: text.length - 1 }),
    );
    await fc.assert(
      fc.asyncProperty(places, fc.integer({ min: 32, max: 126 }), async (at, to) => {
        const dir = newFolder();
        const mutated = text.slice(0, at) + String.fromCharCode(to) + text.slice(at + 1);
        const ok = await importLines(mutated.split('\n'), dir).then(
          () => true,
          (error: unknown) => (expect(String(error)).toMatch(/^TransferError: /), false),
        );
        expect(ok).toBe(mutated === text);
        expect(readdirSync(join(dir, '..'))).toEqual(ok ? ['data'] : []);
      }),
      { numRuns: attackSize(40), examples: [[11_001, 32]] },
    );
  });

  test('a folder that is not empty stays as it is', async () => {
    const dir = testFolder();
    writeFileSync(join(dir, 'mine'), 'x');
    await expect(importLines(lines, dir)).rejects.toThrow('is not empty');
    expect(readdirSync(dir)).toEqual(['mine']);
  });

  test('[reliability 15] a damaged folder gives no export, but the place of the damage', () => {
    const dir = testFolder();
    cpSync(from, dir, { recursive: true });
    const [segment] = readdirSync(join(dir, 'journal')).filter((name) => name.endsWith('.seg'));
    const path = join(dir, 'journal', segment!);
    const bytes = readFileSync(path);
    bytes[9_000]! ^= 1;
    writeFileSync(path, bytes);
    expect(() => exported(dir)).toThrow(new RegExp(`${segment} at byte \\d+, position \\d+: .*npm run check:data`));
  });

  describe('the commands', () => {
    const script = (name: string): string => fileURLToPath(new URL(`../${name}`, import.meta.url));
    const run = (name: string, ...args: string[]) =>
      spawnSync(process.execPath, [script(name), ...args], { encoding: 'utf8', timeout: 60_000, maxBuffer: 1 << 28 });

    test('npm run export and import, packed and as npm leaves it in a file', () => {
      const dir = testFolder();
      const packed = join(dir, 'a.ndjson.gz');
      expect(run('export-data.ts', from, packed)).toMatchObject({ status: 0, stderr: '' });
      expect(gunzipSync(readFileSync(packed)).toString().split('\n').length).toBe(lines.length + 1);
      expect(run('import-data.ts', packed, join(dir, 'one'))).toMatchObject({ status: 0 });
      const piped = join(dir, 'b.ndjson');
      writeFileSync(
        piped,
        `\n> onhand@1 export\n> node engine/export-data.ts\n\n${run('export-data.ts', from).stdout}`,
      );
      expect(run('import-data.ts', piped, join(dir, 'two')).stdout).toMatch(/every digest is the export's/);
      expect(run('export-data.ts', from, packed).stderr).toContain('exists');
      writeFileSync(join(dir, 'c.gz'), readFileSync(packed).subarray(0, 500));
      expect(run('import-data.ts', join(dir, 'c.gz'), join(dir, 'three'))).toMatchObject({ status: 1 });
      expect(existsSync(join(dir, 'three'))).toBe(false);
    });

    test('a folder in use, none at all, and missing arguments', () => {
      const release = takeLock(join(from, 'onhand.lock'));
      expect(run('export-data.ts', from)).toMatchObject({ status: 2, stdout: '' });
      release();
      expect(run('export-data.ts', testFolder()).stderr).toContain('is no data folder');
      expect(run('export-data.ts').status).toBe(2);
      expect(run('import-data.ts', 'x').status).toBe(2);
      expect(run('import-data.ts', join(from, 'nothing'), join(testFolder(), 'x')).stderr).toContain('ENOENT');
    });
  });
});
