import { createServer } from 'node:http';
import { buffer } from 'node:stream/consumers';
import { z } from 'zod';
import { type Judge, refusedBy } from './iam/index.ts';
import { closeServer, listenOnLoopback } from './loopback-server.ts';
import type { SecretStore } from './provisioning/secret-store.ts';

/** What of Secrets Manager functions use at run time: GetSecretValue. */
export interface SecretsManager {
  /** For `AWS_ENDPOINT_URL_SECRETS_MANAGER`. */
  endpoint: string;
  close(): Promise<void>;
}

const GetSecretValue = z.object({ SecretId: z.string() });
const TARGET = 'secretsmanager.GetSecretValue';

const answerTo = (target: unknown, body: string, secrets: SecretStore): { status: number; body: unknown } => {
  if (target !== TARGET) {
    return {
      status: 400,
      body: { __type: 'UnknownOperationException', message: `${target} is not emulated` },
    };
  }
  const { SecretId } = GetSecretValue.parse(JSON.parse(body));
  const secret = secrets.find(SecretId);
  if (secret === undefined) {
    const message = "Secrets Manager can't find the specified secret.";
    return { status: 400, body: { __type: 'ResourceNotFoundException', Message: message } };
  }
  const { arn: ARN, value: SecretString } = secret;
  const Name = ARN.split(':')
    .at(-1)
    ?.replace(/-[0-9a-f]{6}$/, '');
  return { status: 200, body: { ARN, Name, SecretString, VersionStages: ['AWSCURRENT'] } };
};

/**
 * Serves the secrets of a stack on 127.0.0.1 to the functions' SDK, by ARN or name.
 * @param judge asked at each call; undefined where everything is allowed
 * @see https://docs.aws.amazon.com/secretsmanager/latest/apireference/API_GetSecretValue.html
 */
export const serveSecretsManager = async (
  secrets: SecretStore,
  judge: () => Judge | undefined = () => undefined,
): Promise<SecretsManager> => {
  const server = createServer(async (request, response) => {
    try {
      const requestBody = await buffer(request);
      const refused = refusedBy(judge(), request, requestBody);
      if (refused) {
        response.writeHead(refused.statusCode, refused.headers).end(refused.responseBody);
        return;
      }
      const { status, body } = answerTo(request.headers['x-amz-target'], requestBody.toString(), secrets);
      response.writeHead(status, { 'content-type': 'application/x-amz-json-1.1' });
      response.end(JSON.stringify(body));
    } catch {
      response.writeHead(400, { 'content-type': 'application/x-amz-json-1.1' });
      response.end(JSON.stringify({ __type: 'SerializationException' }));
    }
  });
  const port = await listenOnLoopback(server, 0);
  return { endpoint: `http://127.0.0.1:${port}`, close: () => closeServer(server) };
};
