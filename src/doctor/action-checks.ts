/** Whether the action files can be served. */
import { loadCatalogue } from '../actions/catalogue.ts';
import { ActionFilesError } from '../actions/errors.ts';
import { setUpProblems } from '../actions/set-up-problems.ts';
import { count } from './configuration-check.ts';
import { checkWith, type Look } from './look.ts';
import { presumed } from './presumed.ts';
import { failure, ok, warning, type Check } from './report.ts';

export function actionChecks(look: Look): readonly Check[] {
  const { setUp, secrets } = presumed(look.inspected);
  return [
    checkWith(look, ['ACTIONS_DIR'], {
      id: 'actions',
      title: 'Action files',
      async run() {
        try {
          const actions = (await loadCatalogue(look.config.actionsDir, setUpProblems(setUp, secrets))).all();
          if (actions.length > 0) return ok(`${count(actions.length, 'action')}.`, actions.map(({ id }) => id).sort());
          return warning('There is no action, so every click is refused.', 'Put an action file into ACTIONS_DIR.');
        } catch (error) {
          if (!(error instanceof ActionFilesError)) throw error;
          return failure(
            `The server would not start with these files, and a running one keeps their last good state: ${count(error.problems.length, 'problem')}.`,
            'Mend the files at the lines named here; "understudy action check" reads them again.',
            error.problems,
          );
        }
      },
    }),
  ];
}
