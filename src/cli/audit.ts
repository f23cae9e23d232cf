/** `understudy audit …`: the log, checked and kept from a terminal, without the server. */
import { Command } from 'commander';
import { generateSigningKey } from '../audit/checkpoint.ts';
import type { AuditCommandDeps } from './audit-deps.ts';
import { archiveCommand } from './audit-archive.ts';
import { reconcileCommand } from './audit-reconcile.ts';
import { verifyCommand } from './audit-verify.ts';

/** The `audit` command with its subcommands, to be added to a program that catches `CommanderError`. */
export function auditCommand(deps: AuditCommandDeps): Command {
  return new Command('audit')
    .description('check and keep the audit log')
    .exitOverride()
    .addCommand(verifyCommand(deps))
    .addCommand(archiveCommand(deps))
    .addCommand(reconcileCommand(deps))
    .addCommand(keygenCommand(deps));
}

function keygenCommand({ print }: AuditCommandDeps): Command {
  return new Command('keygen')
    .description(
      'print a new pair of keys for checkpoints: the private one for the server, the public one for auditors',
    )
    .exitOverride()
    .action(() => {
      const { keyId, privatePem, publicPem } = generateSigningKey();
      print(`key id ${keyId}\n\n${privatePem}\n${publicPem.trimEnd()}`);
    });
}
