import type { RouteDocuments } from './route-document.ts';

const UNKNOWN_NODE = 'unknown-node';
const UNKNOWN = `${UNKNOWN_NODE}; unknown-work: not of this node, or it ended more than a day ago`;
const REACH = 'A key with limits needs the node among them and none on channels: a node works for every channel.';

export const WORK_DOCUMENTS: RouteDocuments = {
  'GET /v1/nodes/:node/work': {
    tag: 'work',
    summary: 'What a node has to do, oldest first',
    about: `Follow the log \`work:<node>\` behind \`head\` to hear of every change. ${REACH}`,
    answers: { 200: { about: 'A page', body: 'WorksPage' } },
    refusals: { 404: UNKNOWN_NODE },
  },
  'GET /v1/nodes/:node/work/:work': {
    tag: 'work',
    summary: 'One work order',
    about: 'Also one that is over, for a day; one that was shipped until it is delivered, two weeks at most.',
    answers: { 200: { about: 'The work order', body: 'WorkAnswer' } },
    refusals: { 404: UNKNOWN },
  },
  'POST /v1/nodes/:node/work/:work/acts': {
    tag: 'work',
    summary:
      'Say what somebody at the node did: accept, start, pick, pack, ship, ready, receive, collect, deliver, reject',
    about:
      'Durable when answered. What is short or rejected is sourced again at once, without this node. The same act again, ' +
      `by its key or because it is done already, changes nothing and is answered alike (rule OR8). ${REACH}`,
    headers: ['idempotency-key'],
    example: { act: 'pick', lines: [{ line: 1, picked: 1, short: 'not-found' }] },
    answers: { 200: { about: 'The work order as it is since', body: 'WorkAnswer' } },
    refusals: {
      404: UNKNOWN,
      409: 'key-reused; already-ended; not-in-this-state',
      422:
        'unknown-line; units-out-of-bounds; reason-missing; wrong-code; happened-in-the-future; ' +
        'idempotency-key-required; malformed-id; invalid-request',
    },
  },
};
