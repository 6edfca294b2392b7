import { EventError } from '../../lambda/domain/errors.ts';
import { parseEvent, parseRotationEvent } from '../../lambda/rotation-event.ts';

const event = {
  Step: 'createSecret',
  SecretId: 'arn:aws:secretsmanager:eu-central-1:111122223333:secret:orders-AbCdEf',
  ClientRequestToken: '01234567-89ab-cdef-0123-456789abcdef',
  RotationToken: 'example-rotation-token',
};

describe('the rotation event', () => {
  test('is read as Secrets Manager sends it, without what else is in it', () => {
    expect(parseRotationEvent({ ...event, AddedLater: true })).toEqual({
      step: 'createSecret',
      secretArn: 'arn:aws:secretsmanager:eu-central-1:111122223333:secret:orders-AbCdEf',
      versionId: '01234567-89ab-cdef-0123-456789abcdef',
    });
  });

  test.each([
    ['create_secret', 'createSecret'],
    ['set_secret', 'setSecret'],
    ['test_secret', 'testSecret'],
    ['finish_secret', 'finishSecret'],
  ])('takes %s as %s', (written, step) => {
    expect(parseRotationEvent({ ...event, Step: written }).step).toBe(step);
  });

  test.each([
    ['nothing', undefined, 'Step'],
    ['a text', 'createSecret', 'Step'],
    ['an empty object', {}, 'ClientRequestToken'],
    ['an unknown step', { ...event, Step: 'dropSecret' }, 'Step: expected createSecret, setSecret'],
    ['no secret', { ...event, SecretId: '' }, 'SecretId: expected the ARN'],
    ['a short token', { ...event, ClientRequestToken: 'abc' }, 'ClientRequestToken: expected 32'],
    [
      'a token that would be more than one query parameter',
      { ...event, ClientRequestToken: '0123456789abcdef0123456789abcdef&stage=CURRENT' },
      'ClientRequestToken: expected 32',
    ],
  ])('fails when it is %s, saying what was expected', (_what, wrong, message) => {
    expect(() => parseRotationEvent(wrong)).toThrow(EventError);
    expect(() => parseRotationEvent(wrong)).toThrow(message);
  });

  test('fails when a field is wrong without showing what was there', () => {
    expect.assertions(1);
    try {
      parseRotationEvent({ ...event, Step: 'example-leaked-value' });
    } catch (error) {
      expect(String(error)).not.toContain('example-leaked-value');
    }
  });
});

describe('the event of an operation', () => {
  const ARN = 'arn:aws:secretsmanager:eu-central-1:111122223333:secret:orders-AbCdEf';

  test.each(['revoke', 'retire', 'watch', 'clear-refusals', 'rehearse'])(
    '%s is for the secret of the function',
    (operation) => {
      expect(parseEvent({ operation }, ARN)).toEqual({
        step: operation,
        secretArn: ARN,
        versionId: 'none',
      });
    },
  );

  test('of a rotation is read as such', () => {
    expect(parseEvent(event, ARN).step).toBe('createSecret');
  });

  test.each([
    ['another operation', { operation: 'recover' }],
    ['an operation and more', { operation: 'revoke', SecretId: ARN }],
    ['a step that is an operation', { ...event, Step: 'revoke' }],
  ])('fails when it is %s', (_what, wrong) => {
    expect(() => parseEvent(wrong, ARN)).toThrow(EventError);
  });
});
