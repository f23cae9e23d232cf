/** `understudy menu …`: ShotGrid's menu items as the action files say. */
import { Command } from 'commander';
import { DIFFERS, menuSettings, menuSubcommand, type MenuCommandDeps, type MenuOptions } from './menu-deps.ts';
import { orSay } from './menu-failure.ts';
import { planJson } from './menu-json.ts';
import { isDrifted } from '../menu/read-plan.ts';
import { makePlan } from './menu-plan.ts';
import { rotateCommand } from './menu-rotate.ts';
import { planLines } from './menu-text.ts';
import { applyCommand, pruneCommand } from './menu-write.ts';

/** The `menu` command with its subcommands, to be added to a program that catches `CommanderError`. */
export function menuCommand(deps: MenuCommandDeps): Command {
  const menu = new Command('menu').description('keep ShotGrid’s menu items as the action files say').exitOverride();
  const subcommands = [
    lookCommand(deps, 'plan', 'print what differs between the action files and the site; exit code 0, or 2 could not'),
    applyCommand(deps),
    lookCommand(deps, 'drift', 'the same for scripts: exit code 0 no differences, 1 some, 2 could not'),
    pruneCommand(deps),
    rotateCommand(deps),
  ];
  for (const subcommand of subcommands) menu.addCommand(subcommand);
  return menu;
}

function lookCommand(deps: MenuCommandDeps, name: 'plan' | 'drift', description: string): Command {
  return menuSubcommand(name, description).action((options: MenuOptions) =>
    orSay(deps, options, () => look(deps, name, options)),
  );
}

async function look(deps: MenuCommandDeps, name: 'plan' | 'drift', options: MenuOptions): Promise<void> {
  const settings = menuSettings(deps);
  try {
    const planned = await makePlan(settings, deps.now());
    if (options.json === true) deps.print(JSON.stringify(planJson(planned)));
    else for (const line of planLines(planned, settings.siteUrl)) deps.print(line);
    if (name === 'drift' && isDrifted(planned)) deps.setExitCode(DIFFERS);
  } finally {
    await settings.shotgrid.close();
  }
}
