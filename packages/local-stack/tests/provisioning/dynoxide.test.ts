import { NoDynamoDbBinary, startDynoxide } from '../../src/engines/dynoxide.ts';
import { UserError } from '../../src/user-error.ts';

test('a platform without an embedded DynamoDB is told what to do instead', async () => {
  const starting = startDynoxide({ platform: 'sunos-sparc' });
  await expect(starting).rejects.toThrow(NoDynamoDbBinary);
  await expect(starting).rejects.toThrow(UserError);
  await expect(starting).rejects.toThrow(/no embedded DynamoDB installed for sunos-sparc/);
  await expect(starting).rejects.toThrow(/npm install --no-save @dynoxide\/sunos-sparc/);
  await expect(starting).rejects.toThrow(/docker run -p 127\.0\.0\.1:8000:8000 amazon\/dynamodb-local/);
  await expect(starting).rejects.toThrow(/AWS_ENDPOINT_URL_DYNAMODB=http:\/\/127\.0\.0\.1:8000 npm start/);
});
