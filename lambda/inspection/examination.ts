import { generatePassword } from '../domain/generated-password.ts';
import type { AccountRules, Rehearsal } from '../ports/database.ts';
import type { MirrorState, MirrorSurvey } from '../ports/mirror-survey.ts';
import type { MirrorVersionSummary } from '../ports/mirror.ts';
import type { TokenClaims } from '../ports/sign-in.ts';
import type { Route } from '../ports/route.ts';
import type { InspectionContext } from './context.ts';
import { seen, survey, type Seen, type Survey } from './survey.ts';

/** A mirror's set-up and how many versions it holds. */
export interface MirrorExamination {
  readonly name: string;
  readonly state: Seen<MirrorState>;
  readonly versions: Seen<readonly MirrorVersionSummary[]>;
}

/** What a session could do, where one was let in. */
export interface SessionExamination {
  /** Whether it is the user's own, and the configured test query runs. */
  readonly check: Seen<true>;
  readonly rehearsal: Seen<Rehearsal>;
  readonly rules: Seen<AccountRules>;
}

/** Whether a service was reached, and how long that took, in milliseconds. */
export interface RouteExamination {
  readonly subject: string;
  readonly probe: Seen<void>;
  readonly durationMs: number;
}

/** Whether a mirror lets the inspector in for its role's sake. */
export interface SignInExamination {
  readonly subject: string;
  readonly claims: Seen<TokenClaims>;
  readonly exchange: Seen<void>;
}

/** All that the checks look at, each thing looked at once. */
export interface Examination extends Survey {
  /** By database and user name, with a space between. */
  readonly sessions: ReadonlyMap<string, SessionExamination>;
  readonly mirrors: readonly MirrorExamination[];
  /** When the first certificate of each ends, in milliseconds since 1970. */
  readonly trusts: readonly { readonly subject: string; readonly end: Seen<number> }[];
  readonly routes: Seen<readonly RouteExamination[]>;
  readonly signIns: readonly SignInExamination[];
  /** The sequence of the newest entry, which is authentic. */
  readonly trailTip: Seen<number>;
  /** Refused logins that are left to an inspection, by database. */
  readonly loginsLeft: ReadonlyMap<string, number>;
  /** Refused logins in a row after which a rotation stops, by database. */
  readonly refusalsInARowMax: ReadonlyMap<string, number>;
}

/** Looks at vaults, trail and databases, logging in. Changes nothing and never throws. */
export async function examine(context: InspectionContext): Promise<Examination> {
  const sessions = new Map<string, SessionExamination>();
  const [found, mirrors, trailTip, trusts, routes, signIns] = await Promise.all([
    survey(context, {
      logins: true,
      whileOpen: async (database, session, { username }) => {
        const to = generatePassword(username, context.random);
        const check = await seen(session.check().then(() => true as const));
        sessions.set(`${database} ${username}`, {
          check,
          rehearsal: await seen(session.rehearse({ to })),
          rules: await seen(session.account()),
        });
      },
    }),
    Promise.all(
      context.mirrorSurveys.map(async (set) => await examineMirror(context.mirrors, set)),
    ),
    seen(context.trail.verifyTip()),
    Promise.all(
      context.trusts.map(async (trust) => ({
        subject: trust.subject,
        end: await seen(trust.endMs()),
      })),
    ),
    seen(examineRoutes(context)),
    Promise.all(
      context.signIns.map(async (signIn) => ({
        subject: signIn.subject,
        claims: await seen(signIn.claims()),
        exchange: await seen(signIn.exchange()),
      })),
    ),
  ]);
  const byDatabase = (count: (name: string) => number): ReadonlyMap<string, number> =>
    new Map(context.databases.map(({ name }) => [name, count(name)] as const));
  return {
    ...found,
    sessions,
    mirrors,
    trusts,
    routes,
    signIns,
    trailTip,
    loginsLeft: byDatabase((name) => context.logins.left(name)),
    refusalsInARowMax: byDatabase((name) => context.logins.inARowMax(name)),
  };
}

async function examineRoutes(context: InspectionContext): Promise<readonly RouteExamination[]> {
  const routes = await context.routes();
  return await Promise.all(routes.map(async (route) => await examineRoute(context, route)));
}

async function examineRoute({ clock }: InspectionContext, route: Route): Promise<RouteExamination> {
  const startedMs = clock.now();
  const probe = await seen(route.probe());
  return { subject: route.subject, probe, durationMs: clock.now() - startedMs };
}

async function examineMirror(
  mirrors: InspectionContext['mirrors'],
  set: MirrorSurvey,
): Promise<MirrorExamination> {
  const mirror = mirrors.find(({ name }) => name === set.name);
  if (mirror === undefined) throw new RangeError(`there is no mirror ${set.name} to survey`);
  const [state, versions] = await Promise.all([seen(set.state()), seen(mirror.list())]);
  return { name: set.name, state, versions };
}
