/** Every page of administrators and auditors: see `check-pages.ts`. */
import { isOffice } from './gallery.ts';
import { checkPages } from './check-pages.ts';

checkPages('every page of the office', isOffice, 'office-pages');
