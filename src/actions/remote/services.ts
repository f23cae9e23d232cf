/** The one door from an action to a remote service. Types only, so that a plan's context can name it. */
import type { Proof } from '../proof.ts';

export type RemoteServices = {
  /** `scheme://host[:port]` of the ShotGrid site, as services are told it. */
  readonly siteUrl: string;
  /**
   * One signed POST to an allow-listed address; never repeated, never redirected.
   *
   * @returns The answer, parsed: plain JSON of bounded size and depth, otherwise unchecked.
   * @throws RemoteUnavailableError when there is no such answer, and why.
   */
  ask(question: RemoteQuestion): Promise<unknown>;
};

export type RemoteQuestion = {
  readonly url: string;
  /** The variable that holds the secrets shared with this service. */
  readonly secretVariable: string;
  /** From connecting to the last byte of the answer. */
  readonly timeoutMs: number;
  /** The body but for what makes each question unique, which is added. */
  readonly body: Readonly<Record<string, unknown>>;
  readonly proof: Proof | undefined;
};
