/** The directions of the house: data flows one way, and the leaf modules do not know each other. */
const LEAVES = ['ami', 'login', 'session', 'shotgrid', 'audit', 'config', 'database', 'assertion', 'metrics'];

/** What every room may import: the shape of errors, sentences that are not said yet, and spelling. */
const COMMON = '^src/(errors|spelling|texts/said)\\.ts$';

/** A rule per leaf: it may import itself, what is common, and packages; `audit` may also use `database`. */
const leafRules = LEAVES.map((leaf) => ({
  name: `leaf-${leaf}`,
  comment: `src/${leaf}/ stands alone`,
  severity: 'error',
  from: { path: `^src/${leaf}/` },
  to: {
    path: '^src/',
    pathNot: [`^src/${leaf}/`, COMMON, ...(leaf === 'audit' ? ['^src/database/'] : [])],
  },
}));

module.exports = {
  forbidden: [
    ...leafRules,
    { name: 'no-circular', severity: 'error', from: {}, to: { circular: true } },
    {
      name: 'nobody-imports-the-shell',
      severity: 'error',
      from: { path: '^src/', pathNot: '^src/(main|cli)\\.ts$|^src/web/' },
      to: { path: '^src/(web/|main\\.ts|cli\\.ts)' },
    },
    {
      name: 'cli-knows-no-web',
      severity: 'error',
      from: { path: '^src/cli\\.ts$|^src/cli/' },
      to: { path: '^src/web/' },
    },
    {
      name: 'doctor-looks-at-everything-but-the-shells',
      severity: 'error',
      from: { path: '^src/doctor/' },
      to: { path: '^src/(web|cli)/' },
    },
    {
      name: 'actions-only-propose',
      comment: 'actions read through shotgrid and know the types of ami and login; they never reach runs, audit or web',
      severity: 'error',
      from: { path: '^src/actions/' },
      to: { path: '^src/', pathNot: ['^src/(actions|shotgrid)/', '^src/(ami|login)/', COMMON] },
    },
    {
      name: 'runs-directions',
      severity: 'error',
      comment: 'runs know the types of the click and of the person; they never reach sessions or the web',
      from: { path: '^src/runs/' },
      to: { path: '^src/', pathNot: ['^src/(runs|actions|shotgrid|audit)/', '^src/(ami|login)/', COMMON] },
    },
    {
      name: 'menu-directions',
      severity: 'error',
      comment:
        'menu items follow from actions and stand in the site; nothing of runs, records or the web is needed for that',
      from: { path: '^src/menu/' },
      to: { path: '^src/', pathNot: ['^src/(menu|actions|shotgrid)/', COMMON] },
    },
    {
      name: 'texts-stand-alone',
      comment: 'what people read; it knows nothing of what is told',
      severity: 'error',
      from: { path: '^src/texts/' },
      to: { path: '^src/', pathNot: ['^src/texts/'] },
    },
    {
      name: 'pages-alone-speak-languages',
      comment: 'whoever is no page hands sentences on, or says them in English',
      severity: 'error',
      from: { path: '^src/', pathNot: ['^src/(web|texts)/'] },
      to: { path: '^src/texts/', pathNot: ['^src/texts/said\\.ts$'] },
    },
    {
      name: 'express-in-web-and-session-only',
      severity: 'error',
      from: { path: '^src/', pathNot: '^src/(web|session)/' },
      to: { path: 'node_modules/(@types/)?(express|express-session|helmet)/' },
    },
    { name: 'src-stands-alone', severity: 'error', from: { path: '^src/' }, to: { path: '^(test|infra)/' } },
    {
      name: 'studio-is-not-written-from-our-client',
      comment: 'the stand-in is written from the protocol; sharing code with the client would hide its mistakes',
      severity: 'error',
      from: { path: '^infra/studio/(site|idp)/' },
      to: { path: '^src/' },
    },
    {
      name: 'no-dev-dependencies-in-src',
      severity: 'error',
      from: { path: '^src/' },
      to: { dependencyTypes: ['npm-dev'], pathNot: 'node_modules/@types/' },
    },
  ],
  options: {
    tsPreCompilationDeps: true,
    doNotFollow: { path: 'node_modules' },
    tsConfig: { fileName: 'tsconfig.json' },
    enhancedResolveOptions: { extensions: ['.ts', '.js', '.mjs', '.json'] },
  },
};
