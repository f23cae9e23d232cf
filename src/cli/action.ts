/** `understudy action …`: the kit of those who write actions. What is common to its commands is here. */
import { Command } from 'commander';
import { actionCheckCommand } from './action-check.ts';
import { actionNewCommand } from './action-new.ts';
import { actionTryCommand } from './action-try.ts';
import type { ActionCommandDeps } from './action-deps.ts';

/** The `action` command with its subcommands, to be added to a program that catches `CommanderError`. */
export function actionCommand(deps: ActionCommandDeps): Command {
  return new Command('action')
    .description('write, check and try actions')
    .exitOverride()
    .addCommand(actionNewCommand(deps))
    .addCommand(actionCheckCommand(deps))
    .addCommand(actionTryCommand(deps));
}
