/**
 * How a question is signed: HMAC-SHA256 over `<timestamp>\n<request id>\n<body>`, in hex. Pure.
 * The body holds timestamp and request id too; the headers let a service refuse before it parses anything.
 */
import { createHmac } from 'node:crypto';

export type Stamp = {
  /** RFC 3339 UTC text. */
  readonly timestamp: string;
  /** Never used twice: a service that remembers those of the last minutes cannot be sent one again. */
  readonly requestId: string;
};

/** The three headers of a signed question. */
export function signatureHeaders(
  secret: string,
  { timestamp, requestId }: Stamp,
  body: string,
): Record<string, string> {
  const signature = createHmac('sha256', secret).update(`${timestamp}\n${requestId}\n${body}`).digest('hex');
  return {
    'x-understudy-signature': `sha256=${signature}`,
    'x-understudy-timestamp': timestamp,
    'x-understudy-request-id': requestId,
  };
}
