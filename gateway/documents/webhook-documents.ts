import type { RouteDocuments } from './route-document.ts';

const UNKNOWN = { 404: 'unknown-endpoint' } as const;
const UNKNOWN_DELIVERY = { 404: 'unknown-delivery' } as const;
const MADE = { about: 'With its secret, shown this once', body: 'EndpointMade' };
const URL = 'https://shop.example/hooks/stock';

export const WEBHOOK_DOCUMENTS: RouteDocuments = {
  'POST /v1/webhook-endpoints': {
    tag: 'webhooks',
    summary: 'Have events sent to an address',
    about:
      'CloudEvents 1.0 as JSON, signed as Standard Webhooks, at least once and in no promised order, from now on. The ' +
      'address must be https and public.',
    example: { url: URL, types: ['dev.onhand.stock.low'], filters: { channels: ['web'] } },
    answers: { 201: MADE },
    refusals: { 409: 'too-many-endpoints', 422: 'malformed-url; invalid-request' },
  },
  'GET /v1/webhook-endpoints': {
    tag: 'webhooks',
    summary: 'Where events are sent, and how that goes',
    about: 'Without the scope `admin` an address is shown without its path, which may be a secret.',
    answers: { 200: { about: 'All endpoints', body: 'EndpointsList' } },
  },
  'PATCH /v1/webhook-endpoints/:id': {
    tag: 'webhooks',
    summary: 'Change, pause or resume an endpoint',
    about:
      'What is absent stays. Resumed, it gets what waited, and its failures count no more. `state` alone needs `ops`, ' +
      'anything else `admin` too.',
    example: { state: 'active' },
    answers: { 200: { about: 'As it is now', body: 'EndpointInfo' } },
    refusals: { ...UNKNOWN, 422: 'malformed-url; invalid-request' },
  },
  'DELETE /v1/webhook-endpoints/:id': {
    tag: 'webhooks',
    summary: 'Delete an endpoint, with all that waits for it',
    answers: { 204: { about: 'It is gone' } },
    refusals: UNKNOWN,
  },
  'POST /v1/webhook-endpoints/:id/secret': {
    tag: 'webhooks',
    summary: 'Give an endpoint its next secret',
    about: 'Deliveries are signed with both for a while.',
    answers: { 201: MADE },
    refusals: UNKNOWN,
  },
  'POST /v1/webhook-endpoints/:id/test': {
    tag: 'webhooks',
    summary: 'Send one event now',
    about: 'One attempt, also while the endpoint is paused; it stands in the delivery log.',
    answers: { 200: { about: 'What came back', body: 'TestAnswer' } },
    refusals: UNKNOWN,
  },
  'GET /v1/webhook-endpoints/:id/deliveries': {
    tag: 'webhooks',
    summary: 'What was sent to an endpoint, newest first',
    answers: { 200: { about: 'A page', body: 'DeliveriesPage' } },
    refusals: UNKNOWN,
  },
  'GET /v1/webhook-endpoints/:id/deliveries/:delivery': {
    tag: 'webhooks',
    summary: 'One delivery with its event and every attempt',
    answers: { 200: { about: 'The delivery', body: 'DeliveryDetail' } },
    refusals: UNKNOWN_DELIVERY,
  },
  'POST /v1/webhook-endpoints/:id/deliveries/:delivery/replay': {
    tag: 'webhooks',
    summary: 'Send a delivery again',
    about: 'The same event under the same id.',
    answers: { 200: { about: 'It waits again', body: 'DeliveryDetail' } },
    refusals: { ...UNKNOWN_DELIVERY, 409: 'still-waiting' },
  },
  'POST /v1/webhook-endpoints/:id/deliveries/replay-failed': {
    tag: 'webhooks',
    summary: 'Send again all that failed',
    answers: { 200: { about: 'How many', body: 'Replayed' } },
  },
  'GET /v1/webhook-event-types': {
    tag: 'webhooks',
    summary: 'Which events there are, with schema and example',
    answers: { 200: { about: 'All types', body: 'EventTypesList' } },
  },
};
