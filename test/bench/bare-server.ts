/**
 * The peer: the handler that most would write first. It parses the form, puts it into an express-session in the same
 * store, and redirects. It verifies nothing, records nothing and forgets a click when the same browser makes another.
 */
import express from 'express';
import session from 'express-session';
import { openDatabase } from '../../src/database/open.ts';
import { createSqlStore } from '../../src/session/sql-store.ts';

const { PORT = '', DATABASE_URL = '', SESSION_SECRET = '' } = process.env;
const database = await openDatabase(DATABASE_URL);
const { store } = createSqlStore({ db: database.db, now: () => new Date(), maxAgeSeconds: 900 });

const app = express();
app.disable('x-powered-by');
app.use(session({ secret: SESSION_SECRET, store, resave: false, saveUninitialized: false }));
app.get('/healthz', (_request, response) => {
  response.json({ status: 'ok' });
});
app.post('/ami/:action', express.urlencoded({ extended: false, limit: '5mb' }), (request, response) => {
  Object.assign(request.session, { click: request.body as unknown });
  response.redirect(303, `/launches/${request.session.id}`);
});
const server = app.listen(Number(PORT), '127.0.0.1');

process.once('SIGTERM', () => {
  server.close(() => void database.close());
  server.closeAllConnections();
});
