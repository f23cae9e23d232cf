/** A worker in a process of its own: gets a sealed person on standard input, and approves a Version as that one. */
import process from 'node:process';
import { text } from 'node:stream/consumers';
import { createAuthenticator, DefaultsManager, thisMachine } from '../../../src/shotgrid/authenticator/public.ts';

const authenticator = createAuthenticator({ defaults: new DefaultsManager(thisMachine()) });
try {
  const user = await authenticator.openUser(await text(process.stdin), { key: process.env['FARM_KEY'] ?? '' });
  await user
    .connection()
    .batch([{ operation: 'update', entityType: 'Version', id: 6933, data: { sg_status_list: 'apr' } }]);
  console.log(JSON.stringify({ login: user.login, kind: user.kind }));
} catch (error) {
  console.log(JSON.stringify({ error: error instanceof Error ? error.name : '', ...(error as object) }));
} finally {
  await authenticator.close();
}
