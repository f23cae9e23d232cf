/** Proof of who the person is, for one other service behind the same sign-in. Types only; `assertion/` and `login/` make it. */

/** What an action asks for, in its own definition: there is no proof for a service that the definition does not name. */
export type ProofWish =
  | {
      /** Signed by this server: keys at `/.well-known/jwks.json`, valid for a minute. */
      readonly kind: 'assertion';
      /** The service, as it calls itself: the `aud` that it insists on. */
      readonly audience: string;
    }
  | {
      /** From the identity provider by token exchange (RFC 8693). At least one of `audience` and `resource` is there. */
      readonly kind: 'access_token';
      readonly audience?: string | undefined;
      readonly resource?: string | undefined;
      readonly scope?: string | undefined;
    };

export type Proof = {
  readonly kind: ProofWish['kind'];
  /** For `Authorization: Bearer`. A secret: never in pages, logs, records or plans. */
  readonly token: string;
  /** Undefined when the identity provider does not say. */
  readonly expiresAt: Date | undefined;
};
