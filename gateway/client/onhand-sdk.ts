// The SDK's front door, for programs and for pages that show the numbers themselves; built, it is /onhand-sdk.js.

export { CLOSE_CODES } from '../protocol/close-codes.ts';
export type { LogEvent, LogSince } from '../protocol/log-wire.ts';
export type { OpsState, PickupState, StockState, WireError } from '../protocol/wire.ts';
export { Connection } from './connection.ts';
export type { ErrorListener } from './connection.ts';
export type { ConnectionOptions } from './connection-options.ts';
export { realEnvironment } from './environment.ts';
export type { Environment } from './environment.ts';
export { HttpClient } from './http-client.ts';
export type { Answer, HttpClientOptions } from './http-client.ts';
export { WAYS } from './ladder.ts';
export type { Way } from './ladder.ts';
export type { Link, LinkListener } from './link.ts';
export { isFollowing } from './link-life.ts';
export { liveUrl } from './live-url.ts';
export { LogConsumer, Rejection } from './log-consumer.ts';
export type { LogConsumerOptions } from './log-consumer.ts';
export { followOps } from './ops-feed.ts';
export { SignIn } from './sign-in.ts';
export type { Token } from './sign-in.ts';
export { followStock } from './stock-feed.ts';
export type { StockListener } from './stock-feed.ts';
export type { KeyState, Scope } from './subscription-table.ts';
