import type { FeedFormat } from '../../engine/contract/reference.ts';
import type { Format } from '../source.ts';
import { readCsv } from './csv.ts';
import { readEpcis } from './epcis.ts';
import { readJson } from './json.ts';
import { readPoslog } from './poslog.ts';
import { readShopifyInventory } from './shopify-inventory.ts';
import { readX12 } from './x12.ts';

/** One reader per format a source may be set to. */
export const FORMATS: Readonly<Record<FeedFormat, Format>> = {
  poslog: readPoslog,
  epcis: readEpcis,
  x12: readX12,
  'shopify-inventory': readShopifyInventory,
  json: readJson,
  csv: readCsv,
};
