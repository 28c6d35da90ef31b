import { Registry, type Metric } from 'prom-client';
import type { BucketCounts } from '../../engine/contract/buckets.ts';

/** A value and, where the metric has a label, the label's. */
export type Sample = readonly [label: string, value: number];

/** A metric that is read when it is asked for, so that counting stays where it was and a scrape is all it costs. */
export interface MetricSpec {
  /** By Prometheus' conventions: unit last, counters end in `_total`. */
  readonly name: string;
  readonly help: string;
  readonly labels?: readonly string[];
}

/** All metrics of the server, with what the README's table says of them. */
export class MetricBook {
  readonly registry = new Registry();
  readonly #rows: string[] = [];

  /** `read` undefined: it is not known now, and no sample is shown. */
  gauge(name: string, help: string, read: () => number | undefined): void {
    this.#add('gauge', { name, help }, () => single(read()));
  }

  gauges(name: string, help: string, label: string, read: () => Iterable<Sample>): void {
    this.#add('gauge', { name, help, labels: [label] }, () => labelled(label, read()));
  }

  counter(name: string, help: string, read: () => number | undefined): void {
    this.#add('counter', { name, help }, () => single(read()));
  }

  counters(name: string, help: string, label: string, read: () => Iterable<Sample>): void {
    this.#add('counter', { name, help, labels: [label] }, () => labelled(label, read()));
  }

  /** `read` in µs, shown in seconds. */
  histogram(name: string, help: string, read: () => BucketCounts | undefined): void {
    this.#add('histogram', { name, help }, () => buckets(name, read()));
  }

  /** A metric that counts by itself. */
  own(type: string, spec: MetricSpec, metric: Metric): void {
    this.registry.registerMetric(metric);
    this.#describe(type, spec);
  }

  /** Markdown: every metric that is ours. */
  table(): string {
    return ['| metric | type | labels | meaning |', '| --- | --- | --- | --- |', ...this.#rows].join('\n');
  }

  #add(type: string, spec: MetricSpec, read: () => readonly Value[]): void {
    const { name, help } = spec;
    const get = async () => ({ name, help, type, aggregator: 'sum', values: read() });
    // What the registry asks of a metric; its classes can only count for themselves.
    this.registry.registerMetric({ name, get } as unknown as Metric);
    this.#describe(type, spec);
  }

  #describe(type: string, { name, help, labels = [] }: MetricSpec): void {
    this.#rows.push(`| \`${name}\` | ${type} | ${labels.map((label) => `\`${label}\``).join(', ')} | ${help} |`);
  }
}

interface Value {
  readonly value: number;
  readonly labels: Readonly<Record<string, string | number>>;
  readonly metricName?: string;
}

function single(value: number | undefined): readonly Value[] {
  return value === undefined ? [] : [{ value, labels: {} }];
}

function labelled(label: string, samples: Iterable<Sample>): readonly Value[] {
  return Array.from(samples, ([text, value]) => ({ value, labels: { [label]: text } }));
}

/** Prometheus counts each bucket with all below it. */
function buckets(name: string, read: BucketCounts | undefined): readonly Value[] {
  if (read === undefined) return [];
  let total = 0;
  const values: Value[] = read.counts.map((count, index) => {
    const upTo = read.upTo[index];
    total += count;
    return {
      metricName: `${name}_bucket`,
      labels: { le: upTo === undefined ? '+Inf' : upTo / 1e6 },
      value: total,
    };
  });
  values.push({ metricName: `${name}_sum`, labels: {}, value: read.sum / 1e6 });
  values.push({ metricName: `${name}_count`, labels: {}, value: total });
  return values;
}
