import { credentialOf } from './credentials.ts';
import type { Run } from './run.ts';

/**
 * All of a run's world that a process could come to see, as one text: two runs with the same text go on in the same way,
 * if what goes wrong from then on is the same.
 *
 * Passwords and version ids stand as the order in which they came about, so what chance made of them makes no difference.
 * Left out are times: what a process sees of them are windows of a day or more, and no run that is compared lasts so long.
 */
export function stateOf(run: Run): string {
  const names = new Names();
  return [
    secretState(run, names),
    mirrorState(run, names),
    databaseState(run, names),
    trailState(run),
  ].join(' | ');
}

/** Gives each text a number, in the order in which they are first asked for. */
class Names {
  readonly #numbers = new Map<string, number>();

  of(text: string): number {
    const number = this.#numbers.get(text) ?? this.#numbers.size;
    this.#numbers.set(text, number);
    return number;
  }

  get all(): readonly string[] {
    return [...this.#numbers.keys()];
  }
}

function secretState({ promises }: Run, names: Names): string {
  const { versions, labels, rotation } = promises.onlooker.secret;
  const lines = [...versions.values()].map(({ versionId, value }) => {
    const text = value !== undefined && 'text' in value ? value.text : undefined;
    const held = [...labels].flatMap(([label, holder]) => (holder === versionId ? [label] : []));
    const number = text === undefined ? '-' : names.of(text);
    return `${names.of(versionId)}=${number}${held.sort().join('')}`;
  });
  return `${lines.join(' ')} ${rotation?.enabled === true ? 'on' : 'off'}`;
}

function mirrorState({ world, promises, mirrorChangedMs }: Run, names: Names): string {
  const { vault, secretOcid, clock } = world;
  const lines = promises.onlooker.mirrorVersions.map((version) => {
    const { versionNumber, versionName = '-', stages, timeOfDeletion, text } = version;
    const end = timeOfDeletion === undefined ? '' : '!';
    return `${versionNumber}:${names.of(versionName)}=${names.of(text)}${stages.join('')}${end}`;
  });
  const { lifecycleState } = vault.getSecret(secretOcid).body;
  const sinceMs = lifecycleState === 'ACTIVE' ? '' : clock.now() - mirrorChangedMs;
  return `${lines.join(' ')} ${lifecycleState}${sinceMs}`;
}

function databaseState({ world, users, lastSet }: Run, names: Names): string {
  const passwords = names.all
    .filter((text) => text.startsWith('{'))
    .map((text) => credentialOf(text).password);
  return world.databases
    .flatMap((database) =>
      users.map((user) => {
        const last = passwords.indexOf(lastSet.get(`${database.name} ${user}`) ?? '');
        return `${database.name} ${user} ${database.state(user, passwords)} ${last}`;
      }),
    )
    .join(', ');
}

/** Of what a trail holds a step sees the refused logins only: how many there are, and how many in a row. */
function trailState({ trail, world }: Run): string {
  return world.databases
    .map(({ name }) => {
      const own = trail.filter(({ subject }) => subject === name).map(({ event }) => event);
      const begin = Math.max(own.lastIndexOf('proven'), own.lastIndexOf('refusals-cleared'));
      const isRefusal = (event: string): boolean => event === 'login-refused';
      return `${own.filter(isRefusal).length}/${own.slice(begin + 1).filter(isRefusal).length}`;
    })
    .join(' ');
}
