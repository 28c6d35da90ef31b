// Bodies of the routes under /v1/keys.

/** What a key may do and about what; of a dimension that is absent: all. */
interface KeyRights {
  readonly name: string;
  /** As which it was made; what it may do stands in `scopes` and `limits`. */
  readonly role?: string;
  readonly scopes: readonly string[];
  readonly limits?: {
    readonly channels?: readonly string[];
    readonly nodes?: readonly string[];
    readonly sources?: readonly string[];
  };
  /** When it ends, ms since the epoch; absent: never. */
  readonly expiresAt?: number;
}

/** Of `GET /v1/keys`: without the text, which nobody keeps. */
export interface KeyInfo extends KeyRights {
  readonly createdAt: number;
}

/** `POST /v1/keys`: `key` is its text, shown this once. */
export interface KeyMade extends KeyRights {
  readonly key: string;
}

/** `POST /v1/keys/{name}/rotate`: both keys hold until `olderUntil`. */
export interface KeyRotated extends KeyInfo {
  readonly key: string;
  readonly olderUntil: number;
}
