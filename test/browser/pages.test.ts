/** Every page that somebody meets who uses actions, and every refusal: see `check-pages.ts`. */
import { isOffice } from './gallery.ts';
import { checkPages } from './check-pages.ts';

checkPages('every page', (name) => !isOffice(name), 'pages');
