// Bodies of the webhook routes.

/** Of `GET /v1/sources/{source}/webhook-secret`; the text is shown once, when it is made. */
export interface SourceSecretInfo {
  readonly source: string;
  /** `standard`: Standard Webhooks. */
  readonly scheme: 'standard' | 'shopify';
  readonly createdAt: number;
  /** The secret before this one is accepted until then, ms since the epoch. */
  readonly previousUntil?: number;
}

/** Signed deliveries since the start. */
export interface IncomingStats {
  readonly taken: number;
  /** Had come before and were answered 200 without effect. */
  readonly repeated: number;
  readonly wrongSignature: number;
}

/** Of `POST /v1/sources/{source}/webhook-secret`: the text is shown this once. */
export interface SourceSecretMade extends SourceSecretInfo {
  readonly secret: string;
}
