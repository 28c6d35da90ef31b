import { FEED_DOCUMENTS } from './feed-documents.ts';
import { HISTORY_DOCUMENTS } from './history-documents.ts';
import { KEY_DOCUMENTS } from './key-documents.ts';
import { LOG_DOCUMENTS } from './log-documents.ts';
import { OPERATION_DOCUMENTS } from './operation-documents.ts';
import { ORDER_DOCUMENTS } from './order-documents.ts';
import { ORDER_HISTORY_DOCUMENTS } from './order-history-documents.ts';
import { REFERENCE_DOCUMENTS } from './reference-documents.ts';
import { RESERVATION_DOCUMENTS } from './reservation-documents.ts';
import type { RouteDocuments } from './route-document.ts';
import { STOCK_DOCUMENTS } from './stock-documents.ts';
import { WEBHOOK_DOCUMENTS } from './webhook-documents.ts';
import { WORK_DOCUMENTS } from './work-documents.ts';

/** Every route of the API. A route without an entry stands in the document as `undocumented`, which a test refuses. */
export const ROUTE_DOCUMENTS: RouteDocuments = {
  ...STOCK_DOCUMENTS,
  ...RESERVATION_DOCUMENTS,
  ...WORK_DOCUMENTS,
  ...ORDER_DOCUMENTS,
  ...ORDER_HISTORY_DOCUMENTS,
  ...FEED_DOCUMENTS,
  ...HISTORY_DOCUMENTS,
  ...REFERENCE_DOCUMENTS,
  ...KEY_DOCUMENTS,
  ...WEBHOOK_DOCUMENTS,
  ...LOG_DOCUMENTS,
  ...OPERATION_DOCUMENTS,
};
