import Type from 'typebox';

// What rows of several kinds are made of.

export const strict = { additionalProperties: false };
/** As engine/contract/ids.ts takes them. */
export const Id = Type.String({ pattern: '^[!-~\\u00a1-\\uffff]{1,128}$' });
export const Name = Type.String({ minLength: 1, maxLength: 200 });
/** A year, in ms: no window or freshness is longer. */
export const Span = Type.Integer({ minimum: 0, maximum: 366 * 86_400_000 });
/** As many units as one quantity may be. */
export const Units = Type.Integer({ minimum: 0, maximum: 1_000_000_000 });
export const NodeKind = Type.Enum(['dc', 'store', 'supplier', 'third-party']);
