import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { parse } from 'csv-parse/sync';

// The public files the year is built from, read whole: the largest is 75,000 rows.

export interface OriginLine {
  readonly store_id: string;
  readonly basket_id: string;
  readonly product_id: string;
  readonly quantity: string;
  readonly sales_value: string;
  readonly retail_disc: string;
  readonly coupon_match_disc: string;
  /** Local, `2017-01-28 14:06:53`. */
  readonly transaction_timestamp: string;
}

export interface OriginProduct {
  readonly product_id: string;
  readonly manufacturer_id: string;
  readonly department: string;
  readonly brand: string;
  readonly product_type: string;
  readonly package_size: string;
}

export interface OriginAddress {
  readonly storenum: string;
  readonly STREETADDR: string;
  readonly STRCITY: string;
  readonly STRSTATE: string;
  readonly ZIPCODE: string;
  readonly LAT: string;
  readonly LON: string;
}

/** What happened to one ordered line: how much came, how much of it was rejected, as shares. */
export interface DeliveryShape {
  readonly received: number;
  readonly rejected: number;
}

export interface Origin {
  readonly lines: readonly OriginLine[];
  readonly products: ReadonlyMap<string, OriginProduct>;
  readonly addresses: readonly OriginAddress[];
  readonly deliveries: readonly DeliveryShape[];
  /** Days from order to delivery, one per vendor's product. */
  readonly leadDays: readonly number[];
}

/** Imports take longer than a grocer's vendor ever would; 9 % of the rows say 35 days and more. */
const LEAD_DAYS_MAX = 30;

export function readOrigin(dir: string): Origin {
  const products = new Map<string, OriginProduct>();
  for (const product of csv<OriginProduct>(dir, 'completejourney', 'products.csv.gz')) {
    products.set(product.product_id, product);
  }
  return {
    lines: csv<OriginLine>(dir, 'completejourney', 'transactions_sample.csv.gz'),
    products,
    addresses: csv<OriginAddress>(dir, 'store-network', 'walmart_store_openings_1962_2006.csv'),
    deliveries: csv<Record<'OrderQty' | 'ReceivedQty' | 'RejectedQty', string>>(
      dir,
      'adventureworks-erp',
      'PurchaseOrderDetail.csv.gz',
    ).map((row) => ({
      received: Number(row.ReceivedQty) / Number(row.OrderQty),
      rejected: Number(row.ReceivedQty) > 0 ? Number(row.RejectedQty) / Number(row.ReceivedQty) : 0,
    })),
    leadDays: csv<{ AverageLeadTime: string }>(dir, 'adventureworks-erp', 'ProductVendor.csv.gz')
      .map((row) => Number(row.AverageLeadTime))
      .filter((days) => days <= LEAD_DAYS_MAX),
  };
}

function csv<Row>(...path: readonly string[]): Row[] {
  const file = join(...path);
  const bytes = readFileSync(file);
  const rows: Row[] = parse(file.endsWith('.gz') ? gunzipSync(bytes) : bytes, { columns: true });
  return rows;
}
