/** The files that `understudy action new` writes. Pure. Each is valid as it is, and does something small on Versions. */

export type ScaffoldKind = 'yaml' | 'typescript' | 'remote';

export const SCAFFOLD_KINDS: readonly ScaffoldKind[] = ['yaml', 'typescript', 'remote'];

export type Scaffold = {
  readonly ending: 'yml' | 'ts';
  readonly text: string;
  /** Lines about what to do with the file in this folder. */
  readonly next: (folder: string) => readonly string[];
};

/** @param name - A valid name of an action. */
export function scaffold(kind: ScaffoldKind, name: string): Scaffold {
  const title = titleOf(name);
  switch (kind) {
    case 'yaml':
      return { ending: 'yml', text: yaml(name, title), next: (folder) => nextSteps(name, folder) };
    case 'typescript':
      return { ending: 'ts', text: typescript(name, title), next: (folder) => nextSteps(name, folder) };
    case 'remote':
      return {
        ending: 'yml',
        text: remote(name, title),
        next: (folder) => [
          'export REMOTE_SECRET_NAMES="$(openssl rand -hex 32)"    # the secret that service and Understudy share',
          `export ${secretVariable(name)}="$REMOTE_SECRET_NAMES"`,
          'python3 infra/examples/python-action/service.py &    # answers this file as it is; read it, then write your own',
          ...nextSteps(name, folder),
        ],
      };
  }
}

function nextSteps(name: string, folder: string): readonly string[] {
  const dir = folder === 'actions' ? '' : ` --dir ${folder}`;
  return [
    `npm run understudy -- action check${dir}`,
    `npm run understudy -- action try ${name}${dir} --payload click.json --as artist`,
    `npm run understudy -- menu apply${folder === 'actions' ? '' : `    # with ACTIONS_DIR=${folder}`}`,
  ];
}

function titleOf(name: string): string {
  const words = name.replaceAll('-', ' ').trim();
  return words.charAt(0).toUpperCase() + words.slice(1);
}

function secretVariable(name: string): string {
  return `REMOTE_SECRET_${name.toUpperCase().replaceAll('-', '_')}`;
}

function yaml(name: string, title: string): string {
  return `# The menu item "${title}". Its URL in ShotGrid ends in /ami/${name}.
title: '${title}'
description: Sets the status of the selected Versions and says why.
entity_types: [Version]
# Its item in ShotGrid's menu, which \`understudy menu apply\` makes. { folder: Review } puts it into a submenu.
menu: {}

# What the person is asked first; without \`form\` nothing is.
form:
  - { name: status, type: status, entity_type: Version, label: Status, required: true, default: apr }
  - { name: reason, type: text, label: Reason, help: 'Stands in the description.' }

# Each step updates, creates or deletes. Templates know: row, form, person, project, selection, now, today.
do:
  - update: selection
    set: { sg_status_list: '{{ form.status }}' }
  - update: selection
    when: '{{ form.reason }}'
    set: { description: '{{ form.reason }} ({{ person.name }}, {{ today }})' }

# confirm: type_number              # the person types how many rows are changed
# max_rows: 500
# access: { permission_groups: [Artist] }
`;
}

function typescript(name: string, title: string): string {
  return `// The menu item "${title}". Its URL in ShotGrid ends in /ami/${name}.
import { defineAction } from 'understudy/action';

export const action = defineAction({
  title: '${title}',
  description: 'Sets the status of the selected Versions and says why.',
  entityTypes: ['Version'],
  // Its item in ShotGrid's menu, which \`understudy menu apply\` makes. { folder: 'Review' } puts it into a submenu.
  menu: {},
  // What the person is asked first. The types of \`form\` in \`plan\` follow from it.
  form: {
    status: { type: 'status', label: 'Status', entityType: 'Version', required: true, default: 'apr' },
    reason: { type: 'text', label: 'Reason', help: 'Stands in the description.' },
  },
  // Read before \`plan\` is called; fields that it changes must be among them.
  fields: ['sg_status_list', 'description'],
  // Everything that \`plan\` may propose. A plan that steps outside is refused.
  touches: [{ operation: 'update', entityType: 'Version', fields: ['sg_status_list', 'description'] }],
  // Proposes; it cannot write. What is so already is left out of itself.
  plan: ({ rows, form, person }) => ({
    changes: rows.map((row) => ({
      update: row,
      set:
        form.reason === null
          ? { sg_status_list: form.status }
          : { sg_status_list: form.status, description: \`\${form.reason} (\${person.name})\` },
    })),
    report: { title: 'Selected', text: \`\${rows.length} Versions\` },
  }),
});
`;
}

function remote(name: string, title: string): string {
  return `# The menu item "${title}". Its URL in ShotGrid ends in /ami/${name}.
# Understudy asks a service of yours, which answers with a plan: see infra/examples/python-action/service.py, which answers this
# file as it is. The server needs REMOTE_ORIGINS=http://127.0.0.1:9000, REMOTE_PRIVATE_HOSTS=127.0.0.1 and
# ${secretVariable(name)}, which holds the secret that the service has too.
title: '${title}'
description: Says in the description of the selected Versions which of them are not named as agreed.
entity_types: [Version]
# Its item in ShotGrid's menu, which \`understudy menu apply\` makes.
menu: {}

# Sent along, checked.
form:
  - { name: remark, type: text, label: Remark, help: 'Stands in the description of those that are not.' }

# Everything that the service may propose. A plan that steps outside is refused.
touches:
  - update: Version
    fields: [description]

remote:
  url: http://127.0.0.1:9000/${name}
  secret: ${secretVariable(name)}
  # Fields of the selected rows that the service is told, as the person sees them.
  fields: [code]
  timeout_seconds: 10
`;
}
