/** What a browser may do with our pages: no inline script or style, nothing from elsewhere, framed by the site alone and only where that is wanted. */
import helmet from 'helmet';
import type { RequestHandler } from 'express';
import { keepOpener } from './pop-out.ts';

/** Pages that ShotGrid's overlay shows in its own page; everything else is framed by nobody. */
const FRAMEABLE = /^\/(?:ami|launches|runs|overlay)\//;
/** Windows that such a page opens and that answer to it. */
const KEEPS_OPENER = '/pop-out/';

/** What no page of ours ever asks a browser for. */
const PERMISSIONS_POLICY = [
  'accelerometer',
  'autoplay',
  'browsing-topics',
  'camera',
  'display-capture',
  'encrypted-media',
  'fullscreen',
  'geolocation',
  'gyroscope',
  'hid',
  'idle-detection',
  'local-fonts',
  'magnetometer',
  'microphone',
  'midi',
  'payment',
  'picture-in-picture',
  'publickey-credentials-get',
  'screen-wake-lock',
  'serial',
  'usb',
  'xr-spatial-tracking',
]
  .map((feature) => `${feature}=()`)
  .join(', ');

export function securityHeaders(options: {
  readonly publicUrl: string;
  readonly siteUrl: string;
  /** Undefined without an identity provider. */
  readonly issuerUrl: string | undefined;
}): RequestHandler {
  const isHttps = options.publicUrl.startsWith('https:');
  const create = (frameAncestors: string) =>
    helmet({
      contentSecurityPolicy: {
        useDefaults: false,
        directives: {
          defaultSrc: ["'none'"],
          scriptSrc: ["'self'"],
          styleSrc: ["'self'"],
          imgSrc: ["'self'"],
          connectSrc: ["'self'"],
          baseUri: ["'none'"],
          // No text becomes markup or script in a page of ours, also not by a mistake in one of our own scripts.
          requireTrustedTypesFor: ["'script'"],
          trustedTypes: ["'none'"],
          // Chromium holds redirects after a form to this too: sign-out and a session that ended lead to the identity provider.
          formAction: ["'self'", ...(options.issuerUrl === undefined ? [] : [new URL(options.issuerUrl).origin])],
          frameAncestors: [frameAncestors],
        },
      },
      // The old header knows no list of origins; where the policy above allows the site it must be silent.
      frameguard: frameAncestors === "'none'" ? { action: 'deny' } : false,
      strictTransportSecurity: isHttps ? { maxAge: 31_536_000, includeSubDomains: false } : false,
      // Not `no-referrer`: browsers then send `Origin: null` with our own forms.
      referrerPolicy: { policy: 'same-origin' },
      crossOriginOpenerPolicy: { policy: 'same-origin' },
      crossOriginResourcePolicy: { policy: 'same-origin' },
      crossOriginEmbedderPolicy: false,
    });
  const framed = create(new URL(options.siteUrl).origin);
  const unframed = create("'none'");
  return function setSecurityHeaders(request, response, next) {
    if (!request.path.startsWith('/assets/')) response.set('Cache-Control', 'no-store');
    response.set('Permissions-Policy', PERMISSIONS_POLICY);
    (FRAMEABLE.test(request.path) ? framed : unframed)(request, response, (error?: unknown) => {
      if (request.path.startsWith(KEEPS_OPENER)) keepOpener(response);
      next(error);
    });
  };
}
