import { defineAction } from 'understudy/action';

export const action = defineAction({
  title: 'Report on it',
  entityTypes: ['Version'],
  plan: ({ now }) => ({
    report: {
      title: '<b>Findings</b>',
      text: 'First paragraph.\n\nSecond, with <script>alert(1)</script>.',
      links: [
        { label: 'The wiki', href: 'https://wiki.example/' },
        { label: 'A trap', href: 'javascript:alert(1)' },
        { label: 'A shot', href: '/detail/Shot/860' },
      ],
      table: {
        columns: [
          { label: 'Name', type: 'text' },
          { label: 'Frames', type: 'number' },
        ],
        rows: [
          ['=1+1', 12],
          [`made at ${now.toISOString()}`, -3],
        ],
      },
      file: {
        name: 'page "1".html',
        contentType: 'text/html',
        base64: Buffer.from('<script>alert(1)</script>').toString('base64'),
      },
    },
  }),
});
