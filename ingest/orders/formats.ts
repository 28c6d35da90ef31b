import type { OrderFormatName } from '../../engine/contract/reference.ts';
import { readAmazonOrders } from './amazon.ts';
import { readInvoices } from './invoices.ts';
import { readOrderJson } from './json.ts';
import { readShopifyOrders } from './shopify.ts';
import type { OrderFormat } from './source.ts';
import { readTillOrders } from './till.ts';
import { readWooOrders } from './woocommerce.ts';

/** One reader per format a channel may send orders in (rule OR1). */
export const orderFormats: Readonly<Record<OrderFormatName, OrderFormat>> = {
  shopify: readShopifyOrders,
  woocommerce: readWooOrders,
  amazon: readAmazonOrders,
  json: readOrderJson,
  invoices: readInvoices,
  poslog: readTillOrders,
};
