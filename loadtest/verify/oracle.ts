import { createReadStream, readFileSync } from 'node:fs';
import { DatabaseSync } from 'node:sqlite';
import { createInterface } from 'node:readline';
import { createGunzip } from 'node:zlib';

// The judge: reads the raw files itself and computes every position with SQL (oracle.sql). It imports nothing of engine,
// ingest or gateway, so a mistake there cannot be made here again.

/** The files of the bundled year, `<name>.csv.gz`, header first, no quotes. */
const YEAR_FILES = ['opening', 'till-lines', 'movements', 'purchases', 'snapshots'] as const;
export type YearFile = (typeof YEAR_FILES)[number];

export interface ExpectedPosition {
  readonly sku: string;
  readonly node: string;
  readonly on_hand: number;
  readonly unavailable: number;
  readonly reserved: number;
  readonly safety: number;
  readonly inbound: number;
  readonly available: number;
}

export interface ExpectedAts {
  readonly sku: string;
  readonly channel: string;
  readonly ats: number;
}

export interface HeldLine {
  readonly sku: string;
  readonly units: number;
  readonly node?: string;
  readonly group?: string;
}

/** What availability needs to know of the reference data. */
export interface OracleReference {
  readonly nodes: readonly { readonly id: string; readonly safety: number; readonly enabled: boolean }[];
  readonly groups: readonly { readonly id: string; readonly nodes: readonly string[] }[];
  readonly channels: readonly { readonly id: string; readonly group: string }[];
  readonly items: readonly { readonly sku: string; readonly scale: number; readonly enabled: boolean }[];
}

export interface RawInput {
  /** Folder of the year's files. */
  readonly yearDir: URL;
  /** Whether a row is part of what was sent; fields by column, as they stand in the file. */
  readonly keeps: (file: YearFile, row: Readonly<Record<string, string>>) => boolean;
  /** NDJSON of the hot set's rows. */
  readonly hotFile: string;
  readonly reference: OracleReference;
}

export class Oracle {
  readonly #db = new DatabaseSync(':memory:');

  static async read(input: RawInput): Promise<Oracle> {
    const oracle = new Oracle();
    oracle.#takeReference(input.reference);
    for (const name of YEAR_FILES) await oracle.#takeCsv(name, input);
    await oracle.#takeHot(input.hotFile);
    oracle.#db.exec(readFileSync(new URL('./oracle.sql', import.meta.url), 'utf8'));
    return oracle;
  }

  /** Says what is held now; availability is computed from it. */
  promise(lines: readonly HeldLine[]): void {
    this.#db.exec('delete from hold');
    const insert = this.#db.prepare('insert into hold values (?, ?, ?, ?)');
    for (const line of lines) insert.run(line.sku, line.node ?? null, line.group ?? null, line.units);
    this.#db.exec(readFileSync(new URL('./oracle-promises.sql', import.meta.url), 'utf8'));
  }

  positions(): readonly ExpectedPosition[] {
    return this.#db.prepare('select * from available order by sku, node').all() as unknown as ExpectedPosition[];
  }

  ats(): readonly ExpectedAts[] {
    return this.#db
      .prepare('select sku, channel, ats from ats order by sku, channel')
      .all() as unknown as ExpectedAts[];
  }

  /** Raw rows of a position, newest first: what a mismatch is explained with. */
  rowsBehind(sku: string, node: string, limit: number): readonly string[] {
    const base = this.#db.prepare('select * from base where sku = ? and node = ?').all(sku, node);
    const deltas = this.#db
      .prepare(
        'select kind, source, id, at, posted_at, seq, micros / 1000000 as units, covered from judged where sku = ? and node = ? order by at desc limit ?',
      )
      .all(sku, node, limit);
    return [...base.map((row) => `base ${JSON.stringify(row)}`), ...deltas.map((row) => JSON.stringify(row))];
  }

  close(): void {
    this.#db.close();
  }

  #takeReference(reference: OracleReference): void {
    const db = this.#db;
    db.exec(`
      create table node (id text primary key, safety integer, enabled integer);
      create table item (sku text primary key, scale integer, enabled integer);
      create table channel (id text primary key, node_group text);
      create table group_node (node_group text, node text, primary key (node_group, node));
      create table hold (sku text, node text, node_group text, units integer);
      create index hold_place on hold (sku, node);
    `);
    this.#transact(() => {
      const node = db.prepare('insert into node values (?, ?, ?)');
      for (const { id, safety, enabled } of reference.nodes) node.run(id, safety, Number(enabled));
      const item = db.prepare('insert into item values (?, ?, ?)');
      for (const { sku, scale, enabled } of reference.items) item.run(sku, scale, Number(enabled));
      const channel = db.prepare('insert into channel values (?, ?)');
      for (const { id, group } of reference.channels) channel.run(id, group);
      const member = db.prepare('insert into group_node values (?, ?)');
      for (const group of reference.groups) for (const id of group.nodes) member.run(group.id, id);
    });
  }

  async #takeCsv(name: YearFile, { yearDir, keeps }: RawInput): Promise<void> {
    const lines = createInterface({
      input: createReadStream(new URL(`${name}.csv.gz`, yearDir)).pipe(createGunzip()),
      crlfDelay: Infinity,
    });
    const rows: string[][] = [];
    let columns: readonly string[] | undefined;
    for await (const line of lines) {
      const fields = line.split(',');
      if (columns === undefined) columns = fields;
      else if (keeps(name, Object.fromEntries(columns.map((column, i) => [column, fields[i] ?? '']))))
        rows.push(fields);
    }
    if (columns === undefined) throw new Error(`${name}.csv.gz is empty`);
    const table = `raw_${name.replaceAll('-', '_')}`;
    this.#db.exec(`create table ${table} (${columns.map((column) => `"${column}" text`).join(', ')})`);
    const insert = this.#db.prepare(`insert into ${table} values (${columns.map(() => '?').join(', ')})`);
    this.#transact(() => rows.forEach((row) => insert.run(...row)));
  }

  async #takeHot(file: string): Promise<void> {
    this.#db.exec('create table raw_hot (line text)');
    const insert = this.#db.prepare('insert into raw_hot values (?)');
    const lines: string[] = [];
    for await (const line of createInterface({ input: createReadStream(file), crlfDelay: Infinity })) {
      if (line !== '') lines.push(line);
    }
    this.#transact(() => lines.forEach((line) => insert.run(line)));
  }

  #transact(work: () => void): void {
    this.#db.exec('begin');
    work();
    this.#db.exec('commit');
  }
}
