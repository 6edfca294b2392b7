import type { Replacement } from '../../local/simulation/bundle.ts';
import type { Story } from '../../local/simulation/story.ts';
import type { Task } from '../../local/simulation/task.ts';
import type { Promised } from '../../local/simulation/violation.ts';
import type { WorldName } from '../../local/simulation/worlds.ts';

/**
 * A mistake made on purpose, the promise that it breaks, and the runs that show it: where an enumeration takes long to get
 * there, the plan that it finds.
 */
export interface Mistake extends Replacement {
  readonly name: string;
  readonly promise: Promised;
  readonly task: Task;
}

const ROTATION = 'lambda/rotation';

function planned(
  plan: string,
  { world = 'postgres-oracle', ...story }: Partial<Story> & { world?: WorldName } = {},
): Task {
  return { kind: 'plan', world, story, plan };
}

function singles(world: WorldName, story: 'first' | 'soon' | 'later' = 'later'): Task {
  return { kind: 'singles', world, story };
}

export const MISTAKES: readonly Mistake[] = [
  {
    name: 'forgets the pending value that an earlier attempt wrote',
    promise: 'end',
    file: `${ROTATION}/create-secret.ts`,
    find: 'await mirrorKept(context, { current, pending: kept });',
    replace: `const { username } = kept.document.credential;
    const password = generatePassword(username, context.random);
    const document = withCredential(kept.document, { username, password });
    await mirrorKept(context, { current, pending: { ...kept, document } });`,
    task: singles('postgres-oracle'),
  },
  {
    name: 'applies a password that the mirror was never seen to hold',
    promise: '1',
    file: `${ROTATION}/set-secret.ts`,
    find: 'await requireMirrorsHold(context, versions.pending);',
    replace: '',
    task: planned('{secretsmanager:PutSecretValue}:loseReply,{oci:GetSecret}+3:loseRequest'),
  },
  {
    name: 'drops AWSPENDING though a database that does not answer may hold it',
    promise: '2',
    file: `${ROTATION}/least-lock-out.ts`,
    find: "return views.every((view) => view === 'refused');",
    replace: "return views.every((view) => view !== 'accepted');",
    task: planned('{oracle:changePassword}:refusePolicy,{oracle:changePassword}+1:outage-rds-1'),
  },
  {
    name: 'promotes without a login in the same step',
    promise: '3',
    file: `${ROTATION}/finish-secret.ts`,
    find: 'await proveEverywhere(context, credential);',
    replace: '',
    task: singles('postgres-oracle'),
  },
  {
    name: 'goes forward without a login',
    promise: '3',
    file: `${ROTATION}/least-lock-out.ts`,
    find: 'await proveEverywhere(context, pending.document.credential);',
    replace: '',
    task: planned('{oracle:changePassword}:late'),
  },
  {
    name: 'moves AWSCURRENT before the mirror',
    promise: '5',
    file: `${ROTATION}/finish-secret.ts`,
    find: '      await mirror.promote(number);',
    replace: '      await commit(context, versions);\n      await mirror.promote(number);',
    task: singles('postgres-oracle'),
  },
  {
    name: 'forgets a mirror that lags behind AWSCURRENT',
    promise: '5',
    file: `${ROTATION}/finish-secret.ts`,
    find: 'for (const { mirror } of mirrors) await levelMirror(context, { mirror, version });',
    replace: 'void levelMirror; void version;',
    task: planned('{oracle:changePassword}:late'),
  },
  {
    name: 'keeps a failure to itself',
    promise: '6',
    file: `${ROTATION}/rotate.ts`,
    find: "context.reporter.metric({ name: 'StepFailed', value: 1, subject: error.name });",
    replace: '',
    task: singles('postgres-oracle'),
  },
  {
    name: 'logs the document',
    promise: '7',
    file: `${ROTATION}/create-secret.ts`,
    find: '  requireFitsVaults(context, document);',
    replace: "  context.reporter.info('create-secret.made', { fields: document.fields });",
    task: singles('postgres-oracle'),
  },
  {
    name: 'tries AWSPENDING before AWSCURRENT',
    promise: 'logins',
    file: `${ROTATION}/candidates.ts`,
    find: `          [AWSCURRENT, current],
          [AWSPENDING, pending],
          [AWSPREVIOUS, previous],`,
    replace: `          [AWSPENDING, pending],
          [AWSCURRENT, current],
          [AWSPREVIOUS, previous],`,
    task: singles('postgres-oracle'),
  },
  {
    name: 'keeps no account of refused logins',
    promise: 'logins',
    file: `${ROTATION}/login-budget.ts`,
    find: 'return Math.max(0, Math.min(perDay - recent, row - inARow));',
    replace: 'return perDay + row + 0 * (recent + inARow);',
    task: planned('', { world: 'alternating-users', isSettled: false }),
  },
  {
    name: 'changes a password without asking whether AWSCURRENT is the newest',
    promise: 'overlap',
    file: 'lambda/adapters/mysql-session.ts',
    find: "let outcome = await this.#password.set({ to, replace: from, keep: overlap !== 'off' });",
    replace: "let outcome = await this.#password.set({ to, keep: overlap !== 'off' });",
    task: planned('{mysql:query:ALTER USER}+4:late', { world: 'mysql-oracle-overlap' }),
  },
  {
    name: 'forgets the old method beside the new one',
    promise: 'overlap',
    file: 'lambda/adapters/mariadb-session.ts',
    find: "overlap === 'off' ? [next] : [next, present]",
    replace: '[next]',
    task: singles('mariadb-oracle'),
  },
  {
    name: 'takes the older half of a rollover for the newer one',
    promise: 'overlap',
    file: `${ROTATION}/other-half.ts`,
    find: "return currentAt < otherAt ? 'older' : 'newest';",
    replace: "return 'older';",
    task: singles('postgres-oracle-rollover', 'soon'),
  },
  {
    name: 'does not look which half of a rollover AWSCURRENT is',
    promise: 'overlap',
    file: `${ROTATION}/preflight.ts`,
    find: "if (standing === 'newest' || keptForMs === 0) {",
    replace: 'if (keptForMs >= 0) {',
    task: planned('{postgres:query:ROLLBACK}:loseRequest', { world: 'postgres-oracle-rollover' }),
  },
  {
    name: 'changes the user whose password people read',
    promise: 'overlap',
    file: 'lambda/domain/strategy.ts',
    find: '  if (current === one) return other;',
    replace: '  if (current === one || current === other) return current;',
    task: singles('alternating-users'),
  },
  {
    name: 'begins anew where the commit was made already',
    promise: 'end',
    file: `${ROTATION}/guard.ts`,
    find: "if (held.includes(AWSCURRENT)) return 'committed';",
    replace: '',
    task: planned('{oracle:changePassword}:late'),
  },
  {
    name: 'does not look after the commit whether a duplicate has taken a database back',
    promise: '5',
    file: `${ROTATION}/commit.ts`,
    find: 'context.aside.add(restoreWhatWasTakenBack(context, versions));',
    replace: 'void restoreWhatWasTakenBack;',
    task: planned(
      'p3:duplicate,{oracle:changePassword}+27:refuse,{oracle:changePassword}+37:outage-adb-1',
      {
        oneAtATime: false,
      },
    ),
  },
  {
    name: 'leaves a commit out of the trail where the call died',
    promise: '6',
    file: `${ROTATION}/finish-secret.ts`,
    find: 'if (await isTold) return;',
    replace: 'if (await isTold.then(() => true)) return;',
    task: planned('{secretsmanager:UpdateSecretVersionStage}+1:die'),
  },
  {
    name: 'never retires a version of the mirror',
    promise: 'end',
    file: `${ROTATION}/prune.ts`,
    find: 'old.slice(-RETIRED_PER_RUN_MAX)',
    replace: '[]',
    task: planned('', { mirrorVersions: 30 }),
  },
  {
    name: 'says that a database was taken back without a login',
    promise: '6',
    file: `${ROTATION}/restore.ts`,
    find: "if ((await look(context, { database, credential })) === 'accepted') {",
    replace: 'if (database.canTakeBack) {',
    task: planned('{oracle:changePassword}+1:hang,{oracle:changePassword}+6:hang'),
  },
  {
    name: 'moves AWSCURRENT from wherever it is',
    promise: 'end',
    file: `${ROTATION}/commit.ts`,
    find: 'to: pending.versionId, from: current.versionId };',
    replace: 'to: pending.versionId }; void current;',
    task: planned('', { retries: 3 }),
  },
];
