import { expect, test } from 'vitest';

import { readAmazonOrders } from './amazon.ts';
import type { OrderReading } from './source.ts';
import { faultsOf, fixture, messagesOf, orderContext } from './test-context.ts';

interface Notification {
  readonly EventTime: string;
  readonly Payload: {
    readonly OrderChangeNotification: Readonly<Record<string, unknown>> & { readonly Summary: object };
  };
}

const sample = JSON.parse(Buffer.from(fixture('amazon/OrderChangeNotification.0.json')).toString()) as Notification;
const read = (json: unknown): OrderReading => readAmazonOrders(Buffer.from(JSON.stringify(json)), orderContext());
const changed = (change: object, summary: object = {}): unknown => {
  const said = sample.Payload.OrderChangeNotification;
  return {
    ...sample,
    Payload: { OrderChangeNotification: { ...said, ...change, Summary: { ...said.Summary, ...summary } } },
  };
};

test('[OR1] Amazon’s example is placed with what it has: no price, no name, a postcode', () => {
  const reading = read(sample);
  expect(messagesOf(reading)).toEqual([
    {
      kind: 'place',
      channel: 'web',
      channelOrderId: '903-8868176-2219830',
      message: expect.stringMatching(/^place-\d+-[0-9a-f]{32}$/),
      at: Date.parse('2022-11-29T19:42:04.284Z'),
      order: {
        placedAt: Date.parse('2022-07-13T19:42:04.284Z'),
        currency: 'USD',
        shipTo: {
          lines: [],
          postcode: '48110',
          country: 'US',
          lat: expect.closeTo(42.3, 0),
          lon: expect.closeTo(-83.7, 0),
        },
        method: 'ship',
        lines: [{ line: 'OIID34853450', sku: 'SellerSKUID1', units: 10, unitMinor: 0 }],
        tags: ['Business', 'buyer-requested-cancel'],
        paid: 'paid',
      },
    },
  ]);
  // EventBridge wraps what SQS delivers bare.
  expect(messagesOf(read({ 'detail-type': 'ORDER_CHANGE', detail: sample }))).toEqual(messagesOf(reading));
});

test('[OR1] delivered twice it is one message; the publishing of it is not part of it', () => {
  const twice = read([sample, { ...sample, NotificationMetadata: { NotificationId: 'another' } }]);
  expect(new Set(messagesOf(twice).map(({ message }) => message)).size).toBe(1);
});

test('[OR1] cancelled orders are cancelled, whichever notification says so', () => {
  expect(messagesOf(read(changed({}, { OrderStatus: 'Canceled' })))).toMatchObject([
    { kind: 'cancel', reason: 'Buyer Requested Cancel' },
  ]);
  const status = (OrderStatus: string): unknown => ({
    NotificationType: 'ORDER_STATUS_CHANGE',
    EventTime: '2026-11-24T10:00:00Z',
    Payload: { OrderStatusChangeNotification: { AmazonOrderId: '1-2-3', OrderStatus } },
  });
  expect(messagesOf(read(status('Canceled')))).toMatchObject([
    { kind: 'cancel', channelOrderId: '1-2-3', at: Date.UTC(2026, 10, 24, 10) },
  ]);
  expect(read(status('Unshipped'))).toMatchObject({ messages: [], refused: [], ignored: 1 });
});

test('what does not show an order of ours is ignored with a reason', () => {
  expect(read(changed({}, { FulfillmentType: 'AFN' }))).toMatchObject({
    ignored: 1,
    warnings: [expect.stringContaining('AFN')],
  });
  expect(read(changed({ NotificationLevel: 'OrderItemLevel' }))).toMatchObject({
    ignored: 1,
    warnings: [expect.stringContaining('one item')],
  });
  expect(read({ NotificationType: 'FEED_PROCESSING_FINISHED', Payload: {} })).toMatchObject({
    ignored: 1,
    refused: [],
  });
});

test('[FD9] what is no notification, and a marketplace without a known currency, are refused', () => {
  expect(faultsOf(read({ a: 1 }))).toEqual([['notification', 'not-a-notification']]);
  expect(faultsOf(read([changed({}, { MarketplaceId: 'X' }), sample]))).toEqual([
    ['notification[0]', 'unknown-marketplace'],
  ]);
});
