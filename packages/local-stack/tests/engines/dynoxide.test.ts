import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { z } from 'zod';
import { dynoxideBinary, NoDynamoDbBinary } from '../../src/engines/dynoxide.ts';
import { UserError } from '../../src/user-error.ts';

const PLATFORMS = ['darwin-arm64', 'darwin-x64', 'linux-arm64', 'linux-x64', 'win32-x64'];

const thrownFor = (platform: string): unknown => {
  try {
    return dynoxideBinary(platform);
  } catch (error) {
    return error;
  }
};

test('a platform that the engine is not published for is told how to run an open-source engine', () => {
  const error = thrownFor('sunos-sparc');
  expect(error).toBeInstanceOf(NoDynamoDbBinary);
  expect(error).toBeInstanceOf(UserError);
  expect(String(error)).toMatch(/no embedded DynamoDB for sunos-sparc/);
  expect(String(error)).toMatch(/cargo install dynoxide-rs/);
  expect(String(error)).toMatch(/AWS_ENDPOINT_URL_DYNAMODB=http:\/\/127\.0\.0\.1:8000 npm start/);
});

test('a platform whose optional package was left out is told to install it', () => {
  const others = PLATFORMS.filter((platform) => platform !== `${process.platform}-${process.arch}`);
  for (const platform of others) {
    expect(String(thrownFor(platform))).toMatch(/npm install --include=optional/);
  }
});

test('every platform that the engine is published for has its entry in the lock file, which no other installs', () => {
  const Lock = z.object({
    packages: z.record(
      z.string(),
      z.looseObject({
        version: z.string().optional(),
        os: z.array(z.string()).optional(),
        cpu: z.array(z.string()).optional(),
        optional: z.boolean().optional(),
        optionalDependencies: z.record(z.string(), z.string()).optional(),
      }),
    ),
  });
  const lock = readFileSync(resolve(import.meta.dirname, '../../../../package-lock.json'), 'utf8');
  const { packages } = Lock.parse(JSON.parse(lock));
  const wanted = packages['packages/local-stack']?.optionalDependencies ?? {};
  expect(Object.keys(wanted).toSorted()).toEqual(PLATFORMS.map((platform) => `@dynoxide/${platform}`));
  for (const platform of PLATFORMS) {
    const [os, cpu] = platform.split('-');
    expect(packages[`node_modules/@dynoxide/${platform}`]).toMatchObject({
      version: wanted[`@dynoxide/${platform}`],
      os: [os],
      cpu: [cpu],
      optional: true,
    });
  }
});
