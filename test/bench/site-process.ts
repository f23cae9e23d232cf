/** The stand-in of the site in a process of its own, so that it shares no event loop with whoever is measured. */
import process from 'node:process';
import { startSite } from '../../infra/studio/site/start.ts';

const site = await startSite();
process.send?.({ url: site.url, scriptName: site.scriptName, scriptKey: site.scriptKey });
process.once('disconnect', () => void site.close());
