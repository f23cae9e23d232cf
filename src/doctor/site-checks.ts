/** The ShotGrid site itself: its version, and whether it has what we are configured to use. */
import type { Look } from './look.ts';
import { failure, ok, warning, type Check } from './report.ts';
import { scriptCheck, siteItself } from './site-check.ts';

export function siteChecks(look: Look): readonly Check[] {
  return [
    siteItself(look, {
      id: 'site',
      title: 'ShotGrid site',
      async run() {
        const info = await look.siteInfo();
        return ok(`Version ${info.version}.`, [
          `REST API ${info.apiVersion}`,
          `people sign in by: ${info.userAuthenticationMethod || 'it does not say'}`,
          `approving a session in the browser: ${info.appSessionLauncherEnabled ? 'offered' : 'not offered'}`,
        ]);
      },
    }),
    scriptCheck(look, {
      id: 'site_fields',
      title: 'What the site can do',
      async run(signal) {
        const script = look.site().asScript();
        const [person, item] = await Promise.all(
          ['HumanUser', 'ActionMenuItem'].map((type) => script.fields(type, undefined, { signal })),
        );
        if (look.config.ami.algorithm === 'sha256' && item?.has('signature_algorithm') !== true) {
          return failure(
            'The menu items of this site cannot sign with SHA-256, and AMI_SIGNATURE_ALGORITHM asks for it: every click is refused.',
            'Set AMI_SIGNATURE_ALGORITHM to sha1 until the site has the field "Signature Algorithm".',
          );
        }
        if (person?.has('can_impersonate_this_user') !== true) {
          return warning(
            'The site does not have the checkbox "Admins Can Perform Actions As", or does not show it to our script.',
            'Nothing to do on an older site: it decides alone whom a script may act for. On a newer one give the script the permission group API Admin.',
          );
        }
        return ok('It has all that is configured to be used.');
      },
    }),
  ];
}
