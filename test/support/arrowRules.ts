import type { ICruiseOptions, IFlattenedRuleSet } from 'dependency-cruiser';

// The arrows of ARCHITECTURE.md, as a check: which folder may import which, at run time or as types. test/arrows.test.ts runs
// it; what is not listed is forbidden.

export const arrows: Readonly<Record<string, readonly string[]>> = {
  ml: [],
  platform: ['proto', 'observability'],
  proto: [],
  observability: [],
  projects: ['ml', 'platform'],
  db: ['ml', 'platform'],
  activities: ['db', 'ml', 'projects', 'platform', 'observability', 'proto'],
  workflows: ['ml', 'platform'],
  inference: ['db', 'ml', 'platform', 'observability', 'proto'],
  control: ['db', 'projects', 'ml', 'platform', 'observability', 'proto'],
  gateway: ['platform', 'observability', 'proto'],
  cli: ['projects', 'ml', 'platform', 'observability', 'proto'],
  bin: [
    'activities',
    'workflows',
    'inference',
    'control',
    'gateway',
    'cli',
    'projects',
    'db',
    'platform',
    'observability',
  ],
};

/** Imports of types alone: they vanish at run time, so a workflow may name the activities it calls. The parser does not tell
 * them apart: test/arrows.test.ts reads these imports' text. */
export const typeArrows: Readonly<Record<string, readonly string[]>> = { workflows: ['activities'] };

const own = `^(${Object.keys(arrows).join('|')})/`;

export const arrowRules: IFlattenedRuleSet = {
  forbidden: [
    {
      name: 'no-cycles',
      comment: 'Two files that need each other are one, or a third is missing.',
      severity: 'error' as const,
      from: {},
      to: { circular: true },
    },
    {
      name: 'no-unlisted-package',
      comment: 'A package that package.json does not name may vanish with the next install.',
      severity: 'error' as const,
      from: { path: own },
      to: { dependencyTypes: ['npm-no-pkg', 'npm-unknown'] },
    },
    {
      name: 'production-needs-no-test-code',
      severity: 'error' as const,
      from: { path: own },
      to: { path: '^(test|bench)/' },
    },
    ...Object.entries(arrows).map(([folder, allowed]) => {
      const withTypes = [folder, ...allowed, ...(typeArrows[folder] ?? [])];
      return {
        name: `arrows-of-${folder}`,
        comment: `${folder} may import ${allowed.join(', ') || 'nothing of ours'}.`,
        severity: 'error' as const,
        from: { path: `^${folder}/` },
        to: { path: own, pathNot: `^(${withTypes.join('|')})/` },
      };
    }),
    {
      name: 'ml-is-pure',
      comment: 'ml/ touches no file, clock, socket or environment.',
      severity: 'error' as const,
      from: { path: '^ml/' },
      to: { dependencyTypes: ['core'] },
    },
    {
      name: 'workflows-are-deterministic',
      comment:
        'Workflow code runs in a sandbox without Node: only Temporal’s own workflow packages and pure values.',
      severity: 'error' as const,
      from: { path: '^workflows/' },
      to: { dependencyTypes: ['core'] },
    },
  ],
};

export const cruiseOptions: ICruiseOptions = {
  parser: 'swc',
  tsPreCompilationDeps: true,
  doNotFollow: { path: 'node_modules' },
  enhancedResolveOptions: { exportsFields: ['exports'], conditionNames: ['import', 'node', 'default'] },
  validate: true,
  ruleSet: arrowRules,
};
