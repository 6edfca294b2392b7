import { Password } from '../../lambda/domain/password.ts';
import {
  base64Of,
  documentText,
  INITIAL_PASSWORD,
  OTHER_PASSWORD,
  USERNAME,
} from '../memory/initial-state.ts';
import type { World } from '../memory/world.ts';
import type { Story } from './story.ts';

const SETTLED_PASSWORD = 'Example_settled_password_00001';
/** Longer than a secret is UPDATING. */
const BREATH_MS = 5_000;

/** Brings a new world to where the story begins: a rotation has ended well some time ago, the mirror holds old versions. */
export async function settle(world: World, story: Story): Promise<void> {
  await fillMirror(world, story);
  if (!story.isSettled) return;
  const { strategy } = world;
  const current =
    strategy.kind === 'single-user'
      ? { username: USERNAME, password: SETTLED_PASSWORD }
      : { username: strategy.users[1], password: OTHER_PASSWORD };
  const text = documentText(current.password, { username: current.username });
  const versionId = world.chance.uuid();
  world.secretsManager.putSecretValue({
    SecretId: world.secretArn,
    ClientRequestToken: versionId,
    SecretString: text,
  });
  await storeInMirror(world, versionId, text);
  // Where users alternate, the other one has had its password all along.
  if (strategy.kind === 'single-user') await changeEverywhere(world);
  await world.clock.sleep(story.pauseMs);
}

async function fillMirror(world: World, { mirrorVersions, isSettled }: Story): Promise<void> {
  const count = mirrorVersions - (isSettled ? 2 : 1);
  for (let number = 1; number < count; number += 1) {
    await storeInMirror(
      world,
      world.chance.uuid(),
      documentText(`Example_filler_password_${number}`),
    );
  }
  if (count > 0) await storeInMirror(world, world.chance.uuid(), documentText(INITIAL_PASSWORD));
}

async function storeInMirror(
  { vault, secretOcid, clock }: World,
  name: string,
  text: string,
): Promise<void> {
  const content = base64Of(text);
  vault.updateSecret(secretOcid, { secretContent: { contentType: 'BASE64', content, name } });
  await clock.sleep(BREATH_MS);
}

async function changeEverywhere(world: World): Promise<void> {
  const from = new Password(INITIAL_PASSWORD);
  const to = new Password(SETTLED_PASSWORD);
  for (const database of world.databases) {
    const session = await world.reach(database, {}).login({ username: USERNAME, password: from });
    if (session === 'refused') throw new Error('a new database refused its first password');
    await session.change({ from, to });
    await session.close();
  }
}
