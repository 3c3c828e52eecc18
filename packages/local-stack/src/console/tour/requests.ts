import { z } from 'zod';
import type { ConsoleParts } from '../parts.ts';
import type { TourRequest } from './tour.ts';

const Token = z.object({ access_token: z.string() });

const tokenOf = async (issuer: string, user: string): Promise<string> => {
  const answer = await fetch(`${issuer}/token`, { method: 'POST', body: new URLSearchParams({ user }) });
  return Token.parse(await answer.json()).access_token;
};

/** Sends a request to the service's API. @returns the answer's status and text */
export const sendRequest = async (
  { apiUrl, identity }: Pick<ConsoleParts, 'apiUrl' | 'identity'>,
  { method, path, user, body }: TourRequest,
): Promise<{ status: number; text: string }> => {
  const answer = await fetch(`${apiUrl()}${path}`, {
    method,
    headers: {
      ...(user !== undefined && { authorization: `Bearer ${await tokenOf(identity.issuer, user)}` }),
      ...(body !== undefined && { 'content-type': 'application/json' }),
    },
    ...(body !== undefined && { body: JSON.stringify(body) }),
  });
  return { status: answer.status, text: await answer.text() };
};
