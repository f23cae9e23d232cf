/** The site's list pages, with the columns they show in order. */
export type GridPage = {
  readonly id: number;
  readonly tab: string;
  readonly title: string;
  readonly entityType: string;
  readonly columns: readonly string[];
  readonly defaultSort: string;
};

export const GRID_PAGES: readonly GridPage[] = [
  {
    id: 4606,
    tab: 'Versions',
    title: 'All Versions',
    entityType: 'Version',
    columns: ['image', 'code', 'entity', 'user', 'sg_status_list', 'description', 'updated_at', 'updated_by'],
    defaultSort: '-created_at',
  },
  {
    id: 4607,
    tab: 'Shots',
    title: 'All Shots',
    entityType: 'Shot',
    columns: [
      'image',
      'code',
      'sg_sequence',
      'sg_status_list',
      'description',
      'sg_cut_duration',
      'updated_at',
      'updated_by',
    ],
    defaultSort: 'code',
  },
  {
    id: 4608,
    tab: 'Tasks',
    title: 'All Tasks',
    entityType: 'Task',
    columns: ['content', 'entity', 'step', 'task_assignees', 'sg_status_list', 'due_date', 'updated_at', 'updated_by'],
    defaultSort: 'id',
  },
];
